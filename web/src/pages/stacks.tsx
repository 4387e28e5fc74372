// SPDX-License-Identifier: Apache-2.0
//
// Stacks of media that look alike: all of a case, and one with what lies in it.
import { get, type Schemas } from "../api/client.ts";
import { number } from "../format.ts";
import { href, replaceQuery } from "../route.ts";
import type { PageProps } from "../routes.ts";
import { may } from "../session.ts";
import { useLoad } from "../store.ts";
import { text } from "../text.ts";
import { Choice } from "../ui/form.tsx";
import { Await, More, usePages, type Pages } from "../ui/load.tsx";
import { MediaFacts, typeWord, type FactsOf } from "../ui/media-facts.tsx";
import { Chip, Facts, LinkButton, Page, Section, Time, word } from "../ui/parts.tsx";
import { Table, type Column } from "../ui/table.tsx";
import { Notes } from "./media/notes.tsx";
import { categoryName, useScheme, type CaseScheme } from "./media/scheme.ts";

const words = text.stacks;

type Stack = Schemas["Stack"];
type Leader = Schemas["StackLeader"];
type Distance = Stack["distance"];
type StackMedia = Schemas["StackMedia"];

const ORDERS = ["case", "size", "newest"] as const;
const STATES = ["any", "open", "decided", "disputed"] as const;

function chosen<T extends string>(of: readonly T[], value: string | null): T | undefined {
    return of.find((one) => one === value);
}

export function distanceRange(distance: Distance): string {
    if (distance === null) return text.common.none;
    return distance.least === distance.most
        ? text.units.bits(distance.least)
        : words.range(number(distance.least), text.units.bits(distance.most));
}

// The leader's facts, where it is still there.
function factsOf(leader: Leader): FactsOf | undefined {
    const { media_type, family, status, size_bytes } = leader;
    if (media_type === null || family === null || status === null || size_bytes === null) return undefined;
    return { ...leader, media_type, family, status, size_bytes };
}

function stackPath(caseId: number, stack: number): string {
    return `/cases/${caseId}/stacks/${stack}`;
}

function reviewLink(caseId: number, stack: number): string {
    return href(`/cases/${caseId}/review`, { stack });
}

function StackCell(props: { caseId: number; stack: Stack }) {
    const { leader } = props.stack;
    const why = leader.has_preview || leader.no_preview === null ? null : words.noPreview(leader.no_preview);
    return (
        <span class="stack-cell">
            <a href={href(stackPath(props.caseId, props.stack.stack))}>{words.stack(String(props.stack.stack))}</a>
            <MediaFacts of={factsOf(leader)} />
            {why !== null && <span class="muted">{why}</span>}
        </span>
    );
}

function StackTable(props: { caseId: number; pages: Pages<Stack> }) {
    const columns: Column<Stack>[] = [
        { name: words.columns.stack, heads: true, cell: (row) => <StackCell caseId={props.caseId} stack={row} /> },
        { name: words.columns.media, number: true, cell: (row) => number(row.media_count) },
        { name: words.columns.open, number: true, cell: (row) => number(row.open_count) },
        { name: words.columns.disputed, number: true, cell: (row) => number(row.disputed_count) },
        { name: words.columns.distance, cell: (row) => <span class="nowrap">{distanceRange(row.distance)}</span> },
    ];
    if (may("review"))
        columns.push({
            name: words.columns.review,
            quietName: true,
            cell: (row) => (
                <a
                    class="button small"
                    href={reviewLink(props.caseId, row.stack)}
                    aria-label={words.reviewOf(String(row.stack))}
                >
                    {words.review}
                </a>
            ),
        });
    return (
        <Table
            caption={words.title}
            columns={columns}
            rows={props.pages.items}
            rowKey={(row) => row.stack}
            empty={words.none}
        />
    );
}

export function Stacks({ ids, query }: PageProps) {
    const caseId = ids["case"] ?? 0;
    const order = chosen(ORDERS, query.get("order"));
    const state = chosen(STATES, query.get("state"));
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/cases/{case}/stacks", {
                path: { case: caseId },
                signal,
                query: {
                    limit: 100,
                    ...(order !== undefined && { order }),
                    ...(state !== undefined && { state }),
                    ...(cursor !== undefined && { cursor }),
                },
            }),
        [caseId, order, state],
    );
    const ask = (change: Record<string, string>) => replaceQuery({ order, state, ...change });
    return (
        <Page title={words.title} lead={words.lead}>
            <div class="filters">
                <Choice
                    label={words.order}
                    value={order ?? "case"}
                    onValue={(value) => ask({ order: value })}
                    options={ORDERS.map((one) => [one, words.orders[one]] as const)}
                />
                <Choice
                    label={words.state}
                    value={state ?? "any"}
                    onValue={(value) => ask({ state: value })}
                    options={STATES.map((one) => [one, words.states[one]] as const)}
                />
            </div>
            {(pages.items.length > 0 || pages.state === "ready") && <StackTable caseId={caseId} pages={pages} />}
            <More pages={pages} />
        </Page>
    );
}

