// SPDX-License-Identifier: Apache-2.0
//
// The queue of decisions, against a server that keeps votes by their idempotency keys as the real one
// does, may be away, may lose its replies, and a shelf that outlives the queue.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { before, test } from "../test.mjs";
import { load } from "./load.mjs";

const CASE = 1;
let desk;

before(async () => {
    desk = await load("src/review/outbox.ts", "src/api/problem.ts");
});

function refusal(status, code, retryAfter = null) {
    return new desk.Problem({ type: "about:blank", title: code, status, code, detail: code }, retryAfter);
}

class FakeServer {
    // What was done, in order, once for each key: { key, media, category, isUndone }.
    acts = [];
    seen = new Map();
    calls = [];
    onWay = 0;
    mostOnWay = 0;
    // What each call meets before (or, with `late`, after) it is done; the last stays in force.
    moods = [];
    nextVote = 1;

    async #meet(call, act) {
        this.calls.push(call);
        this.mostOnWay = Math.max(this.mostOnWay, ++this.onWay);
        const mood = this.moods.shift() ?? {};
        try {
            await sleep(mood.ms ?? 0);
            if (mood.error !== undefined && mood.late !== true) throw mood.error;
            if (!this.seen.has(call.key)) this.seen.set(call.key, act());
            if (mood.late === true) throw mood.error;
            return this.seen.get(call.key);
        } finally {
            this.onWay--;
        }
    }

    vote({ key, body }) {
        return this.#meet({ what: "vote", key, body }, () => {
            const items = (body.media ?? []).map((media) => {
                const vote = this.nextVote++;
                this.acts.push({ key, vote, media, category: body.category, isUndone: false });
                return { vote, media };
            });
            return { items };
        });
    }

    undo({ key, votes }) {
        return this.#meet({ what: "undo", key, votes }, () => {
            const standing = this.acts.filter((act) => !act.isUndone);
            const last = standing.at(-1)?.key;
            for (const act of standing)
                if (votes === null ? act.key === last : votes.includes(act.vote)) act.isUndone = true;
            return { items: [] };
        });
    }

    standing() {
        return this.acts.filter((act) => !act.isUndone).map((act) => `${act.media} ${act.category}`);
    }
}

class FakeShelf {
    entries = new Map();
    isDropped = false;
    touchedAfter = 0;
    #touch() {
        this.touchedAfter += this.isDropped ? 1 : 0;
    }
    async load() {
        return [...this.entries.values()].reverse().map((entry) => structuredClone(entry));
    }
    async put(entry) {
        this.#touch();
        this.entries.set(entry.id, structuredClone(entry));
    }
    async remove(id) {
        this.#touch();
        this.entries.delete(id);
    }
    async drop() {
        this.entries.clear();
        this.isDropped = true;
    }
}

let lastId = 0;

function make(server = new FakeServer(), shelf = new FakeShelf()) {
    const carrier = { vote: (entry) => server.vote(entry), undo: (entry) => server.undo(entry) };
    const outbox = new desk.Outbox(carrier, shelf, () => `key-${++lastId}`, [1, 2]);
    const vote = (media, category = "1") => outbox.vote(CASE, { media: [media], category });
    return { server, shelf, outbox, vote };
}

async function sent(outbox) {
    assert.equal(await outbox.settled(5000), true, "everything was sent");
}

test("decisions arrive in the order in which they were made, one at a time", async () => {
    const { server, outbox, vote, shelf } = make();
    for (let media = 1; media <= 50; media++) vote(media);
    await sent(outbox);
    assert.deepEqual(
        server.acts.map((act) => act.media),
        [...Array(50).keys()].map((i) => i + 1),
    );
    assert.equal(server.mostOnWay, 1);
    assert.equal(shelf.entries.size, 0);
    assert.equal(outbox.state.get().waiting, 0);
});

