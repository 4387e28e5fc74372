// SPDX-License-Identifier: Apache-2.0
//
// Sums over the cells of the statistics. Pure.
import type { Schemas } from "../../api/client.ts";

export type Cell = Schemas["StatisticsCell"];

export interface Sum {
    key: string;
    media: number;
}

// Media by what `of` says of a cell, in the order of the keys unless the most come first.
export function sums(cells: readonly Cell[], of: (cell: Cell) => string, order: "key" | "most" = "most"): Sum[] {
    const found = new Map<string, number>();
    for (const cell of cells) found.set(of(cell), (found.get(of(cell)) ?? 0) + cell.media);
    return [...found]
        .map(([key, media]) => ({ key, media }))
        .sort((a, b) => (order === "most" ? b.media - a.media : 0) || a.key.localeCompare(b.key));
}

export function total(cells: readonly Cell[]): number {
    return cells.reduce((sum, cell) => sum + cell.media, 0);
}

// All months from the first to the last: those without media are there, too.
export function months(cells: readonly Cell[]): string[] {
    const named = cells.map((cell) => cell.month).sort();
    const first = named[0];
    const last = named.at(-1);
    if (first === undefined || last === undefined) return [];
    const all: string[] = [];
    let year = Number(first.slice(0, 4));
    let month = Number(first.slice(5, 7));
    for (let name = first; name <= last && all.length < 1200; name = `${year}-${String(month).padStart(2, "0")}`) {
        all.push(name);
        month++;
        if (month > 12) {
            month = 1;
            year++;
        }
    }
    return all;
}
