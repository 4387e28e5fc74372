// SPDX-License-Identifier: Apache-2.0
//
// Where a media lay: the layers of each place, its times, what is remarkable about it, its bytes.
import { useState } from "preact/hooks";
import { get, raw, type Schemas } from "../../api/client.ts";
import { useCase } from "../../case.ts";
import { number, size } from "../../format.ts";
import { may } from "../../session.ts";
import { text } from "../../text.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { TextField } from "../../ui/form.tsx";
import { More, usePages } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, download, Facts, Layers, Section, word } from "../../ui/parts.tsx";
import { isKnown, numberOf, textOf, type Known } from "./known.ts";
import { Moment } from "./moment.tsx";

const words = text.media.places;
const PURPOSE_MOST = 256;

type Place = Schemas["ItemOfCase"];

export function findingWords(finding: Known): string {
    const type = textOf(finding["type"]);
    const detail = textOf(finding["detail"]);
    const bytes = numberOf(finding["bytes"]);
    const name = type === null ? text.common.unknown : word("finding", type);
    const more = [detail, bytes === null ? null : words.bytes(size(bytes))].filter((part) => part !== null);
    return more.length === 0 ? name : `${name}: ${more.join(", ")}`;
}

function Times(props: { of: Schemas["Known"] }) {
    const times = Object.entries(props.of ?? {}).filter(([, at]) => textOf(at) !== null);
    if (times.length === 0) return <span class="muted">{words.noTimes}</span>;
    return (
        <ul class="plain-list">
            {times.map(([name, at]) => (
                <li key={name}>
                    {words.times[name] ?? name}: <Moment at={textOf(at) ?? ""} />
                </li>
            ))}
        </ul>
    );
}

// The last layer without what a file name should not hold.
function fileName(caseNumber: string, place: Place): string {
    const last = place.path.at(-1)?.split(/[\\/]/).at(-1) ?? "";
    const safe = last
        .replace(/[^\p{L}\p{N}._-]+/gu, "_")
        .replace(/^\.+/, "")
        .slice(-100);
    return `${caseNumber.replace(/[^\w.-]+/g, "_")}-item-${place.item}${safe === "" ? "" : `-${safe}`}.evidence`;
}

function Export(props: { caseId: number; place: Place; onClose: () => void }) {
    const { caseId, place } = props;
    const caseNumber = useCase(caseId).data?.number ?? String(caseId);
    const [purpose, setPurpose] = useState("");
    const hand = async () => {
        const response = await raw("post", "/api/v1/cases/{case}/items/{item}/export", {
            path: { case: caseId, item: place.item },
            body: { purpose: purpose.trim() },
        });
        download(await response.blob(), fileName(caseNumber, place));
        notify(words.exported);
    };
    return (
        <Confirm
            title={words.exportTitle}
            submit={words.exportNow}
            disabled={purpose.trim() === ""}
            onConfirm={hand}
            onClose={props.onClose}
        >
            <p>{words.exportWhat}</p>
            <Layers path={[place.evidence_name, ...place.path]} />
            <TextField
                label={words.purpose}
                hint={text.common.reasonHint}
                at="/purpose"
                value={purpose}
                onValue={setPurpose}
                maxLength={PURPOSE_MOST}
                autoFocus
                autocomplete="off"
            />
        </Confirm>
    );
}

function PlaceItem(props: { place: Place; onExport: () => void }) {
    const { place } = props;
    const findings = (place.findings ?? []).filter(isKnown);
    return (
        <li class="place panel">
            <div class="place-head">
                <Layers path={[place.evidence_name, ...place.path]} />
                {may("export") && (
                    <Button look="small" aria-label={words.exportOf(place.path.at(-1) ?? "")} onClick={props.onExport}>
                        {words.export}
                    </Button>
                )}
            </div>
            <Facts
                of={[
                    [words.size, place.size_bytes === null ? null : size(place.size_bytes)],
                    [
                        words.status,
                        place.status === "ok"
                            ? null
                            : [word("status", place.status), place.reason].filter(Boolean).join(": "),
                    ],
                    [words.timesName, <Times of={place.times} />],
                    [
                        words.findings,
                        findings.length === 0 ? null : (
                            <ul class="plain-list">
                                {findings.map((finding, i) => (
                                    <li key={i}>{findingWords(finding)}</li>
                                ))}
                            </ul>
                        ),
                    ],
                ]}
            />
        </li>
    );
}

// The list by cursor begins at the beginning, so it takes the place of the first ones.
function AllPlaces(props: { caseId: number; mediaId: number; onExport: (place: Place) => void }) {
    const { caseId, mediaId } = props;
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/cases/{case}/items", {
                path: { case: caseId },
                signal,
                query: { media: mediaId, limit: 200, ...(cursor !== undefined && { cursor }) },
            }),
        [caseId, mediaId],
    );
    return (
        <>
            <ul class="place-list">
                {pages.items.map((place) => (
                    <PlaceItem key={place.item} place={place} onExport={() => props.onExport(place)} />
                ))}
            </ul>
            <More pages={pages} />
        </>
    );
}

const SHOWN_FIRST = 5;

export function Places(props: { caseId: number; media: Schemas["MediaWhole"] }) {
    const { caseId, media } = props;
    const [exporting, setExporting] = useState<Place | null>(null);
    const [most, setMost] = useState<"first" | "given" | "all">("first");
    const shown = most === "first" ? media.places.slice(0, SHOWN_FIRST) : media.places;
    const count = media.more_places
        ? words.moreThan(number(media.places.length))
        : text.units.places(media.places.length);
    return (
        <Section title={words.title}>
            <p class="muted">{count}</p>
            {most === "all" ? (
                <AllPlaces caseId={caseId} mediaId={media.media} onExport={setExporting} />
            ) : (
                <ul class="place-list">
                    {shown.map((place) => (
                        <PlaceItem key={place.item} place={place} onExport={() => setExporting(place)} />
                    ))}
                </ul>
            )}
            {most !== "all" && (shown.length < media.places.length || media.more_places) && (
                <div>
                    <Button onClick={() => setMost(media.more_places ? "all" : "given")}>{text.common.more}</Button>
                </div>
            )}
            {exporting !== null && <Export caseId={caseId} place={exporting} onClose={() => setExporting(null)} />}
        </Section>
    );
}