test("a server that is away is tried again under the same key until it is back", async () => {
    const { server, outbox, vote } = make();
    server.moods = [
        { error: new desk.Offline("gone") },
        { error: new desk.Offline("gone") },
        { error: refusal(503, "busy") },
        { error: refusal(429, "rate") },
    ];
    vote(7);
    await sent(outbox);
    assert.equal(server.calls.length, 5);
    assert.equal(new Set(server.calls.map((call) => call.key)).size, 1);
    assert.deepEqual(server.standing(), ["7 1"]);
    assert.equal(outbox.state.get().stalled, null);
});

test("why nothing goes out is told while it does not", async () => {
    const { server, outbox, vote } = make();
    server.moods = [{ error: new desk.Offline("gone") }, { ms: 40 }];
    vote(7);
    await sleep(10);
    assert.ok(outbox.state.get().stalled instanceof desk.Offline);
    assert.equal(outbox.state.get().waiting, 1);
    await sent(outbox);
    assert.equal(outbox.state.get().stalled, null);
});

test("a reply that is lost counts nothing twice", async () => {
    const { server, outbox, vote } = make();
    server.moods = [{ error: new desk.Offline("lost"), late: true }];
    vote(7);
    vote(8);
    await sent(outbox);
    assert.deepEqual(server.standing(), ["7 1", "8 1"]);
});

test("what is refused for good is told, not tried again, and holds up nothing", async () => {
    for (const [status, code] of [
        [409, "conflict"],
        [404, "not_found"],
        [422, "invalid"],
        [403, "forbidden"],
    ]) {
        const { server, outbox, vote } = make();
        server.moods = [{ error: refusal(status, code) }];
        const first = vote(7);
        vote(8);
        await sent(outbox);
        assert.deepEqual(server.standing(), ["8 1"], code);
        assert.equal(server.calls.length, 2);
        assert.deepEqual(
            outbox.state.get().refused.map((refused) => refused.entry.id),
            [first],
        );
        outbox.dismissRefused();
        assert.equal(outbox.state.get().refused.length, 0);
    }
});

test("a session or a second factor that has ended loses nothing", async () => {
    for (const [status, code] of [
        [401, "unauthenticated"],
        [403, "second_factor"],
    ]) {
        const { server, outbox, vote } = make();
        server.moods = [{ error: refusal(status, code) }];
        vote(7);
        await sent(outbox);
        assert.deepEqual(server.standing(), ["7 1"]);
        assert.equal(outbox.state.get().refused.length, 0);
    }
});

test("what was not sent yet is taken back without a word to the server", async () => {
    const { server, outbox, vote, shelf } = make();
    server.moods = [{ ms: 20 }];
    vote(7);
    const second = vote(8);
    assert.equal(outbox.undo(CASE, second), true);
    await sent(outbox);
    await sleep(5);
    assert.deepEqual(
        server.calls.map((call) => call.what),
        ["vote"],
    );
    assert.deepEqual(server.standing(), ["7 1"]);
    assert.equal(shelf.entries.size, 0);
});

test("what was sent is taken back by its own votes", async () => {
    const { server, outbox, vote } = make();
    const first = vote(7);
    vote(8);
    await sent(outbox);
    outbox.undo(CASE, first);
    await sent(outbox);
    assert.deepEqual(server.standing(), ["8 1"]);
});

test("what is on its way is taken back once it has arrived", async () => {
    const { server, outbox, vote } = make();
    server.moods = [{ ms: 20 }];
    const first = vote(7);
    await sleep(5);
    outbox.undo(CASE, first);
    await sent(outbox);
    assert.deepEqual(server.standing(), []);
});

test("what may have arrived without a reply is taken back all the same", async () => {
    const { server, outbox, vote } = make();
    server.moods = [{ error: new desk.Offline("lost"), late: true }, { error: new desk.Offline("gone") }];
    const first = vote(7);
    await sleep(0);
    while (outbox.state.get().stalled === null) await sleep(0);
    outbox.undo(CASE, first);
    await sent(outbox);
    assert.deepEqual(server.standing(), []);
});

test("what was refused has nothing to take back", async () => {
    const { server, outbox, vote } = make();
    server.moods = [{ ms: 10, error: refusal(409, "conflict") }];
    const first = vote(7);
    await sleep(2);
    outbox.undo(CASE, first);
    vote(8);
    await sent(outbox);
    assert.equal(outbox.undo(CASE, first), false);
    assert.deepEqual(
        server.calls.map((call) => call.what),
        ["vote", "vote"],
    );
    assert.deepEqual(server.standing(), ["8 1"]);
});

