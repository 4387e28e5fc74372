// SPDX-License-Identifier: Apache-2.0
//
// What a search found: facts of each media, where it lies, the note that was meant. No pictures.
import { useEffect, useRef, useState } from "preact/hooks";
import { get, type Schemas } from "../../api/client.ts";
import { isAbort } from "../../api/problem.ts";
import { caseNumber } from "../../names.ts";
import { href } from "../../route.ts";
import { text } from "../../text.ts";
import { MediaCell, useMediaFacts } from "../../ui/media-facts.tsx";
import { Chip, Layers } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";

const words = text.search.results;
const AT_ONCE = 4;

type Hit = Schemas["SearchHit"];
interface Looked {
    item?: Schemas["ItemOfCase"];
    note?: Schemas["Note"];
}

async function look(hit: Hit, signal: AbortSignal): Promise<Looked> {
    if (hit.media === null) return {};
    const path = { case: hit.case, media: hit.media };
    if (hit.note !== null) {
        const reply = await get("/api/v1/cases/{case}/media/{media}/notes", { path, query: { limit: 200 }, signal });
        const note = reply.items.find((one) => one.id === hit.note);
        return note === undefined ? {} : { note };
    }
    const reply = await get("/api/v1/cases/{case}/items", {
        path: { case: hit.case },
        query: { media: hit.media, limit: hit.item === null ? 1 : 200 },
        signal,
    });
    const item = hit.item === null ? reply.items[0] : reply.items.find((one) => one.item === hit.item);
    return item === undefined ? {} : { item };
}

const keyOf = (hit: Hit) => `${hit.case} ${hit.media ?? ""} ${hit.item ?? ""} ${hit.note ?? ""}`;

// Places and notes behind the hits, a few at a time; what was looked up is not looked up again.
function useLooked(hits: readonly Hit[]): (hit: Hit) => Looked | null {
    const known = useRef(new Map<string, Looked>());
    const [, render] = useState(0);
    useEffect(() => {
        const control = new AbortController();
        const waiting = hits.filter((hit) => !known.current.has(keyOf(hit)));
        const work = async () => {
            for (let hit = waiting.shift(); hit !== undefined && !control.signal.aborted; hit = waiting.shift()) {
                try {
                    known.current.set(keyOf(hit), await look(hit, control.signal));
                } catch (error) {
                    // A hit is of use without its place; the row says that it is missing.
                    if (isAbort(error)) return;
                    known.current.set(keyOf(hit), {});
                }
                render((count) => count + 1);
            }
        };
        for (let i = 0; i < AT_ONCE; i++) void work();
        return () => control.abort();
    }, [hits]);
    return (hit) => known.current.get(keyOf(hit)) ?? null;
}

function Place(props: { of: Looked | null }) {
    if (props.of === null) return <span class="muted">{words.unread}</span>;
    const { item } = props.of;
    if (item === undefined) return <span class="muted">{text.common.none}</span>;
    return (
        <span class="place-cell">
            <Layers path={item.path} />
            <span class="muted">{words.evidence(item.evidence_name)}</span>
        </span>
    );
}

function NoteText(props: { of: Looked | null }) {
    if (props.of === null) return <span class="muted">{words.unread}</span>;
    const { note } = props.of;
    if (note === undefined || note.text === null) return <span class="muted">{words.gone}</span>;
    if (note.kind === "tag") return <Chip title={words.tag}>{note.text}</Chip>;
    return <span class="value-cell">{note.text}</span>;
}

export function Results(props: {
    caption: string;
    hits: readonly Hit[];
    cases: readonly Schemas["Case"][] | null;
    // Whether hits have a distance.
    isNear: boolean;
}) {
    const { hits } = props;
    const facts = useMediaFacts(
        hits.flatMap((hit) => (hit.media === null ? [] : [{ case: hit.case, media: hit.media }])),
    );
    const looked = useLooked(hits);
    const hasNotes = hits.some((hit) => hit.note !== null);
    const columns: Column<Hit & { i: number }>[] = [
        {
            name: words.media,
            heads: true,
            cell: (hit) =>
                hit.media === null ? (
                    <span class="muted">{words.noMedia}</span>
                ) : (
                    <MediaCell case={hit.case} media={hit.media} facts={facts} />
                ),
        },
        {
            name: words.case,
            cell: (hit) => (
                <a class="target nowrap" href={href(`/cases/${hit.case}`)}>
                    {caseNumber(props.cases, hit.case)}
                </a>
            ),
        },
    ];
    if (props.isNear)
        columns.push({ name: words.distance, number: true, cell: (hit) => text.units.bits(hit.distance) });
    columns.push(
        hasNotes
            ? { name: words.note, cell: (hit) => <NoteText of={looked(hit)} /> }
            : { name: words.place, cell: (hit) => <Place of={looked(hit)} /> },
    );
    return (
        <Table
            stacks
            caption={props.caption}
            rows={hits.map((hit, i) => ({ ...hit, i }))}
            rowKey={(row) => row.i}
            columns={columns}
            empty={text.search.none}
        />
    );
}
