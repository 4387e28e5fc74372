// SPDX-License-Identifier: Apache-2.0
//
// Charts by hand: columns over time, bars beside their names, parts of a whole. Each series has a
// pattern of its own beside its colour, and all numbers stand as words or in a table beside it.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { number, percent } from "../format.ts";
import { text } from "../text.ts";
import { Table, type Column } from "./table.tsx";

export interface ChartSeries {
    name: string;
    values: readonly number[];
}

const PATTERNS = ["solid", "striped", "dotted", "outlined"] as const;
type Pattern = (typeof PATTERNS)[number];

function patternOf(index: number): Pattern {
    return PATTERNS[index % PATTERNS.length] ?? "solid";
}

// What fills the shapes of a series: defined once in each drawing, named by its id.
function Patterns(props: { id: string }) {
    const common = { patternUnits: "userSpaceOnUse", width: "6", height: "6" } as const;
    return (
        <defs>
            <pattern id={`${props.id}-striped`} {...common} patternTransform="rotate(45)">
                <rect width="3" height="6" class="fill-striped" />
            </pattern>
            <pattern id={`${props.id}-dotted`} {...common}>
                <circle cx="3" cy="3" r="1.8" class="fill-dotted" />
            </pattern>
        </defs>
    );
}

function fillOf(id: string, pattern: Pattern): { class: string; fill?: string } {
    return pattern === "striped" || pattern === "dotted"
        ? { class: `shape shape-${pattern}`, fill: `url(#${id}-${pattern})` }
        : { class: `shape shape-${pattern}` };
}

function Swatch(props: { index: number }) {
    const id = useId();
    return (
        <svg class="chart-swatch" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
            <Patterns id={id} />
            <rect x="1" y="1" width="12" height="12" {...fillOf(id, patternOf(props.index))} />
        </svg>
    );
}

function useWidth(): [{ current: HTMLDivElement | null }, number] {
    const box = useRef<HTMLDivElement>(null);
    const [width, setWidth] = useState(0);
    useEffect(() => {
        const element = box.current;
        if (element === null) return undefined;
        const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
        observer.observe(element);
        setWidth(Math.floor(element.clientWidth));
        return () => observer.disconnect();
    }, []);
    return [box, width];
}

// 1, 2 or 5 times a power of ten, so that about four lines reach `most`.
function stepFor(most: number): number {
    const rough = Math.max(1, most / 4);
    const power = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? rough;
}

const HEIGHT = 180;
const LEFT = 48;
const BOTTOM = 24;
const TOP = 8;
const LABEL_WIDTH = 76;

interface Frame {
    width: number;
    top: number;
}

function Lines(props: Frame) {
    const step = stepFor(props.top);
    const marks = Array.from({ length: Math.floor(props.top / step) + 1 }, (_, i) => i * step);
    return (
        <g>
            {marks.map((mark) => {
                const y = TOP + (HEIGHT - TOP - BOTTOM) * (1 - mark / props.top);
                return (
                    <g key={mark}>
                        <line x1={LEFT} x2={props.width} y1={y} y2={y} class={mark === 0 ? "axis" : "guide"} />
                        <text x={LEFT - 6} y={y + 4} text-anchor="end" class="label">
                            {number(mark)}
                        </text>
                    </g>
                );
            })}
        </g>
    );
}

function Drawn(props: { width: number; labels: readonly string[]; series: readonly ChartSeries[]; title: string }) {
    const id = useId();
    const { labels, series, width } = props;
    const most = Math.max(1, ...series.flatMap((one) => one.values));
    const top = Math.ceil(most / stepFor(most)) * stepFor(most);
    const slot = (width - LEFT) / Math.max(1, labels.length);
    const bar = Math.max(1, Math.min(18, (slot * 0.75) / Math.max(1, series.length)));
    const every = Math.max(1, Math.ceil(LABEL_WIDTH / slot));
    return (
        <svg viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} role="img" aria-label={props.title}>
            <Patterns id={id} />
            <Lines width={width} top={top} />
            {labels.map((label, at) => {
                const middle = LEFT + slot * (at + 0.5);
                return (
                    <g key={label}>
                        {series.map((one, i) => {
                            const value = one.values[at] ?? 0;
                            const height = ((HEIGHT - TOP - BOTTOM) * value) / top;
                            return value === 0 ? null : (
                                <rect
                                    key={one.name}
                                    {...fillOf(id, patternOf(i))}
                                    x={middle + bar * (i - series.length / 2)}
                                    width={Math.max(1, bar - 1)}
                                    y={HEIGHT - BOTTOM - Math.max(1, height)}
                                    height={Math.max(1, height)}
                                />
                            );
                        })}
                        {at % every === 0 && (
                            <text
                                x={Math.max(middle, LEFT)}
                                y={HEIGHT - 6}
                                class="label"
                                text-anchor={middle + LABEL_WIDTH / 2 > width ? "end" : "middle"}
                            >
                                {label}
                            </text>
                        )}
                    </g>
                );
            })}
        </svg>
    );
}

