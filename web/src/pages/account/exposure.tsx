// SPDX-License-Identifier: Apache-2.0
//
// What one saw, in plain numbers: no bar, no comparison, no judgement.
import { get, type Schemas } from "../../api/client.ts";
import { day, duration, number } from "../../format.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Await } from "../../ui/load.tsx";
import { Facts, Section } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";

const words = text.account.exposure;

type Day = Schemas["Exposure"] & { day: string };

const columns: readonly Column<Day>[] = [
    { name: words.day, cell: (row) => day(row.day), heads: true },
    { name: words.pictures, cell: (row) => number(row.reveals), number: true },
    { name: words.time, cell: (row) => duration(row.seconds) },
];

function said(seen: Schemas["Exposure"]): string {
    return seen.reveals === 0 ? words.none : words.said(seen.reveals, duration(seen.seconds));
}

export function ExposureCounts() {
    const load = useLoad((signal) => get("/api/v1/account/exposure", { signal }), []);
    return (
        <Section title={words.title} panel>
            <p class="muted">{words.hint}</p>
            <Await load={load}>
                {({ today, week, days }) => (
                    <>
                        <Facts
                            of={[
                                [words.today, said(today)],
                                [words.week, said(week)],
                            ]}
                        />
                        {days.length > 0 && (
                            <Table caption={words.table} columns={columns} rows={days} rowKey={(row) => row.day} />
                        )}
                    </>
                )}
            </Await>
        </Section>
    );
}
