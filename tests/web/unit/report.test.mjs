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
        victims: [{ reference: "V-7", state: "identified", since: null }],
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

test("the same data give the same file", () => {
    assert.equal(html.reportHtml(build.reportOf(data())), html.reportHtml(build.reportOf(data())));
});
