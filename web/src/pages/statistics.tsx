// SPDX-License-Identifier: Apache-2.0
//
// Numbers of units and cases, never of persons.
import { useState } from "preact/hooks";
import { all, get, type Schemas } from "../api/client.ts";
import { duration, number, percent } from "../format.ts";
import { scheme, useUnitName, useUnits } from "../names.ts";
import { href, replaceQuery, type Query } from "../route.ts";
import type { PageProps } from "../routes.ts";
import { may } from "../session.ts";
import { useLoad } from "../store.ts";
import { text } from "../text.ts";
import { BarRows, ColumnChart } from "../ui/chart.tsx";
import { csvFile } from "../ui/csv.ts";
import { Choice, TextField } from "../ui/form.tsx";
import { Await } from "../ui/load.tsx";
import { Button, Empty, Page, Section, download, word } from "../ui/parts.tsx";
import { Table, type Column } from "../ui/table.tsx";
import { months, sums, total, type Cell } from "./statistics/sums.ts";

const words = text.statistics;

type Statistics = Schemas["Statistics"];
type CaseRow = Schemas["StatisticsCase"];

const KINDS = ["new", "notable", "ignorable"] as const;
const STATES = ["open", "disputed", "decided"] as const;
const FILTERS = ["unit", "case", "from", "to", "kind", "state", "scheme"] as const;
type Filter = Record<(typeof FILTERS)[number], string>;

interface Names {
    unit: (id: number) => string;
    number: (id: number) => string;
    category: (scheme: string, code: string | null) => string;
}

async function load(filter: Filter, signal: AbortSignal) {
    const statistics = await get("/api/v1/statistics", {
        query: {
            ...(filter.case !== "" && { case: Number(filter.case) }),
            ...(filter.unit !== "" && { unit: Number(filter.unit) }),
            ...(filter.from !== "" && { from: filter.from }),
            ...(filter.to !== "" && { to: filter.to }),
        },
        signal,
    });
    const ids = [...new Set(statistics.cells.map((cell) => cell.scheme))];
    const schemes = await Promise.all(ids.map((id) => scheme(id).catch(() => null)));
    const labels = new Map<string, string>();
    for (const one of schemes)
        for (const code of one?.codes ?? []) labels.set(`${one?.id ?? ""} ${code.code}`, code.label);
    return { statistics, labels };
}

async function cases(signal: AbortSignal): Promise<Schemas["Case"][]> {
    return may("case_read")
        ? all((cursor) =>
              get("/api/v1/cases", { query: { limit: 200, ...(cursor !== undefined && { cursor }) }, signal }),
          )
        : [];
}

function Filters(props: { filter: Filter; cases: readonly Schemas["Case"][]; schemes: readonly string[] }) {
    const { filter } = props;
    const units = useUnits();
    const set = (part: Partial<Filter>) => replaceQuery({ ...filter, ...part } as Query);
    const every = ["", text.common.all] as const;
    const chosenCase =
        filter.case === "" || props.cases.some((one) => String(one.id) === filter.case)
            ? []
            : [[filter.case, `#${filter.case}`] as const];
    return (
        <div class="form-grid" role="search" aria-label={words.filter}>
            <Choice
                label={words.unit}
                value={filter.unit}
                onValue={(unit) => set({ unit })}
                options={[every, ...[...(units?.values() ?? [])].map((one) => [String(one.id), one.name] as const)]}
            />
            {(props.cases.length > 0 || filter.case !== "") && (
                <Choice
                    label={words.case}
                    value={filter.case}
                    onValue={(value) => set({ case: value })}
                    options={[every, ...chosenCase, ...props.cases.map((one) => [String(one.id), one.number] as const)]}
                />
            )}
            <TextField label={words.from} value={filter.from} onValue={(from) => set({ from })} type="date" />
            <TextField label={words.to} value={filter.to} onValue={(to) => set({ to })} type="date" />
            <Choice
                label={words.kind}
                value={filter.kind}
                onValue={(kind) => set({ kind })}
                options={[every, ...KINDS.map((one) => [one, word("kind", one)] as const)]}
            />
            <Choice
                label={words.state}
                value={filter.state}
                onValue={(state) => set({ state })}
                options={[every, ...STATES.map((one) => [one, word("state", one)] as const)]}
            />
            {(props.schemes.length > 1 || filter.scheme !== "") && (
                <Choice
                    label={words.scheme}
                    value={filter.scheme}
                    onValue={(value) => set({ scheme: value })}
                    options={[every, ...props.schemes.map((one) => [one, one] as const)]}
                />
            )}
        </div>
    );
}

