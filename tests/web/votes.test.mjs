// SPDX-License-Identifier: Apache-2.0
//
// A case of two voters: two agree, two differ and a third decides.
import assert from "node:assert/strict";
import { quiet, shared } from "./harness.mjs";
import { before, test } from "./test.mjs";

let server;
let path;

before(async () => {
    server = await shared();
    path = `/cases/${server.case}`;
});

async function review(t, who) {
    const page = await t.page(server, who, `${path}/review`);
    await page.waitForFunction(() => document.activeElement?.matches("[role=grid]") === true);
    return page;
}

// Presses keys on tiles one after the other, from the tile at `start`; the media of each vote.
async function vote(t, who, keys, start = 0) {
    const page = await review(t, who);
    const before = t.requests.length;
    for (let i = 0; i < start; i++) await page.keyboard.press("ArrowRight");
    for (const key of keys) await page.keyboard.press(key);
    await page.locator("[data-waiting='0']").waitFor();
    const sent = t.requests.slice(before).filter((row) => /\/votes$/.test(row.path) && row.status === 201);
    await page.context().close();
    assert.equal(sent.length, keys.length, `${who} voted`);
    return sent.map((row) => JSON.parse(row.body).media?.[0]);
}

async function stateOf(media) {
    for (const state of ["open", "disputed", "decided"])
        if ((await server.call("ann", "GET", `${path}/media/order?decision=${state}`)).ids.includes(media))
            return state;
    return null;
}

test("a vote of one is not a decision, one more that agrees is, and a dispute goes to a third", async (t) => {
    t.allow(403, 404);
    const media = await vote(t, "bob", ["1", "2"]);
    assert.ok(media.every(Number.isInteger), `${media}`);
    assert.deepEqual(await Promise.all(media.map(stateOf)), ["open", "open"]);
    assert.deepEqual(await vote(t, "eve", ["1", "1"]), media, "what one has voted on comes next for another");
    assert.deepEqual(await Promise.all(media.map(stateOf)), ["decided", "disputed"]);
    // The third, who has not voted, gets the disputed one; those who have, do not.
    const third = await server.call("ann", "POST", `${path}/leases`, { count: 20 });
    const held = await server.call("ann", "GET", `${path}/leases`);
    assert.ok(JSON.stringify([third, held]).includes(`:${media[1]}`), "ann is asked about it");
    const eve = await server.call("eve", "POST", `${path}/leases`, { count: 20 });
    assert.ok(
        !eve.items.some((lease) => JSON.stringify(lease).includes(`"media":${media[1]},`)),
        "eve is not asked again",
    );
    const ann = await t.page(server, "ann", `${path}/media?decision=disputed`);
    await ann.getByRole("gridcell").filter({ hasText: "disputed" }).first().waitFor();
});

test("who has not voted yet does not see how the other voted", async (t) => {
    t.allow(403, 404);
    const [id] = await vote(t, "bob", ["1"], 6);
    const seen = await server.call("eve", "GET", `${path}/media/${id}/votes`);
    assert.ok(!JSON.stringify(seen).includes(`"account":${server.people.bob.id}`));
    const page = await t.page(server, "eve", `${path}/media/${id}`);
    await quiet(page);
    const shown = await page.locator("main").innerText();
    assert.ok(!/\bBob\b/.test(shown), shown.slice(0, 400));
});
