// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { before, test } from "../test.mjs";
import { load } from "./load.mjs";

let preferences;

before(async () => {
    globalThis.document ??= { documentElement: { dataset: {} } };
    preferences = await load("src/preferences.ts");
});

test("somebody new gets what is shown by one press and hides again", () => {
    const { desk } = preferences.defaults;
    assert.equal(desk.show, "press");
    assert.equal(desk.hover, false);
    assert.ok(desk.hideAfter >= 2 && desk.hideAfter <= 10);
});

test("preferences that are not understood are the usual ones", () => {
    for (const value of [
        null,
        undefined,
        3,
        "x",
        [],
        {},
        { theme: "pink", show: 1, hideAfter: "4", hover: "yes", grey: 1, keys: [], breakMinutes: 31, grid: null },
    ])
        assert.deepEqual(preferences.readDesk(value), preferences.defaults.desk, JSON.stringify(value));
});

test("the time until a picture hides stays within its bounds", () => {
    for (const hideAfter of [0, 1, 11, 1e9, -4, Number.NaN, Number.POSITIVE_INFINITY])
        assert.equal(preferences.readDesk({ hideAfter }).hideAfter, preferences.defaults.desk.hideAfter);
    assert.equal(preferences.readDesk({ hideAfter: 2 }).hideAfter, 2);
    assert.equal(preferences.readDesk({ hideAfter: 9.6 }).hideAfter, 10);
});

test("what was chosen is kept", () => {
    const chosen = {
        theme: "dark",
        show: "hold",
        hideAfter: 7,
        grey: true,
        hover: true,
        keys: { undo: "KeyZ" },
        breakMinutes: 0,
        grid: "single",
    };
    const read = preferences.readDesk(chosen);
    for (const [name, value] of Object.entries(chosen)) assert.deepEqual(read[name], value, name);
});
