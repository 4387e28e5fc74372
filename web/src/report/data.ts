// SPDX-License-Identifier: Apache-2.0
//
// What a report says, gathered from the API. A role may not read all of it, and an older server does
// not have all of it: such parts are null, and the report says so.
import { all, get, raw, type Schemas } from "../api/client.ts";
import { orNull } from "../api/optional.ts";
import { may } from "../session.ts";

export interface CategoryCount {
    code: string | null;
    media: number;
}

export interface SeriesOfCase {
    name: string;
    media: number;
}

export interface VictimOfCase {
    reference: string;
    state: Schemas["VictimState"];
    since: string;
}

export interface ReportData {
    made: string;
    by: string;
    unit: string;
    case: Schemas["CaseWithCounts"];
    methods: Schemas["Methods"] | null;
    scheme: Schemas["SchemeWithCodes"] | null;
    evidence: Schemas["Methods"]["evidence"] | null;
    scans: readonly Schemas["Scan"][];
    examinations: { items: readonly Schemas["Examination"][]; more: boolean } | null;
    // Names of accounts.
    examiners: ReadonlyMap<number, string>;
    notExamined: { items: readonly Schemas["ItemOfCase"][]; more: boolean };
    decided: { categories: readonly CategoryCount[]; more: boolean };
    series: readonly SeriesOfCase[];
    victims: readonly VictimOfCase[];
    // There are more series or victims than are listed.
    moreLinks: boolean;
    tombstones: readonly Schemas["Tombstone"][];
    checkpoint: string | null;
}

const ITEMS = 500;
const DECISIONS = 20_000;
const LOOKED_AT = 500;

// As `all`, but tells whether there was more.
async function some<T>(
    page: (cursor: string | undefined) => Promise<{ items: T[]; next: string | null }>,
    most: number,
): Promise<{ items: T[]; more: boolean }> {
    const items = await all(page, most + 1);
    return { items: items.slice(0, most), more: items.length > most };
}

const paged = (cursor: string | undefined) => ({ limit: 200, ...(cursor !== undefined && { cursor }) });

async function categories(id: number, signal: AbortSignal): Promise<ReportData["decided"]> {
    const counts = new Map<string | null, number>();
    const add = (code: string | null, media: number) => counts.set(code, (counts.get(code) ?? 0) + media);
    let more = false;
    if (may("statistics")) {
        const { cells } = await get("/api/v1/statistics", { query: { case: id }, signal });
        for (const cell of cells) if (cell.state === "decided") add(cell.category, cell.media);
    } else {
        const found = await some(
            (cursor) =>
                get("/api/v1/cases/{case}/decisions", {
                    path: { case: id },
                    query: { state: "decided", ...paged(cursor) },
                    signal,
                }),
            DECISIONS,
        );
        more = found.more;
        for (const decision of found.items) add(decision.category, 1);
    }
    return { categories: [...counts].map(([code, media]) => ({ code, media })), more };
}

async function links(id: number, signal: AbortSignal) {
    const [series, victims] = await Promise.all([
        some((cursor) => get("/api/v1/series", { query: { case: id, ...paged(cursor) }, signal }), LOOKED_AT),
        some((cursor) => get("/api/v1/victims", { query: { case: id, ...paged(cursor) }, signal }), LOOKED_AT),
    ]);
    return {
        series: series.items.map((one): SeriesOfCase => ({ name: one.name, media: one.media_of_case ?? 0 })),
        victims: victims.items.map(({ reference, state, since }): VictimOfCase => ({ reference, state, since })),
        moreLinks: series.more || victims.more,
    };
}

async function checkpoint(signal: AbortSignal): Promise<string | null> {
    if (!may("audit_read")) return null;
    const response = await orNull(raw("get", "/api/v1/audit/checkpoint", { signal }));
    return response === null ? null : response.text();
}

export async function gather(id: number, who: { by: string; unit: string }, signal: AbortSignal): Promise<ReportData> {
    const path = { case: id };
    const [found, methods, decided, linked, notExamined, tombstones, scans, examinations, head] = await Promise.all([
        get("/api/v1/cases/{case}", { path, signal }),
        orNull(get("/api/v1/cases/{case}/methods", { path, signal })),
        categories(id, signal),
        links(id, signal),
        some(
            (cursor) =>
                get("/api/v1/cases/{case}/items", {
                    path,
                    query: { not_examined: true, ...paged(cursor) },
                    signal,
                }),
            ITEMS,
        ),
        get("/api/v1/cases/{case}/tombstones", { path, signal }),
        some((cursor) => get("/api/v1/cases/{case}/scans", { path, query: paged(cursor), signal }), LOOKED_AT),
        orNull(
            some(
                (cursor) => get("/api/v1/cases/{case}/examinations", { path, query: paged(cursor), signal }),
                LOOKED_AT,
            ),
        ),
        checkpoint(signal),
    ]);
    const scheme = await orNull(get("/api/v1/schemes/{scheme}", { path: { scheme: found.scheme }, signal }));
    return {
        made: new Date().toISOString(),
        ...who,
        case: found,
        methods,
        scheme,
        evidence: methods?.evidence ?? null,
        scans: scans.items,
        examinations,
        examiners: new Map(),
        notExamined,
        decided,
        ...linked,
        tombstones: tombstones.items,
        checkpoint: head,
    };
}
