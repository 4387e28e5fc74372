// SPDX-License-Identifier: Apache-2.0
//
// Which parts of a video are which parts of the known one: bars on its time line, and in words.
import { clock, number, percent } from "../../format.ts";
import { text } from "../../text.ts";
import { Table, type Column } from "../../ui/table.tsx";
import type { Match, Piece } from "./known.ts";

const words = text.media.segments;
const TICKS = [0, 0.25, 0.5, 0.75, 1] as const;

function at(seconds: number): string {
    return clock(Math.round(seconds * 1000));
}

function span(from: number | null, to: number | null): string | null {
    return from === null || to === null ? null : words.span(at(from), at(to));
}

function speed(piece: Piece): string {
    return piece.speed === null ? "–" : words.speed(piece.speed.toFixed(piece.speed % 1 === 0 ? 1 : 2));
}

function share(piece: Piece): string {
    return piece.percent === null ? "–" : percent(piece.percent / 100);
}

// "00:12 to 00:34 is 01:02 to 01:24 of the known film, speed ×1.0, 97 %".
function sentence(piece: Piece): string {
    const ours = span(piece.from, piece.to);
    const theirs = span(piece.theirFrom, piece.theirTo);
    const how = [
        piece.speed !== null && ours !== null && theirs !== null ? words.speedOf(speed(piece)) : null,
        share(piece),
    ];
    const what =
        ours === null
            ? words.stillOf(theirs ?? text.common.unknown)
            : theirs === null
              ? words.showsStill(ours)
              : words.isOf(ours, theirs);
    return [what, ...how.filter((one) => one !== null)].join(", ") + (piece.still ? `; ${words.still}` : "");
}

function Bars(props: { pieces: readonly Piece[]; seconds: number }) {
    const share = (seconds: number) => `${Math.min(100, Math.max(0, (seconds / props.seconds) * 100))}%`;
    return (
        <svg class="time-line" role="img" aria-label={words.chart}>
            <line x1="0" x2="100%" y1="34" y2="34" class="time-axis" />
            {TICKS.map((tick) => (
                <g key={tick}>
                    <line x1={`${tick * 100}%`} x2={`${tick * 100}%`} y1="34" y2="40" class="time-axis" />
                    <text
                        x={`${tick * 100}%`}
                        y="54"
                        class="time-tick"
                        text-anchor={tick === 0 ? "start" : tick === 1 ? "end" : "middle"}
                    >
                        {at(Math.round(tick * props.seconds))}
                    </text>
                </g>
            ))}
            {props.pieces.map((piece, i) => {
                if (piece.from === null || piece.to === null) return null;
                // As full as the share of frames that agree.
                const height = (30 * Math.min(100, Math.max(0, piece.percent ?? 100))) / 100;
                const width = share(Math.max(piece.to - piece.from, props.seconds / 200));
                return (
                    <g key={i}>
                        <rect x={share(piece.from)} width={width} y="4" height="30" class="time-piece" />
                        <rect x={share(piece.from)} width={width} y={34 - height} height={height} class="time-share" />
                    </g>
                );
            })}
        </svg>
    );
}

export function Segments(props: { match: Match; durationMs: number | null }) {
    const { match } = props;
    const end = Math.max(...match.pieces.map((piece) => piece.to ?? 0));
    const seconds = Math.max(end, (props.durationMs ?? 0) / 1000);
    const columns: Column<Piece>[] = [
        {
            name: words.ours,
            heads: true,
            cell: (piece) => <span class="nowrap">{span(piece.from, piece.to) ?? words.picture}</span>,
        },
        {
            name: words.theirs,
            cell: (piece) => <span class="nowrap">{span(piece.theirFrom, piece.theirTo) ?? words.picture}</span>,
        },
        { name: words.columnSpeed, number: true, cell: speed },
        {
            name: words.agree,
            number: true,
            cell: (piece) =>
                piece.matched === null || piece.frames === null
                    ? share(piece)
                    : words.agreeOf(number(piece.matched), text.units.frames(piece.frames), share(piece)),
        },
        {
            name: words.distance,
            number: true,
            cell: (piece) => (piece.distance === null ? "–" : text.units.bits(piece.distance)),
        },
    ];
    return (
        <div class="segments">
            {seconds > 0 && match.pieces.some((piece) => piece.from !== null) && (
                <figure class="stack">
                    <Bars pieces={match.pieces} seconds={seconds} />
                    <figcaption class="muted">{words.chartHint}</figcaption>
                </figure>
            )}
            <ul class="plain-list">
                {match.pieces.map((piece, i) => (
                    <li key={i}>{sentence(piece)}</li>
                ))}
            </ul>
            {match.ownPercent !== null && match.theirPercent !== null && (
                <p class="muted">{words.overall(percent(match.ownPercent / 100), percent(match.theirPercent / 100))}</p>
            )}
            <details>
                <summary>{words.table}</summary>
                <Table
                    caption={words.tableOf(match.set, match.entry)}
                    columns={columns}
                    rows={match.pieces}
                    rowKey={(piece) => match.pieces.indexOf(piece)}
                />
            </details>
        </div>
    );
}
