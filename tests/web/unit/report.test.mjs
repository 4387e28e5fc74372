// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { before, test } from "../test.mjs";
import { load } from "./load.mjs";

let html, build;

before(async () => {
    html = await load("src/report/html.ts");
    build = await load("src/report/build.ts");
});

const HOSTILE = `</style><script>x()</script>" onload='y()' &\u0000\u202e`;
const PIXEL = "data:image/jpeg;base64,/9j/4AAQ";

const TOTALS = {
    items: 1235,
    media: 9,
    exact: 2,
    near: 1,
    left_out: 3,
    not_examined: { encrypted: 1, corrupt: 2 },
    evidence_bytes: 5120,
    examined_bytes: 4096,
    not_examined_bytes: 1024,
    complete: false,
    partial: false,
};

function examination(id, more = {}, provenance = {}) {
    return {
        id,
        evidence: 1,
        evidence_name: HOSTILE,
        account: 7,
        login: null,
        begun: "2026-11-20T08:00:00.25Z",
        ended: "2026-11-20T08:05:00Z",
        provenance: {
            clew: "1.2.3",
            started: "2026-11-20T08:00:00Z",
            host: HOSTILE,
            command_line: `clew scan ${HOSTILE} ${id}`,
            libraries: "GLib 2.74",
            decoders: "libvips 8.14",
            sandbox: "no files, no network",
            distance: 31,
            min_quality: 50,
            jobs: 2,
            videos: "vpdq, 1 frame a second",
            limits: { item_ms: 30000 },
            sets: [{ name: HOSTILE, kind: "notable", entries: 70, generation: 3, digest: "ab".repeat(32) }],
            ...provenance,
        },
        totals: TOTALS,
        ...more,
    };
}

function data(more = {}) {
    return {
        made: "2026-11-22T08:14:07.123Z",
        by: HOSTILE,
        unit: "North",
        case: {
            id: 1,
            number: HOSTILE,
            title: HOSTILE,
            state: "open",
            scheme: "vics-us",
            unit: 2,
            voters: 2,
            voter_units: 1,
            restricted: false,
            reference: null,
            opened: "2026-11-20T08:00:00Z",
            closed: null,
            outcome: HOSTILE,
            version: 4,
            counts: {
                items: 1234,
                not_examined: 1,
                notable: 2,
                ignorable: 3,
                new: 5,
                open: 1,
                decided: 4,
                disputed: 0,
                stacks: 2,
            },
        },
        methods: null,
        scheme: null,
        evidence: [{ id: 1, name: "disk", root: "/e", added: "2026-11-20T08:00:00Z", items: 3, not_examined: 1 }],
        scans: [{ path: "/e", state: "failed", error: HOSTILE }],
        examinations: { items: [examination(1), examination(2, { account: null, login: HOSTILE })], more: false },
        examiners: new Map([[7, HOSTILE]]),
        notExamined: {
            items: [
                {
                    item: 1,
                    media: null,
                    evidence: 1,
                    evidence_name: "disk",
                    path: ["/e/a.zip", HOSTILE],
                    size_bytes: null,
                    status: "encrypted",
                    reason: HOSTILE,
                },
            ],
            more: false,
        },
        decided: { categories: [{ code: "2", media: 4 }], more: false },
        series: [{ name: HOSTILE, media: 2 }],
        victims: [{ reference: "V-7", state: "identified", since: "2024-05-06T07:08:09Z" }],
        moreLinks: false,
        tombstones: [],
        checkpoint: null,
        ...more,
    };
}

