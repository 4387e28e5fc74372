// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { before, test } from "../test.mjs";
import { load } from "./load.mjs";

let route;

before(async () => {
    globalThis.location = { hash: "#/cases/3/?kind=new" };
    globalThis.addEventListener ??= () => undefined;
    route = await load("src/route.ts");
});

test("the place is read from behind the number sign, without slashes at its end", () => {
    const at = route.place.get();
    assert.equal(at.path, "/cases/3");
    assert.equal(at.query.get("kind"), "new");
});

test("a pattern gives its numbers, and fits no other path", () => {
    assert.deepEqual(route.match("/cases/:case/media/:media", "/cases/3/media/17"), { case: "3", media: "17" });
    assert.equal(route.match("/cases/:case", "/cases/3/media"), null);
    assert.equal(route.match("/cases/:case", "/series/3"), null);
    assert.deepEqual(route.match("/cases", "/cases"), {});
});

test("what is no number of the server is no id", () => {
    for (const path of [
        "/cases/0",
        "/cases/03",
        "/cases/-1",
        "/cases/1e3",
        "/cases/",
        "/cases/x",
        "/cases/12345678901234567890",
    ])
        assert.equal(route.match("/cases/:case", path), null, path);
});

test("words of a pattern are decoded and never empty", () => {
    assert.deepEqual(route.match("/link/*token", "/link/a%20b"), { token: "a b" });
    assert.equal(route.match("/link/*token", "/link/"), null);
});

test("an address that is badly encoded fits nothing rather than breaking the desk", () => {
    assert.equal(route.match("/link/*token", "/link/%E0%A4%A"), null);
});

test("an address leaves out what is empty and encodes the rest", () => {
    assert.equal(route.href("/cases"), "#/cases");
    assert.equal(
        route.href("/search", { q: "a&b", from: null, to: undefined, kind: "", page: 0 }),
        "#/search?q=a%26b&page=0",
    );
});
