// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { before, test } from "../test.mjs";
import { load } from "./load.mjs";

let keys;

before(async () => {
    keys = await load("src/review/keymap.ts");
});

function press(code, held = {}) {
    return { code, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...held };
}

function meant(code, held, moved = {}) {
    const found = keys.meant(press(code, held), moved);
    return found === null ? null : `${found.action.id}${found.whole ? " whole" : ""}`;
}

test("no two actions share a key as they are", () => {
    const seen = new Map();
    for (const action of keys.keyActions)
        for (const code of [action.code, ...(action.also ?? [])]) {
            const key = `${action.held ?? ""} ${code}`;
            assert.equal(seen.get(key), undefined, `${key}: ${action.id} and ${seen.get(key)}`);
            seen.set(key, action.id);
        }
});

test("digits decide by where they lie, on the row and on the keypad", () => {
    for (let digit = 0; digit <= 9; digit++) {
        assert.equal(meant(`Digit${digit}`), `decide${digit}`);
        assert.equal(meant(`Numpad${digit}`), `decide${digit}`);
        assert.equal(meant(`Digit${digit}`, { altKey: true }), `decide${digit} whole`);
    }
});

test("keys that belong to the browser mean nothing here", () => {
    assert.equal(meant("Digit1", { ctrlKey: true }), null);
    assert.equal(meant("Digit1", { metaKey: true }), null);
    assert.equal(meant("Digit1", { shiftKey: true }), null);
    assert.equal(meant("KeyU", { altKey: true }), null);
    assert.equal(meant("F5"), null);
    assert.equal(meant("Tab"), null);
});

test("arrows move, and with Shift they mark a range", () => {
    assert.equal(meant("ArrowLeft"), "move");
    assert.equal(meant("ArrowLeft", { shiftKey: true }), "range");
});

test("a moved key works at its new place and no more at its old one", () => {
    const moved = keys.move("undo", "KeyZ", {});
    assert.deepEqual(moved, { undo: "KeyZ" });
    assert.equal(meant("KeyZ", {}, moved), "undo");
    assert.equal(meant("KeyU", {}, moved), null);
    assert.deepEqual(keys.move("undo", "KeyU", moved), {});
});

test("a key that another action has is refused, with its name", () => {
    assert.equal(keys.refusal("undo", "KeyS", {}).by.id, "show");
    assert.equal(keys.refusal("undo", "Numpad4", {}).by.id, "decide4");
    assert.equal(keys.refusal("undo", "KeyS", { show: "KeyY" }), null);
    assert.equal(keys.refusal("undo", "KeyY", { show: "KeyY" }).by.id, "show");
    assert.equal(keys.refusal("undo", "KeyU", {}), null);
});

test("keys that move the focus or belong to the browser cannot be assigned", () => {
    for (const code of ["Tab", "F5", "ControlLeft", "ArrowLeft", "Escape", "Enter", ""])
        assert.notEqual(keys.refusal("undo", code, {}), null, code);
    assert.equal(keys.refusal("move", "KeyY", {}).why, "fixed");
    assert.equal(keys.refusal("nothing", "KeyY", {}).why, "fixed");
});

test("what the server kept is read with care", () => {
    assert.deepEqual(keys.readMoved(null), {});
    assert.deepEqual(keys.readMoved("x"), {});
    assert.deepEqual(keys.readMoved({ undo: 3, nothing: "KeyY", move: "KeyY", show: "Tab" }), {});
    assert.deepEqual(keys.readMoved({ undo: "KeyS", show: "KeyU" }), { undo: "KeyS", show: "KeyU" });
    const clash = keys.readMoved({ undo: "KeyY", show: "KeyY" });
    assert.equal(Object.keys(clash).length, 1);
    assert.deepEqual(keys.readMoved({ undo: "KeyS" }), {});
});

test("however keys were moved, no press means two things", () => {
    const codes = ["KeyQ", "KeyU", "KeyS", "Digit1", "Digit2", "Space", "Slash", "KeyN"];
    let seed = 7;
    const random = (below) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
    for (let round = 0; round < 300; round++) {
        const wanted = {};
        for (let i = 0; i < 4; i++)
            wanted[keys.keyActions[random(keys.keyActions.length)].id] = codes[random(codes.length)];
        const moved = keys.readMoved(wanted);
        const at = new Map();
        for (const action of keys.keyActions.filter((one) => one.held === undefined))
            for (const code of [keys.codeOf(action, moved), ...(action.also ?? [])]) {
                assert.equal(at.get(code), undefined, JSON.stringify(moved));
                at.set(code, action.id);
            }
    }
});