test("nothing of a case can become markup of its report", () => {
    const pictures = [{ media: 3, words: HOSTILE, data: PIXEL }];
    const file = html.reportHtml(build.reportOf(data(), pictures));
    assert.equal(/<script/i.test(file), false);
    assert.equal(file.match(/<\/style>/g).length, 1);
    assert.equal(/\son\w+=["']/.test(file.replaceAll("&#39;", "").replaceAll("&quot;", "")), false);
    assert.equal(/[\u0000\u202e]/.test(file), false);
    assert.match(file, /\[U\+202E\]/);
});

test("a report allows its own style and pictures, and nothing else", () => {
    const file = html.reportHtml(build.reportOf(data(), [{ media: 3, words: "", data: PIXEL }]));
    assert.match(file, /content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/);
    assert.deepEqual(
        [...file.matchAll(/src="([^"]*)"/g)].map((found) => found[1]),
        [PIXEL],
    );
    assert.equal(/https?:/.test(file), false);
});

test("a picture that is no data address is refused", () => {
    for (const wrong of [
        "https://example.org/a.jpg",
        `${PIXEL}" onerror="x`,
        "data:text/html;base64,AAAA",
        "data:image/svg+xml;base64,AAAA",
    ])
        assert.throws(() => html.reportHtml(build.reportOf(data(), [{ media: 3, words: "", data: wrong }])));
});

test("a report without chosen pictures has none", () => {
    const file = html.reportHtml(build.reportOf(data()));
    assert.equal(/<img|data:image/.test(file), false);
});

test("a report groups numbers, names unfinished scans and places within their evidence", () => {
    const document = build.reportOf(data());
    const cells = document.sections
        .flatMap((one) => one.blocks)
        .flatMap((one) => one.rows ?? one.facts ?? [])
        .flat();
    assert.ok(cells.includes("1,234"));
    assert.ok(cells.includes("failed"));
    assert.ok(cells.some((cell) => cell.startsWith("disk: /a.zip › ")));
    assert.ok(cells.includes("2026-11-22 08:14:07 UTC") || document.facts.flat().includes("2026-11-22 08:14:07 UTC"));
});

function examinedOf(items, more = false) {
    return build
        .reportOf(data({ examinations: items && { items, more } }))
        .sections.find((one) => one.title === "How it was examined");
}

test("a report says of each scan who, when, with what and what came of it", () => {
    const { blocks } = examinedOf([examination(1), examination(2, { ended: null, totals: null })]);
    const cells = blocks.flatMap((one) => one.rows ?? one.facts ?? []).flat();
    for (const cell of [
        "2026-11-20 08:00:00 UTC",
        "2026-11-20 08:05:00 UTC",
        "1.2.3",
        "libvips 8.14",
        "no files, no network",
        "31 of 256 bits",
        "ab".repeat(32),
        "1,235",
        "3",
        "4 KiB",
        "1 KiB",
        HOSTILE,
    ])
        assert.ok(cells.includes(cell), cell);
    assert.ok(cells.some((cell) => cell.startsWith("No end was said")));
});

test("scans that examined in the same way are told together, others apart", () => {
    const ways = (section) =>
        section.blocks.filter((one) => one.facts?.some(([name]) => name === "Decoders")).map((one) => one.facts[0][1]);
    const same = examinedOf([examination(1), examination(2, {}, { host: "other", command_line: "other" })]);
    assert.deepEqual(ways(same), ["1, 2"]);
    const apart = examinedOf([examination(1), examination(2, {}, { distance: 20, more_sets: 2, sets: [] })], true);
    assert.deepEqual(ways(apart), ["1", "2"]);
    const texts = apart.blocks.flatMap((one) => one.text ?? []);
    assert.ok(texts.includes("2 more sets were asked too and not named."));
    assert.ok(texts.includes("There were more scans than are listed."));
});

test("a scan that was stopped says so, and a person at the machine is named by login", () => {
    const one = examination(1, { account: null, login: "examiner", totals: { ...TOTALS, partial: true } });
    const cells = examinedOf([one])
        .blocks.flatMap((block) => block.rows ?? [])
        .flat();
    assert.ok(cells.includes("examiner, at the machine"));
    assert.ok(cells.includes("2026-11-20 08:05:00 UTC, stopped before its end"));
});

test("a server that does not tell of scans is said not to", () => {
    assert.deepEqual(examinedOf(null).blocks, [{ kind: "text", text: "The server does not tell this." }]);
    assert.equal(examinedOf([]).blocks.length, 1);
});

test("the same data give the same file", () => {
    assert.equal(html.reportHtml(build.reportOf(data())), html.reportHtml(build.reportOf(data())));
});