function Charts(props: { cells: readonly Cell[]; names: Names }) {
    const { cells, names } = props;
    const labels = months(cells);
    const kinds = KINDS.filter((kind) => cells.some((cell) => cell.kind === kind));
    const inMonth = (kind: Cell["kind"]) => {
        const found = new Map(
            sums(
                cells.filter((cell) => cell.kind === kind),
                (cell) => cell.month,
            ).map((one) => [one.key, one.media]),
        );
        return labels.map((label) => found.get(label) ?? 0);
    };
    const rows = (of: (cell: Cell) => string) => sums(cells, of).map((one) => ({ name: one.key, value: one.media }));
    const decided = cells.filter((cell) => cell.state === "decided");
    return (
        <>
            <Section title={words.byMonth}>
                <ColumnChart
                    title={words.byMonth}
                    labelName={words.month}
                    labels={labels}
                    series={kinds.map((kind) => ({ name: word("kind", kind), values: inMonth(kind) }))}
                />
            </Section>
            <div class="columns">
                <Section title={words.byKind} panel>
                    <BarRows title={words.byKind} parts={rows((cell) => word("kind", cell.kind))} />
                </Section>
                <Section title={words.byState} panel>
                    <BarRows title={words.byState} parts={rows((cell) => word("state", cell.state))} />
                </Section>
                <Section title={words.byUnit} panel>
                    <BarRows title={words.byUnit} parts={rows((cell) => names.unit(cell.unit))} />
                </Section>
                <Section title={words.byScheme} panel>
                    <BarRows title={words.byScheme} parts={rows((cell) => cell.scheme)} />
                </Section>
                <Section title={words.byCategory} panel>
                    {decided.length === 0 ? (
                        <Empty>{words.noneDecided}</Empty>
                    ) : (
                        <BarRows
                            title={words.byCategory}
                            parts={sums(decided, (cell) => names.category(cell.scheme, cell.category)).map((one) => ({
                                name: one.key,
                                value: one.media,
                            }))}
                        />
                    )}
                </Section>
            </div>
        </>
    );
}

function CellTable(props: { cells: readonly Cell[]; names: Names }) {
    const { cells, names } = props;
    const columns: Column<Cell>[] = [
        { name: words.unit, cell: (cell) => names.unit(cell.unit) },
        { name: words.month, cell: (cell) => cell.month },
        { name: words.kind, cell: (cell) => word("kind", cell.kind) },
        { name: words.state, cell: (cell) => word("state", cell.state) },
        { name: words.scheme, cell: (cell) => cell.scheme },
        {
            name: words.category,
            cell: (cell) => (cell.category === null ? "–" : names.category(cell.scheme, cell.category)),
        },
        { name: words.media, cell: (cell) => number(cell.media), number: true },
    ];
    const save = () =>
        download(
            csvFile(
                ["unit", "unit_name", "month", "kind", "state", "scheme", "category", "category_label", "media"],
                cells.map((cell) => [
                    cell.unit,
                    names.unit(cell.unit),
                    cell.month,
                    cell.kind,
                    cell.state,
                    cell.scheme,
                    cell.category,
                    cell.category === null ? null : names.category(cell.scheme, cell.category),
                    cell.media,
                ]),
            ),
            "statistics.csv",
        );
    return (
        <Section title={words.cells} actions={<Button onClick={save}>{words.download}</Button>}>
            <p class="muted">{words.cellsLead(number(total(cells)), number(cells.length))}</p>
            <details class="tall">
                <summary>{text.common.asTable}</summary>
                <Table
                    caption={words.cells}
                    columns={columns}
                    rows={cells}
                    rowKey={(cell) =>
                        `${cell.unit} ${cell.month} ${cell.kind} ${cell.state} ${cell.scheme} ${cell.category ?? ""}`
                    }
                />
            </details>
        </Section>
    );
}

