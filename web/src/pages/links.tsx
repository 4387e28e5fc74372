// SPDX-License-Identifier: Apache-2.0
//
// What a case has in common with other cases that one may see.
import { useState } from "preact/hooks";
import { all, get, type Schemas } from "../api/client.ts";
import { number } from "../format.ts";
import { caseNumber, useCases } from "../names.ts";
import { href, replaceQuery } from "../route.ts";
import type { PageProps } from "../routes.ts";
import { may } from "../session.ts";
import { useLoad } from "../store.ts";
import { text } from "../text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Check, Choice } from "../ui/form.tsx";
import { Await } from "../ui/load.tsx";
import { MediaCell, useMediaFacts } from "../ui/media-facts.tsx";
import { Button, Chip, Page, word } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";
import { middleOfCell, TraitValue, traitWords } from "../ui/trait.tsx";

const words = text.links;
const LINKS_MAX = 2000;
const PLACES_MAX = 100; // the server lists at most these of one link
const SEARCHED: readonly Schemas["TraitKind"][] = ["camera", "camera_serial", "jpeg_tables", "software", "taken"];

type Link = Schemas["Link"];

// Search for the value, where its place may be in the address: never for what names a person.
function searchOf(link: Link): string | null {
    const middle = link.kind === "place" ? middleOfCell(link.value) : null;
    if (middle !== null)
        return href("/search", {
            kind: "place",
            latitude: middle.latitude.toFixed(5),
            longitude: middle.longitude.toFixed(5),
            reach: 1,
        });
    if (!SEARCHED.includes(link.kind)) return null;
    return href("/search", { kind: "trait", trait: link.kind, term: link.value });
}

function Place(props: { of: Schemas["LinkPlace"]; facts: ReturnType<typeof useMediaFacts> }) {
    const { of } = props;
    if (of.media !== null) return <MediaCell case={of.case} media={of.media} facts={props.facts} />;
    return (
        <a class="target" href={href(`/cases/${of.case}`)}>
            {of.item === null ? words.wholeCase : words.item(String(of.item))}
        </a>
    );
}

function Places(props: { link: Link; cases: readonly Schemas["Case"][] | null; onClose: () => void }) {
    const { link } = props;
    const media = link.places.flatMap((place) =>
        place.media === null ? [] : [{ case: place.case, media: place.media }],
    );
    const facts = useMediaFacts(media);
    const search = may("search") ? searchOf(link) : null;
    return (
        <Dialog title={words.openOf(traitWords(link.kind, link.value))} onClose={props.onClose}>
            <p class="muted">
                {word("trait", link.kind)} · {words.places(link.places.length)}
                {link.places.length >= PLACES_MAX && ` · ${words.first(number(link.places.length))}`}
            </p>
            <Table
                stacks
                caption={words.openOf(link.value)}
                rows={link.places.map((place, i) => ({ ...place, i }))}
                rowKey={(row) => row.i}
                columns={[
                    {
                        name: words.place,
                        heads: true,
                        cell: (row) => <Place of={row} facts={facts} />,
                    },
                    {
                        name: words.case,
                        cell: (row) => <span class="nowrap">{caseNumber(props.cases, row.case)}</span>,
                    },
                ]}
            />
            <div class="form-end">
                <Button onClick={props.onClose}>{text.common.close}</Button>
                {search !== null && <a href={search}>{words.search}</a>}
            </div>
        </Dialog>
    );
}

// The telling ones first: in few cases, used seldom.
function inOrder(links: readonly Link[]): Link[] {
    return [...links].sort(
        (a, b) => Number(a.everywhere) - Number(b.everywhere) || a.cases - b.cases || a.uses - b.uses,
    );
}

function LinkTable(props: { links: readonly Link[]; query: URLSearchParams }) {
    const cases = useCases();
    const [opened, setOpened] = useState<Link | null>(null);
    const kind = props.query.get("kind") ?? "";
    const hidesCommon = props.query.get("common") === "no";
    const kinds = [...new Set(props.links.map((link) => link.kind))];
    const count = (one: string) => number(props.links.filter((link) => link.kind === one).length);
    const shown = inOrder(props.links).filter(
        (link) => (kind === "" || link.kind === kind) && !(hidesCommon && link.everywhere),
    );
    return (
        <>
            <div class="list-filters">
                <Choice
                    label={words.filter}
                    value={kind}
                    onValue={(value) => replaceQuery({ kind: value, common: hidesCommon ? "no" : null })}
                    options={[
                        ["", words.filterAll(number(props.links.length))],
                        ...kinds.map((one) => [one, words.filterOne(word("trait", one), count(one))] as const),
                    ]}
                />
                <Check
                    label={words.hideCommon}
                    checked={hidesCommon}
                    onValue={(hide) => replaceQuery({ kind, common: hide ? "no" : null })}
                />
            </div>
            <Table
                stacks
                caption={words.title}
                rows={shown}
                rowKey={(row) => `${row.kind} ${row.value}`}
                empty={props.links.length === 0 ? words.none : words.noneOfKind}
                columns={[
                    { name: words.kind, cell: (row) => word("trait", row.kind) },
                    { name: words.value, heads: true, cell: (row) => <TraitValue kind={row.kind} value={row.value} /> },
                    { name: words.uses, number: true, cell: (row) => number(row.uses) },
                    { name: words.cases, number: true, cell: (row) => number(row.cases) },
                    {
                        name: words.open,
                        quietName: true,
                        cell: (row) =>
                            row.everywhere ? (
                                <span class="everywhere">
                                    <Chip>{words.everywhere}</Chip>
                                    <span class="muted">{words.everywhereHint}</span>
                                </span>
                            ) : (
                                <span class="actions">
                                    <Button
                                        look="small"
                                        aria-label={words.openOf(traitWords(row.kind, row.value))}
                                        onClick={() => setOpened(row)}
                                    >
                                        {words.open}
                                    </Button>
                                </span>
                            ),
                    },
                ]}
            />
            {props.links.length >= LINKS_MAX && <p class="muted">{words.cut(number(props.links.length))}</p>}
            {opened !== null && <Places link={opened} cases={cases} onClose={() => setOpened(null)} />}
        </>
    );
}

export function Links(props: PageProps) {
    const caseId = props.ids["case"] ?? 0;
    const load = useLoad(
        (signal) =>
            all(
                (cursor) =>
                    get("/api/v1/cases/{case}/links", {
                        path: { case: caseId },
                        query: { limit: 200, ...(cursor !== undefined && { cursor }) },
                        signal,
                    }),
                LINKS_MAX,
            ),
        [caseId],
    );
    return (
        <Page title={words.title} lead={words.lead}>
            <Await load={load}>{(found) => <LinkTable links={found} query={props.query} />}</Await>
        </Page>
    );
}
