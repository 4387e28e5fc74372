// SPDX-License-Identifier: Apache-2.0
//
// Which key means which code of a scheme: its own digit where it has one, else the next free digit in
// the order in which the scheme offers its codes, 1 to 9 and then 0.
import type { Schemas } from "../api/client.ts";

export interface KeyedCode {
    code: string;
    label: string;
    digit: number | null;
}

const ORDER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0] as const;

export function keyedCodes(scheme: Schemas["SchemeWithCodes"]): KeyedCode[] {
    const offered = scheme.codes.filter((code) => code.offered);
    const taken = new Map<string, number>();
    for (const code of offered) {
        const digit = code.key !== null && /^[0-9]$/.test(code.key) ? Number(code.key) : null;
        if (digit !== null && ![...taken.values()].includes(digit)) taken.set(code.code, digit);
    }
    const free = ORDER.filter((digit) => ![...taken.values()].includes(digit));
    return offered.map(({ code, label }) => ({ code, label, digit: taken.get(code) ?? free.shift() ?? null }));
}
