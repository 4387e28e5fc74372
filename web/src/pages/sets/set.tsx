// SPDX-License-Identifier: Apache-2.0
//
// One set: what it holds, where that came from, its entries by number, and lists read into it.
import { get, type Schemas } from "../../api/client.ts";
import { number } from "../../format.ts";
import { href } from "../../route.ts";
import type { PageProps } from "../../routes.ts";
import { may } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Await } from "../../ui/load.tsx";
import { Chip, Facts, Page, Section, Time, word } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";
import { Entries } from "./entries.tsx";
import { ImportList } from "./import.tsx";
import { HashCounts, didWhat, schemeName, useSchemes, type SetInfo } from "./parts.tsx";

type Act = NonNullable<Schemas["Set"]["acts"]>[number];

const words = text.sets;

function Source(props: { act: Act }) {
    const { act } = props;
    if (act.source === null) return <>–</>;
    return (
        <div class="set-source">
            <span class="break">{act.source}</span>
            <span class="muted">{act.description ?? act.format}</span>
            {act.source_sha256 !== null && (
                <span class="muted break">
                    {words.act.digest} <span class="mono">{act.source_sha256}</span>
                </span>
            )}
        </div>
    );
}

// A set that was made empty has the first act of all sets, without a source.
function actName(act: Act): string {
    const isEmpty = act.act === "import" && act.source === null && act.entries === 0;
    return words.act.words[isEmpty ? "create" : act.act] ?? act.act;
}

const actColumns: readonly Column<Act>[] = [
    {
        name: words.act.columns.act,
        cell: (act) => (
            <>
                {actName(act)} <span class="muted nowrap">{words.generation(number(act.generation))}</span>
            </>
        ),
        heads: true,
    },
    { name: words.act.columns.made, cell: (act) => <Time at={act.made} /> },
    { name: words.act.columns.who, cell: (act) => act.who },
    { name: words.act.columns.source, cell: (act) => <Source act={act} /> },
    {
        name: words.act.columns.counts,
        cell: (act) => [words.act.listed(act.entries), ...didWhat({ ...act })].join(", "),
    },
];

function Holds(props: { set: SetInfo; scheme: string }) {
    const { set } = props;
    return (
        <Section title={words.one.facts} panel>
            <Facts
                of={[
                    [
                        words.columns.kind,
                        <>
                            {word("kind", set.kind)} <span class="muted">{words.kinds[set.kind]}</span>
                        </>,
                    ],
                    [words.columns.scheme, props.scheme],
                    [words.columns.active, number(set.entries.active)],
                    [words.one.withdrawnByList, number(set.entries.withdrawn_by_list)],
                    [words.one.withdrawnHere, number(set.entries.withdrawn_locally)],
                    [words.columns.hashes, <HashCounts of={set.hashes} />],
                    [words.columns.videos, number(set.videos)],
                    [words.one.frames, number(set.frames)],
                    [words.one.created, <Time at={set.created} />],
                    [words.one.digest, <span class="mono break">{set.digest}</span>],
                ]}
            />
        </Section>
    );
}

export function SetPage(props: PageProps) {
    const id = props.ids["set"] ?? 0;
    const load = useLoad((signal) => get("/api/v1/sets/{set}", { path: { set: id }, signal }), [id]);
    const schemes = useSchemes();
    const set = load.data;
    return (
        <Page
            title={set?.name ?? words.title}
            actions={set !== null ? <Chip>{words.generation(number(set.generation))}</Chip> : undefined}
            lead={<a href={href("/sets")}>{words.list}</a>}
        >
            <Await load={load}>
                {(shown) => (
                    <>
                        <Holds set={shown} scheme={schemeName(schemes, shown.scheme)} />
                        <Section title={words.one.acts}>
                            <Table
                                caption={words.one.actsTable}
                                columns={actColumns}
                                rows={shown.acts ?? []}
                                rowKey={(act) => act.generation}
                                empty={words.one.noActs}
                            />
                        </Section>
                        {may("sets_write") && <ImportList set={shown} schemes={schemes} onDone={load.reload} />}
                        <Entries set={shown} onChange={load.reload} />
                    </>
                )}
            </Await>
        </Page>
    );
}
