// SPDX-License-Identifier: Apache-2.0
//
// A report as data: what the page shows and the file holds are drawn from the same document.

export interface ReportColumn {
    name: string;
    number?: boolean;
    // Paths and digests: may be broken anywhere, and take the room that is left.
    long?: boolean;
}

export interface ReportPicture {
    media: number;
    words: string;
    // "data:image/jpeg;base64,…"
    data: string;
}

export type ReportBlock =
    | { kind: "text"; text: string }
    | { kind: "facts"; facts: readonly (readonly [string, string])[] }
    | { kind: "table"; caption: string; columns: readonly ReportColumn[]; rows: readonly (readonly string[])[] }
    | { kind: "verbatim"; text: string }
    | { kind: "pictures"; pictures: readonly ReportPicture[] };

export interface ReportSection {
    title: string;
    blocks: readonly ReportBlock[];
}

export interface ReportDocument {
    // BCP 47
    language: string;
    title: string;
    // At the foot of each printed page.
    foot: string;
    facts: readonly (readonly [string, string])[];
    sections: readonly ReportSection[];
}
