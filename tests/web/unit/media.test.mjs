// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { before, test } from "../test.mjs";
import { load } from "./load.mjs";

let known, shape;

before(async () => {
    known = await load("src/pages/media/known.ts");
    shape = await load("src/pages/media/shape.ts");
});

test("a match by a digest that cannot be forged is certain, others are not", () => {
    const read = (of) => known.isCertain(known.readMatch({ set: "a", entry: "e1", match: "exact", ...of }));
    assert.equal(read({ digests: ["md5", "sha256"], weak_digest: false }), true);
    assert.equal(read({ digests: ["md5"], weak_digest: true }), false);
    assert.equal(read({ digests: ["sha256"], contradicted: true }), false);
    assert.equal(read({ match: "near", distance: 0 }), false);
});

test("a match that lacks members, or has others, is read all the same", () => {
    const match = known.readMatch({ match: "near", video: { pieces: [{ from: 1, to: 2, later: {} }, 7] }, odd: [] });
    assert.equal(match.distance, null);
    assert.equal(match.set, "");
    assert.equal(match.pieces.length, 1);
    assert.equal(match.pieces[0].theirFrom, null);
    assert.equal(match.pieces[0].to, 2);
});

test("every leaf of the facts has its path; what is null says nothing", () => {
    const facts = { width: 3, exif: { gps: { time: "t" }, make: null }, list: [1, 2] };
    assert.deepEqual(known.leaves(facts), [
        ["width", 3],
        ["exif.gps.time", "t"],
        ["list", [1, 2]],
    ]);
    assert.equal(known.memberAt(facts, "exif.gps.time"), "t");
    assert.equal(known.memberAt(facts, "exif.lens.time"), undefined);
});

test("the frame of a picture has the proportions of its preview, upright", () => {
    const of = (width, height, facts) => shape.previewShape({ width, height, facts });
    assert.deepEqual(of(1600, 800, null), { width: 512, height: 256 });
    assert.deepEqual(of(1600, 800, { exif: { orientation: 6 } }), { width: 256, height: 512 });
    assert.deepEqual(of(1600, 800, { exif: { orientation: 3 } }), { width: 512, height: 256 });
    assert.deepEqual(of(100, 50, { video: { rotation: 90 } }), { width: 50, height: 100 });
    assert.equal(of(null, 50, null), null);
    assert.equal(of(0, 50, null), null);
});
