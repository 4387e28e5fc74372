// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { before, test } from "../test.mjs";
import { load } from "./load.mjs";

let sums, csv;

before(async () => {
    sums = await load("src/pages/statistics/sums.ts");
    csv = await load("src/ui/csv.ts");
});

function cell(month, media, kind = "new") {
    return { unit: 1, month, kind, state: "open", scheme: "s", category: null, media };
}

test("months without media are there, too", () => {
    assert.deepEqual(sums.months([cell("2026-02", 1), cell("2025-11", 1)]), [
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
    ]);
    assert.deepEqual(sums.months([]), []);
});

test("sums add the media of cells, the most first", () => {
    const cells = [cell("2026-01", 2), cell("2026-01", 5, "notable"), cell("2026-02", 1)];
    assert.deepEqual(
        sums.sums(cells, (one) => one.kind),
        [
            { key: "notable", media: 5 },
            { key: "new", media: 3 },
        ],
    );
    assert.equal(sums.total(cells), 8);
});

test("a CSV quotes what needs it and holds no formula", () => {
    assert.equal(
        csv.csv(
            ["a", "b"],
            [
                ["x,y", 'q"'],
                ["=1+1", -3],
                [null, "two\nlines"],
            ],
        ),
        'a,b\r\n"x,y","q"""\r\n\'=1+1,-3\r\n,"two\nlines"\r\n',
    );
});
