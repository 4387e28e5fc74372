// SPDX-License-Identifier: Apache-2.0
//
// Decided notable media of a case in which nobody is identified yet.
import { useState } from "preact/hooks";
import { get, type Schemas } from "../api/client.ts";
import type { PageProps } from "../routes.ts";
import { may } from "../session.ts";
import { text } from "../text.ts";
import { More, usePages } from "../ui/load.tsx";
import { MediaCell, useMediaFacts } from "../ui/media-facts.tsx";
import { Button, Page } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";
import { LinkVictim } from "./leads/link-victim.tsx";

const words = text.who;

export function Who(props: PageProps) {
    const caseId = props.ids["case"] ?? 0;
    const [linking, setLinking] = useState<number | null>(null);
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/who", { query: { case: caseId, limit: 50, ...(cursor !== undefined && { cursor }) }, signal }),
        [caseId],
    );
    const facts = useMediaFacts(pages.items);
    return (
        <Page title={words.title} lead={words.lead}>
            {pages.items.length > 0 && (
                <p class="muted" role="status">
                    {words.count(pages.items.length)}
                </p>
            )}
            {(pages.items.length > 0 || pages.state === "ready") && (
                <Table
                    stacks
                    caption={words.title}
                    rows={pages.items}
                    rowKey={(row) => row.case_media}
                    empty={words.none}
                    columns={[
                        {
                            name: words.media,
                            heads: true,
                            cell: (row) => <MediaCell case={row.case} media={row.media} facts={facts} />,
                        },
                        {
                            name: words.victims,
                            cell: (row) =>
                                row.victims === 0 ? (
                                    <span class="muted">{words.nobody}</span>
                                ) : (
                                    words.linked(row.victims)
                                ),
                        },
                        ...(may("case_write")
                            ? [
                                  {
                                      name: words.act,
                                      quietName: true,
                                      cell: (row: Schemas["WhoMedia"]) => (
                                          <span class="actions">
                                              <Button look="small" onClick={() => setLinking(row.media)}>
                                                  {words.link}
                                              </Button>
                                          </span>
                                      ),
                                  },
                              ]
                            : []),
                    ]}
                />
            )}
            <More pages={pages} />
            {linking !== null && (
                <LinkVictim
                    target={{ case: caseId, media: linking }}
                    onDone={(linked) => {
                        setLinking(null);
                        if (linked) pages.reload();
                    }}
                />
            )}
        </Page>
    );
}
