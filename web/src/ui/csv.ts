// SPDX-License-Identifier: Apache-2.0
//
// Tables as CSV (RFC 4180), made in the browser.

// A spreadsheet takes these at the start of a cell for a formula.
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: string | number | null): string {
    if (value === null) return "";
    if (typeof value === "number") return String(value);
    const said = FORMULA.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(said) ? `"${said.replaceAll('"', '""')}"` : said;
}

export function csv(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
    return [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

export function csvFile(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): Blob {
    // The mark in front makes spreadsheets read it as UTF-8.
    return new Blob(["\uFEFF", csv(head, rows)], { type: "text/csv;charset=utf-8" });
}