function StackFacts(props: { caseId: number; stack: Stack }) {
    const { stack } = props;
    const { leader } = stack;
    const facts = factsOf(leader);
    return (
        <Facts
            of={[
                [words.columns.media, number(stack.media_count)],
                [words.columns.open, number(stack.open_count)],
                [words.columns.disputed, number(stack.disputed_count)],
                [
                    words.leader,
                    leader.media === null ? (
                        words.leaderGone
                    ) : (
                        <>
                            <a href={href(`/cases/${props.caseId}/media/${leader.media}`)}>
                                {text.facts.media(String(leader.media))}
                            </a>
                            {facts !== undefined && (
                                <>
                                    {" "}
                                    <MediaFacts of={facts} />
                                </>
                            )}
                        </>
                    ),
                ],
                [words.columns.distance, distanceRange(stack.distance)],
                [
                    words.tags,
                    leader.tags.length === 0 ? null : (
                        <span class="chips">
                            {leader.tags.map((tag) => (
                                <Chip key={tag}>{tag}</Chip>
                            ))}
                        </span>
                    ),
                ],
            ]}
        />
    );
}

function mediaColumns(caseId: number, scheme: CaseScheme | null): Column<StackMedia>[] {
    return [
        {
            name: words.columns.number,
            heads: true,
            cell: (row) => (
                <a href={href(`/cases/${caseId}/media/${row.media}`)}>{text.facts.media(String(row.media))}</a>
            ),
        },
        {
            name: words.columns.what,
            cell: (row) => (
                <span class="stack-cell">
                    <MediaFacts of={row} />
                    {!row.has_preview && row.no_preview !== null && (
                        <span class="muted">{words.noPreview(row.no_preview)}</span>
                    )}
                </span>
            ),
        },
        {
            name: words.columns.distance,
            cell: (row) => (row.distance === null ? words.isLeader : text.units.bits(row.distance)),
        },
        {
            name: words.columns.orientation,
            cell: (row) => (row.orientation === null ? "–" : word("orientation", row.orientation)),
        },
        {
            name: words.columns.state,
            cell: (row) => (row.kind === "new" ? word("state", row.state) : word("kind", row.kind)),
        },
        {
            name: words.columns.category,
            cell: (row) => (row.category === null ? "–" : categoryName(scheme, row.category)),
        },
        { name: words.columns.added, cell: (row) => <Time at={row.added} /> },
    ];
}

function MediaOfStack(props: { caseId: number; stack: number }) {
    const scheme = useScheme(props.caseId);
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/cases/{case}/stacks/{stack}/media", {
                path: { case: props.caseId, stack: props.stack },
                signal,
                query: { limit: 100, ...(cursor !== undefined && { cursor }) },
            }),
        [props.caseId, props.stack],
    );
    return (
        <Section title={words.inIt}>
            {(pages.state === "ready" || pages.items.length > 0) && (
                <Table
                    caption={words.inItTable}
                    columns={mediaColumns(props.caseId, scheme.data)}
                    rows={pages.items}
                    rowKey={(row) => row.media}
                />
            )}
            <More pages={pages} />
        </Section>
    );
}

export function StackPage({ ids }: PageProps) {
    const caseId = ids["case"] ?? 0;
    const id = ids["stack"] ?? 0;
    const load = useLoad(
        (signal) => get("/api/v1/cases/{case}/stacks/{stack}", { path: { case: caseId, stack: id }, signal }),
        [caseId, id],
    );
    const lead = load.data === null ? undefined : leadOf(load.data);
    return (
        <Page
            title={words.stack(String(id))}
            {...(lead !== undefined && { lead })}
            actions={
                <>
                    <LinkButton href={href(`/cases/${caseId}/stacks`)}>{words.all}</LinkButton>
                    {may("review") && load.data !== null && (
                        <LinkButton href={reviewLink(caseId, id)} look="primary">
                            {words.reviewThis}
                        </LinkButton>
                    )}
                </>
            }
        >
            <Await load={load}>
                {(stack) => (
                    <>
                        <div class="columns">
                            <Section title={words.about} panel>
                                <StackFacts caseId={caseId} stack={stack} />
                            </Section>
                            <Notes caseId={caseId} of={{ stack: id }} onChange={load.reload} />
                        </div>
                        <MediaOfStack caseId={caseId} stack={id} />
                    </>
                )}
            </Await>
        </Page>
    );
}

function leadOf(stack: Stack): string {
    const facts = factsOf(stack.leader);
    const what = facts === undefined ? null : typeWord(facts);
    return words.stackLead(text.units.media(stack.media_count), what);
}
