// SPDX-License-Identifier: Apache-2.0
//
// Numbers as people write them: "3, 12-15".
const MOST = 1000;
const LARGEST = 4294967295;

// Null when it is not numbers and ranges, or too many.
export function parseNumbers(written: string): number[] | null {
    const found = new Set<number>();
    for (const part of written.split(/[\s,;]+/).filter((piece) => piece !== "")) {
        const [, first, last] = /^(\d{1,10})(?:[-–](\d{1,10}))?$/.exec(part) ?? [];
        if (first === undefined) return null;
        const from = Number(first);
        const to = last === undefined ? from : Number(last);
        if (from < 1 || to < from || to > LARGEST || to - from >= MOST) return null;
        for (let value = from; value <= to; value++) found.add(value);
        if (found.size > MOST) return null;
    }
    return found.size > 0 ? [...found].sort((a, b) => a - b) : null;
}

export function formatNumbers(numbers: readonly number[]): string {
    const sorted = [...numbers].sort((a, b) => a - b);
    const parts: string[] = [];
    for (let i = 0; i < sorted.length;) {
        const first = sorted[i] ?? 0;
        let last = first;
        while (++i < sorted.length && sorted[i] === last + 1) last++;
        parts.push(last > first ? `${first}-${last}` : String(first));
    }
    return parts.join(", ");
}
