// SPDX-License-Identifier: Apache-2.0
//
// A case of two voters: two agree, two differ and a third decides.
import assert from "node:assert/strict";
import { shared, sleep } from "./harness.mjs";
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

async function voteOn(t, who, key, wanted) {
    const page = await review(t, who);
    const before = t.requests.length;
    // To the tile of the wanted media, or the first.
    if (wanted !== null) {
        const at = await page.evaluate((id) => {
            const cells = [...document.querySelectorAll("[role=gridcell]")];
            return cells.findIndex((cell) => cell.innerHTML.includes(`/${id}`) || cell.dataset.media === String(id));
        }, wanted);
        for (let i = 0; i < at; i++)
            await page.keyboard.press("ArrowRight");
    }
    await page.keyboard.press(key);
    await page.locator("[data-waiting='0']").waitFor();
    const sent = t.requests.slice(before).find((row) => /\/votes$/.test(row.path) && row.status === 201);
    await page.context().close();
    assert.ok(sent, `${who} voted`);
    return JSON.parse(sent.body);
}

async function stateOf(media) {
    for (const state of ["open", "disputed", "decided"])
        if ((await server.call("ann", "GET", `${path}/media/order?decision=${state}`)).ids.includes(media))
            return state;
    return null;
}

test("a vote of one is not a decision, one more that agrees is, and a dispute goes to a third", async (t) => {
    t.allow(403, 404);
    const first = await voteOn(t, "bob", "1", null);
    const second = await voteOn(t, "bob", "2", null);
    const media = [first, second].map((vote) => vote.media?.[0]);
    assert.ok(media.every(Number.isInteger), JSON.stringify([first, second]));
    assert.equal(await stateOf(media[0]), "open");
    // Eve is given what needs her vote: the queue begins with the same stacks.
    const page = await review(t, "eve");
    const order = (await server.call("eve", "GET", `${path}/leases`)).items.map((lease) => lease.media ?? lease.stack?.leader ?? lease.leader);
    assert.ok(JSON.stringify(order).length > 2);
    await page.keyboard.press("1");
    await page.keyboard.press("1");
    await page.locator("[data-waiting='0']").waitFor();
    await sleep(300);
    const states = await Promise.all(media.map(stateOf));
    assert.deepEqual(states, ["decided", "disputed"]);
    await page.context().close();
    // The third, who has not voted, gets the disputed one; those who have, do not.
    const third = await server.call("ann", "POST", `${path}/leases`, { count: 20 });
    const held = await server.call("ann", "GET", `${path}/leases`);
    assert.ok(JSON.stringify([third, held]).includes(`:${media[1]}`), "ann is asked about it");
    const eve = await server.call("eve", "POST", `${path}/leases`, { count: 20 });
    assert.ok(!eve.items.some((lease) => JSON.stringify(lease).includes(`"media":${media[1]},`)), "eve is not asked again");
    const ann = await review(t, "ann");
    await ann.getByText("disputed").first().waitFor();
});

test("who has not voted yet does not see how the other voted", async (t) => {
    t.allow(403, 404);
    const vote = await voteOn(t, "bob", "1", null);
    const id = vote.media[0];
    const seen = await server.call("eve", "GET", `${path}/media/${id}/votes`);
    assert.ok(!JSON.stringify(seen).includes(`"account":${server.people.bob.id}`));
    const page = await t.page(server, "eve", `${path}/media/${id}`);
    await page.waitForLoadState("networkidle");
    const shown = await page.locator("main").innerText();
    assert.ok(!/\bBob\b/.test(shown), shown.slice(0, 400));
});
