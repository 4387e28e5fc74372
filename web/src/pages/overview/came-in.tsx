// SPDX-License-Identifier: Apache-2.0
//
// What came in: numbers that lead to what is behind them.
import type { CaseWithCounts } from "../../case.ts";
import { number } from "../../format.ts";
import { href, type Query } from "../../route.ts";
import { text } from "../../text.ts";
import { PartsBar } from "../../ui/chart.tsx";
import { Section } from "../../ui/parts.tsx";

const words = text.overview;

interface LinkedFigure {
    name: string;
    value: number;
    to: string;
    note: string;
}

export function LinkedFigures(props: { label: string; of: readonly LinkedFigure[] }) {
    return (
        <ul class="figures linked-figures" aria-label={props.label}>
            {props.of.map((one) => (
                <li key={one.name}>
                    <a class="figure" href={one.to}>
                        <span class="name">{one.name}</span>
                        <span class="value">{number(one.value)}</span>
                        <span class="note">{one.note}</span>
                    </a>
                </li>
            ))}
        </ul>
    );
}

function mediaOf(id: number, query: Query): string {
    return href(`/cases/${id}/media`, query);
}

export function CameIn(props: { of: CaseWithCounts }) {
    const { counts, id } = props.of;
    const media = counts.notable + counts.ignorable + counts.new;
    return (
        <Section title={words.cameIn}>
            <LinkedFigures
                label={words.cameIn}
                of={[
                    {
                        name: words.items,
                        value: counts.items,
                        to: href(`/cases/${id}`, { items: "all" }),
                        note: words.itemsNote,
                    },
                    { name: words.media, value: media, to: mediaOf(id, {}), note: words.mediaNote },
                    {
                        name: words.notable,
                        value: counts.notable,
                        to: mediaOf(id, { kind: "notable" }),
                        note: words.notableNote,
                    },
                    { name: words.fresh, value: counts.new, to: mediaOf(id, { kind: "new" }), note: words.freshNote },
                    {
                        name: words.ignorable,
                        value: counts.ignorable,
                        to: mediaOf(id, { kind: "ignorable" }),
                        note: words.ignorableNote,
                    },
                    {
                        name: words.notExamined,
                        value: counts.not_examined,
                        to: href(`/cases/${id}`, { items: "not-examined" }),
                        note: words.notExaminedNote,
                    },
                ]}
            />
            {media > 0 && (
                <PartsBar
                    title={words.mediaByKind}
                    parts={[
                        { name: words.notable, value: counts.notable },
                        { name: words.fresh, value: counts.new },
                        { name: words.ignorable, value: counts.ignorable },
                    ]}
                />
            )}
        </Section>
    );
}
