// SPDX-License-Identifier: Apache-2.0
//
// What people type into the forms of these pages, as the server wants it.

// "17, 18 19" -> [17, 18, 19], each once; null when something in it is no number.
export function numbersOf(typed: string): number[] | null {
    const parts = typed.split(/[\s,;]+/).filter((part) => part !== "");
    const numbers = parts.map((part) => (/^[1-9][0-9]{0,15}$/.test(part) ? Number(part) : Number.NaN));
    return numbers.some((value) => !Number.isSafeInteger(value)) ? null : [...new Set(numbers)];
}

export function numberOf(typed: string): number | null {
    const found = numbersOf(typed);
    return found !== null && found.length === 1 ? (found[0] ?? null) : null;
}

// A field of type datetime-local (the person's zone) -> RFC 3339; null when it is empty.
export function momentOf(typed: string): string | null {
    const when = new Date(typed);
    return typed === "" || Number.isNaN(when.getTime()) ? null : when.toISOString();
}