interface NumberedRow {
    label: string;
    values: readonly number[];
}

// Columns beside each other for each label (a day, a month), the numbers as a table behind them.
export function ColumnChart(props: {
    title: string;
    labelName: string;
    labels: readonly string[];
    series: readonly ChartSeries[];
}) {
    const [box, width] = useWidth();
    const rows = props.labels.map((label, at): NumberedRow => ({
        label,
        values: props.series.map((one) => one.values[at] ?? 0),
    }));
    const columns: Column<NumberedRow>[] = [
        { name: props.labelName, cell: (row) => row.label, heads: true },
        ...props.series.map((one, i): Column<NumberedRow> => ({
            name: one.name,
            cell: (row) => number(row.values[i] ?? 0),
            number: true,
        })),
    ];
    return (
        <figure class="chart">
            <ul class="legend">
                {props.series.map((one, i) => (
                    <li key={one.name}>
                        <Swatch index={i} />
                        {one.name}
                    </li>
                ))}
            </ul>
            <div ref={box} class="chart-space">
                {width > 0 && <Drawn width={width} labels={props.labels} series={props.series} title={props.title} />}
            </div>
            <details>
                <summary>{text.common.asTable}</summary>
                <Table caption={props.title} columns={columns} rows={rows} rowKey={(row) => row.label} />
            </details>
        </figure>
    );
}

export interface ChartPart {
    name: string;
    value: number;
    href?: string;
    note?: ComponentChildren;
}

// Parts of a whole as one bar, each with its word, number and share below it.
export function PartsBar(props: { title: string; parts: readonly ChartPart[] }) {
    const id = useId();
    const all = props.parts.reduce((sum, part) => sum + part.value, 0);
    let at = 0;
    return (
        <figure class="chart">
            <svg class="parts-bar" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label={props.title}>
                <Patterns id={id} />
                <rect x="0" y="0" width="1000" height="20" class="ground" />
                {props.parts.map((part, i) => {
                    const wide = all === 0 ? 0 : (part.value / all) * 1000;
                    const left = at;
                    at += wide;
                    return wide === 0 ? null : (
                        <rect key={part.name} x={left} y="0" width={wide} height="20" {...fillOf(id, patternOf(i))} />
                    );
                })}
            </svg>
            <ul class="legend parts">
                {props.parts.map((part, i) => (
                    <li key={part.name}>
                        <Swatch index={i} />
                        {part.href !== undefined ? (
                            <a href={part.href}>
                                {part.name}: {number(part.value)}
                            </a>
                        ) : (
                            <span>
                                {part.name}: {number(part.value)}
                            </span>
                        )}
                        {all > 0 && <span class="muted">{percent(part.value / all)}</span>}
                    </li>
                ))}
            </ul>
        </figure>
    );
}

// One bar for each name, the longest for the most; the numbers stand beside them.
export function BarRows(props: { title: string; parts: readonly ChartPart[] }) {
    const most = Math.max(1, ...props.parts.map((part) => part.value));
    return (
        <ul class="bar-rows" aria-label={props.title}>
            {props.parts.map((part) => (
                <li key={part.name}>
                    <span class="name">
                        {part.href !== undefined ? <a href={part.href}>{part.name}</a> : part.name}
                    </span>
                    <svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
                        <rect
                            x="0"
                            y="0"
                            width={Math.max(2, (part.value / most) * 1000)}
                            height="10"
                            class="shape shape-solid"
                        />
                    </svg>
                    <span class="value">{number(part.value)}</span>
                </li>
            ))}
        </ul>
    );
}