function waiting(seconds: number | null): string {
    return seconds === null ? "–" : duration(seconds);
}

function CaseTable(props: { rows: readonly CaseRow[]; names: Names }) {
    const { rows, names } = props;
    const columns: Column<CaseRow>[] = [
        {
            name: words.case,
            heads: true,
            cell: (row) =>
                may("case_read") ? (
                    <a href={href(`/cases/${row.case}`)}>{names.number(row.case)}</a>
                ) : (
                    names.number(row.case)
                ),
        },
        { name: words.unit, cell: (row) => names.unit(row.unit) },
        { name: words.mediaInTime, cell: (row) => number(row.media), number: true },
        { name: words.items, cell: (row) => number(row.items), number: true },
        {
            name: words.examined,
            number: true,
            cell: (row) =>
                row.items === 0 ? "–" : `${number(row.items_examined)} (${percent(row.items_examined / row.items)})`,
        },
        { name: words.decided, cell: (row) => number(row.decided), number: true },
        { name: words.median, cell: (row) => waiting(row.median_seconds), number: true },
        { name: words.ninetieth, cell: (row) => waiting(row.ninetieth_seconds), number: true },
    ];
    const save = () =>
        download(
            csvFile(
                [
                    "case",
                    "number",
                    "unit",
                    "media",
                    "items",
                    "items_examined",
                    "decided",
                    "median_seconds",
                    "ninetieth_seconds",
                ],
                rows.map((row) => [
                    row.case,
                    names.number(row.case),
                    names.unit(row.unit),
                    row.media,
                    row.items,
                    row.items_examined,
                    row.decided,
                    row.median_seconds,
                    row.ninetieth_seconds,
                ]),
            ),
            "statistics-cases.csv",
        );
    return (
        <Section title={words.byCase} actions={rows.length > 0 && <Button onClick={save}>{words.download}</Button>}>
            <p class="muted">{words.byCaseLead}</p>
            <Table caption={words.byCase} columns={columns} rows={rows} rowKey={(row) => row.case} />
        </Section>
    );
}

function Numbers(props: { of: Statistics; filter: Filter; names: Names }) {
    const { of, filter, names } = props;
    const cells = of.cells.filter(
        (cell) =>
            (filter.kind === "" || cell.kind === filter.kind) &&
            (filter.state === "" || cell.state === filter.state) &&
            (filter.scheme === "" || cell.scheme === filter.scheme),
    );
    const statuses = [...of.statuses].sort((a, b) => b.items - a.items);
    return (
        <>
            {cells.length === 0 ? (
                <Empty>{words.none}</Empty>
            ) : (
                <>
                    <Charts cells={cells} names={names} />
                    <CellTable cells={cells} names={names} />
                </>
            )}
            <CaseTable rows={of.cases} names={names} />
            {statuses.length > 0 && (
                <Section title={words.byStatus}>
                    <BarRows
                        title={words.byStatus}
                        parts={statuses.map((one) => ({ name: word("status", one.status), value: one.items }))}
                    />
                </Section>
            )}
        </>
    );
}

export function Statistics(props: PageProps) {
    const [known] = useState(() => ({ schemes: new Set<string>() }));
    const filter = Object.fromEntries(FILTERS.map((name) => [name, props.query.get(name) ?? ""])) as Filter;
    const unitName = useUnitName();
    const listed = useLoad(cases, []);
    const found = useLoad((signal) => load(filter, signal), [filter.unit, filter.case, filter.from, filter.to]);
    for (const cell of found.data?.statistics.cells ?? []) known.schemes.add(cell.scheme);
    const numbers = new Map((listed.data ?? []).map((one) => [one.id, one.number]));
    const names: Names = {
        unit: unitName,
        number: (id) => numbers.get(id) ?? `#${id}`,
        category: (of, code) => (code === null ? text.common.none : (found.data?.labels.get(`${of} ${code}`) ?? code)),
    };
    return (
        <Page title={words.title} lead={words.lead}>
            <Filters filter={filter} cases={listed.data ?? []} schemes={[...known.schemes].sort()} />
            <Await load={found}>{({ statistics }) => <Numbers of={statistics} filter={filter} names={names} />}</Await>
        </Page>
    );
}
