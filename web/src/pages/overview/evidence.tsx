// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { number } from "../../format.ts";
import { href } from "../../route.ts";
import { text } from "../../text.ts";
import { Section, Time } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";

const words = text.overview;

export interface EvidenceRow {
    id: number;
    name: string;
    root: string | null;
    added: string;
    // null where the server does not count them.
    items: number | null;
    not_examined: number | null;
}

export function Evidence(props: { caseId: number; rows: readonly EvidenceRow[] }) {
    const of = (row: EvidenceRow, items: string, count: number | null): ComponentChildren => (
        <a href={href(`/cases/${props.caseId}`, { items, evidence: row.id })}>
            {count === null ? words.showThem : number(count)}
        </a>
    );
    const columns: Column<EvidenceRow>[] = [
        { name: words.evidenceName, cell: (row) => row.name, heads: true },
        { name: words.root, cell: (row) => <span class="break">{row.root ?? "–"}</span> },
        { name: words.items, cell: (row) => of(row, "all", row.items), number: true },
        { name: words.notExamined, cell: (row) => of(row, "not-examined", row.not_examined), number: true },
        { name: words.added, cell: (row) => <Time at={row.added} /> },
    ];
    return (
        <Section title={words.evidence}>
            <Table
                caption={words.evidence}
                columns={columns}
                rows={props.rows}
                rowKey={(row) => row.id}
                empty={words.noEvidence}
            />
        </Section>
    );
}
