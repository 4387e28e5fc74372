// SPDX-License-Identifier: Apache-2.0
//
// Items of the evidence as a table: where they lie, and why some could not be examined.
import { useEffect, useRef, useState } from "preact/hooks";
import { get, type Schemas } from "../../api/client.ts";
import { number, size } from "../../format.ts";
import { href } from "../../route.ts";
import { text } from "../../text.ts";
import { More, usePages } from "../../ui/load.tsx";
import { Button, LinkButton, Layers, Message, Section, word } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";

const words = text.overview;

type Item = Schemas["ItemOfCase"];
type Reason = Schemas["Methods"]["not_examined"][number];

export interface ItemsShown {
    notExamined: boolean;
    evidence: number | null;
}

// "?items=all", "?items=not-examined", with "&evidence=3" for one of them.
export function itemsShown(query: URLSearchParams): ItemsShown | null {
    const items = query.get("items");
    if (items !== "all" && items !== "not-examined") return null;
    const evidence = Number(query.get("evidence"));
    return {
        notExamined: items === "not-examined",
        evidence: Number.isSafeInteger(evidence) && evidence > 0 ? evidence : null,
    };
}

function ItemTable(props: { caseId: number; shown: ItemsShown }) {
    const { caseId, shown } = props;
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/cases/{case}/items", {
                path: { case: caseId },
                query: {
                    limit: 50,
                    ...(shown.notExamined && { not_examined: true }),
                    ...(shown.evidence !== null && { evidence: shown.evidence }),
                    ...(cursor !== undefined && { cursor }),
                },
                signal,
            }),
        [caseId, shown.notExamined, shown.evidence],
    );
    const columns: Column<Item>[] = [
        { name: words.where, cell: (item) => <Layers path={item.path} />, heads: true },
        { name: words.evidenceName, cell: (item) => item.evidence_name },
        { name: words.status, cell: (item) => word("status", item.status) },
        { name: words.reason, cell: (item) => item.reason ?? "–" },
        { name: words.size, cell: (item) => (item.size_bytes === null ? "–" : size(item.size_bytes)), number: true },
        {
            name: words.itsMedia,
            cell: (item) =>
                item.media === null ? (
                    "–"
                ) : (
                    <a href={href(`/cases/${caseId}/media/${item.media}`)}>{words.mediaNumber(number(item.media))}</a>
                ),
        },
    ];
    if (pages.items.length === 0 && pages.state !== "ready") return <More pages={pages} />;
    return (
        <>
            <Table
                caption={shown.notExamined ? words.notExaminedItems : words.allItems}
                columns={columns}
                rows={pages.items}
                rowKey={(item) => item.item}
                empty={shown.notExamined ? words.allExamined : words.noItems}
            />
            <More pages={pages} />
        </>
    );
}

export function Items(props: { caseId: number; shown: ItemsShown; evidence: string | null }) {
    const place = useRef<HTMLDivElement>(null);
    const { shown } = props;
    // It was asked for by a number above it: go where it is.
    useEffect(() => {
        place.current?.scrollIntoView({ block: "start" });
        place.current?.focus({ preventScroll: true });
    }, [shown.notExamined, shown.evidence]);
    const title = shown.notExamined ? words.notExaminedItems : words.allItems;
    return (
        <div ref={place} tabIndex={-1} class="items-place">
            <Section
                title={props.evidence === null ? title : words.itemsOf(title, props.evidence)}
                actions={
                    <LinkButton href={href(`/cases/${props.caseId}`)} look="small">
                        {words.hideItems}
                    </LinkButton>
                }
            >
                <ItemTable caseId={props.caseId} shown={shown} />
            </Section>
        </div>
    );
}

const REASONS_AT_FIRST = 8;

// Why items could not be examined, the most frequent reasons first.
export function Reasons(props: { caseId: number; of: readonly Reason[]; more: boolean }) {
    const [whole, setWhole] = useState(false);
    const rows = whole ? props.of : props.of.slice(0, REASONS_AT_FIRST);
    const columns: Column<Reason>[] = [
        { name: words.status, cell: (row) => word("status", row.status), heads: true },
        { name: words.reason, cell: (row) => row.reason ?? "–" },
        { name: words.items, cell: (row) => number(row.items), number: true },
    ];
    if (props.of.length === 0) return null;
    return (
        <Section
            title={words.whyNot}
            actions={
                <LinkButton href={href(`/cases/${props.caseId}`, { items: "not-examined" })} look="small">
                    {words.showThem}
                </LinkButton>
            }
        >
            <Table
                caption={words.whyNot}
                columns={columns}
                rows={rows}
                rowKey={(row) => `${row.status} ${row.reason ?? ""}`}
            />
            {rows.length < props.of.length && (
                <div>
                    <Button onClick={() => setWhole(true)}>{words.allReasons(number(props.of.length))}</Button>
                </div>
            )}
            {whole && props.more && <Message calm>{words.moreReasons}</Message>}
        </Section>
    );
}