test("unsent decisions outlive a reload, in order and under their keys", async () => {
    const server = new FakeServer();
    const shelf = new FakeShelf();
    const before = make(server, shelf);
    server.moods = [
        { error: new desk.Offline("lost"), late: true },
        ...Array(200).fill({ error: new desk.Offline("gone") }),
    ];
    for (let media = 1; media <= 20; media++) before.vote(media);
    await sleep(20);
    const keys = new Set(shelf.entries.keys());
    assert.equal(keys.size, 20);
    before.outbox.carrier.vote = () => new Promise(() => undefined); // the page is gone
    server.moods = [];
    const after = make(server, shelf);
    await after.outbox.open();
    after.vote(21);
    await sent(after.outbox);
    assert.deepEqual(
        server.acts.map((act) => act.media),
        [...Array(21).keys()].map((i) => i + 1),
    );
    assert.equal(shelf.entries.size, 0);
});

test("what is decided before the kept ones are read still follows them, also after another reload", async () => {
    const server = new FakeServer();
    const shelf = new FakeShelf();
    for (const [order, media] of [
        [5, 1],
        [6, 2],
    ])
        shelf.entries.set(`old-${media}`, {
            id: `old-${media}`,
            order,
            case: CASE,
            kind: "vote",
            body: { media: [media], category: "1" },
        });
    server.moods = Array(50).fill({ error: new desk.Offline("gone") });
    const second = make(server, shelf);
    second.vote(3);
    await second.outbox.open();
    await sleep(5);
    second.outbox.carrier.vote = () => new Promise(() => undefined);
    server.moods = [];
    const fresh = new FakeServer();
    const third = make(fresh, shelf);
    await third.outbox.open();
    await sent(third.outbox);
    assert.deepEqual(
        fresh.acts.map((act) => act.media),
        [1, 2, 3],
    );
});

test("signing out leaves nothing behind, whatever is on its way", async () => {
    const { server, outbox, vote, shelf } = make();
    server.moods = [{ ms: 20 }];
    vote(7);
    vote(8);
    await sleep(5);
    await outbox.close();
    await sleep(40);
    assert.equal(shelf.entries.size, 0);
    assert.equal(shelf.touchedAfter, 0, "the dropped storage is not made anew");
    assert.equal(server.calls.length, 1);
});

test("storage that is full or forbidden stops nothing", async () => {
    const shelf = new FakeShelf();
    shelf.put = () => Promise.reject(new Error("full"));
    shelf.remove = () => Promise.reject(new Error("full"));
    const { server, outbox, vote } = make(new FakeServer(), shelf);
    server.moods = [{ ms: 5 }];
    vote(7);
    const second = vote(8);
    outbox.undo(CASE, second);
    vote(9);
    await sent(outbox);
    await sleep(5);
    assert.deepEqual(server.standing(), ["7 1", "9 1"]);
});

test("in any weather each decision that stands arrives once and those taken back do not", async () => {
    let seed = 11;
    const random = (below) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
    const server = new FakeServer();
    const shelf = new FakeShelf();
    const weather = () =>
        [
            {},
            {},
            {},
            { error: new desk.Offline("gone") },
            { error: new desk.Offline("lost"), late: true },
            { error: refusal(503, "busy") },
            { ms: 1 },
        ][random(7)];
    server.moods = Array.from({ length: 400 }, weather);
    const { outbox, vote } = make(server, shelf);
    const standing = [];
    for (let media = 1; media <= 150; media++) {
        standing.push({ id: vote(media, String(random(5))), media });
        if (random(4) === 0) outbox.undo(CASE, standing.pop().id);
        if (random(3) === 0) await sleep(1);
    }
    assert.equal(await outbox.settled(20_000), true);
    assert.deepEqual(
        server.acts.filter((act) => !act.isUndone).map((act) => act.media),
        standing.map((one) => one.media),
    );
    assert.equal(shelf.entries.size, 0);
});
