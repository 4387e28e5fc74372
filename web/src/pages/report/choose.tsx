// SPDX-License-Identifier: Apache-2.0
//
// Choosing decided media whose pictures go into the file.
import { useEffect, useRef, useState } from "preact/hooks";
import { get, type Schemas } from "../../api/client.ts";
import { isAbort } from "../../api/problem.ts";
import { number } from "../../format.ts";
import { categoryLabel } from "../../report/build.ts";
import type { ReportPicture } from "../../report/document.ts";
import { pictureForReport, type PictureKind } from "../../report/pictures.ts";
import { text } from "../../text.ts";
import { sentence } from "../../ui/failure.tsx";
import { Check, Choice, TextField } from "../../ui/form.tsx";
import { More, usePages } from "../../ui/load.tsx";
import { factWords } from "../../ui/media-facts.tsx";
import { Button, Empty, Message, Section } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";

const words = text.report;
// Keeps the file below some twenty megabytes.
const MOST = 200;

type Media = Schemas["MediaOfCase"];

interface ChooseProps {
    caseId: number;
    scheme: Schemas["SchemeWithCodes"] | null;
    pictures: readonly ReportPicture[];
    onPictures: (pictures: readonly ReportPicture[]) => void;
}

function MediaTable(
    props: ChooseProps & { chosen: ReadonlyMap<number, Media>; onChosen: (media: Media, chosen: boolean) => void },
) {
    const { caseId, scheme, chosen } = props;
    const inFile = new Set(props.pictures.map((one) => one.media));
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/cases/{case}/media", {
                path: { case: caseId },
                query: { decision: "decided", limit: 50, ...(cursor !== undefined && { cursor }) },
                signal,
            }),
        [caseId],
    );
    const columns: Column<Media>[] = [
        {
            name: words.media,
            heads: true,
            cell: (one) =>
                inFile.has(one.media) ? (
                    `${number(one.media)}, ${words.inFile}`
                ) : !one.has_preview ? (
                    `${number(one.media)}, ${one.no_preview ?? words.noPreview}`
                ) : (
                    <Check
                        label={
                            <>
                                <span class="hidden-text">{words.include(number(one.media))}</span>
                                <span aria-hidden="true">{number(one.media)}</span>
                            </>
                        }
                        checked={chosen.has(one.media)}
                        onValue={(value) => props.onChosen(one, value)}
                    />
                ),
        },
        { name: words.label, cell: (one) => categoryLabel(scheme, one.category) },
        { name: words.what, cell: (one) => factWords(one).join(", ") },
    ];
    if (pages.items.length === 0 && pages.state !== "ready") return <More pages={pages} />;
    return (
        <>
            <Table
                caption={words.decidedMedia}
                columns={columns}
                rows={pages.items}
                rowKey={(one) => one.media}
                empty={words.noDecided}
            />
            <More pages={pages} />
        </>
    );
}

export function ChoosePictures(props: ChooseProps) {
    const { caseId, scheme, pictures, onPictures } = props;
    const [shown, setShown] = useState(false);
    const [chosen, setChosen] = useState<ReadonlyMap<number, Media>>(new Map());
    const [kind, setKind] = useState<PictureKind>("192");
    const [purpose, setPurpose] = useState("");
    const [done, setDone] = useState<number | null>(null);
    const [refused, setRefused] = useState<readonly string[]>([]);
    const control = useRef<AbortController | null>(null);
    useEffect(() => () => control.current?.abort(), []);
    const choose = (media: Media, value: boolean) => {
        const next = new Map(chosen);
        if (value) next.set(media.media, media);
        else next.delete(media.media);
        setChosen(next);
    };
    const putIn = async () => {
        const mine = new AbortController();
        control.current = mine;
        const found = [...pictures];
        const said: string[] = [];
        let at = 0;
        for (const media of chosen.values()) {
            setDone(at++);
            try {
                const data = await pictureForReport(caseId, media.media, kind, purpose.trim(), mine.signal);
                found.push({
                    media: media.media,
                    data,
                    words: words.caption(
                        number(media.media),
                        categoryLabel(scheme, media.category),
                        factWords(media).join(", "),
                    ),
                });
            } catch (error) {
                if (mine.signal.aborted || isAbort(error)) return;
                said.push(words.refused(number(media.media), sentence(error)));
            }
        }
        setDone(null);
        setRefused(said);
        setChosen(new Map());
        onPictures(found);
    };
    const room = pictures.length + chosen.size <= MOST;
    return (
        <Section
            title={words.choose}
            panel
            actions={
                <Button aria-expanded={shown} onClick={() => setShown(!shown)}>
                    {shown ? words.chooseHide : words.chooseOpen}
                </Button>
            }
        >
            <p class="muted">{words.chooseLead}</p>
            {pictures.length > 0 && (
                <div class="row" role="status">
                    <span>{words.areIn(pictures.length)}</span>
                    <Button look="small" onClick={() => onPictures([])}>
                        {words.takeOut}
                    </Button>
                </div>
            )}
            {refused.length > 0 && (
                <Message role="alert">
                    {refused.map((one) => (
                        <p key={one}>{one}</p>
                    ))}
                </Message>
            )}
            {shown && (
                <>
                    <MediaTable {...props} chosen={chosen} onChosen={choose} />
                    <div class="form-grid">
                        <TextField
                            label={words.purpose}
                            hint={words.purposeHint}
                            value={purpose}
                            onValue={setPurpose}
                            maxLength={256}
                        />
                        <Choice
                            label={words.sizeOf}
                            value={kind}
                            onValue={(value) => setKind(value === "512" ? "512" : "192")}
                            options={[
                                ["192", words.small],
                                ["512", words.large],
                            ]}
                        />
                    </div>
                    {!room && <Empty>{words.tooMany(number(MOST))}</Empty>}
                    <div class="row">
                        <Button
                            look="primary"
                            disabled={done !== null || chosen.size === 0 || purpose.trim() === "" || !room}
                            onClick={() => void putIn()}
                        >
                            {words.putIn(chosen.size)}
                        </Button>
                        <span role="status">{done !== null && words.putting(number(done), number(chosen.size))}</span>
                    </div>
                </>
            )}
        </Section>
    );
}
