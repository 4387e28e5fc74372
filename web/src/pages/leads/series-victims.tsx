// SPDX-License-Identifier: Apache-2.0
//
// Victims that are linked to a series.
import { useState } from "preact/hooks";
import { get } from "../../api/client.ts";
import { href } from "../../route.ts";
import { may } from "../../session.ts";
import { text } from "../../text.ts";
import { More, usePages } from "../../ui/load.tsx";
import { Button, Section, Time, word } from "../../ui/parts.tsx";
import { Table } from "../../ui/table.tsx";
import { LinkVictim } from "./link-victim.tsx";

const words = text.series.victims;

export function SeriesVictims(props: { series: number }) {
    const [linking, setLinking] = useState(false);
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/victims", {
                query: { series: props.series, limit: 200, ...(cursor !== undefined && { cursor }) },
                signal,
            }),
        [props.series],
    );
    return (
        <Section
            title={words.title}
            actions={
                may("case_write") && (
                    <Button look="small" onClick={() => setLinking(true)}>
                        {words.link}
                    </Button>
                )
            }
        >
            {(pages.items.length > 0 || pages.state === "ready") && (
                <Table
                    stacks
                    caption={words.title}
                    rows={pages.items}
                    rowKey={(row) => row.id}
                    empty={words.none}
                    columns={[
                        {
                            name: words.reference,
                            heads: true,
                            cell: (row) => (
                                <a class="target" href={href(`/victims/${row.id}`)}>
                                    {row.reference}
                                </a>
                            ),
                        },
                        { name: words.state, cell: (row) => word("victim", row.state) },
                        { name: words.since, cell: (row) => <Time at={row.since} /> },
                    ]}
                />
            )}
            <More pages={pages} />
            {linking && (
                <LinkVictim
                    target={{ series: props.series }}
                    onDone={(linked) => {
                        setLinking(false);
                        if (linked) pages.reload();
                    }}
                />
            )}
        </Section>
    );
}
