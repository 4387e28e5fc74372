// SPDX-License-Identifier: Apache-2.0
//
// Review by keys: nothing lost, nothing twice, nothing shown that was not asked for.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { shared, sleep } from "./harness.mjs";
import { before, test } from "./test.mjs";

const MADE = ["--lean", "--generated", "600"];
let server;
let path;

before(async () => {
    server = await shared(...MADE);
    path = `/cases/${server.generated}`;
});

// ---- What is asked of the page and of the server ----

// In review, its keys ready.
async function review(t, who = "bob", options = {}) {
    const page = await t.page(server, who, `${path}/review`, options);
    await page.locator("[role=gridcell], .single-facts").first().waitFor();
    await page.waitForFunction(() => document.activeElement?.matches("[role=grid], .single") === true);
    return page;
}

async function decidedIds() {
    return new Set((await server.call("ann", "GET", `${path}/media/order?decision=decided`)).ids);
}

async function waitingIs(page, count) {
    await page.locator(`[data-waiting="${count}"]`).waitFor({ timeout: 30_000 });
}

// The number of media decided since `before`, once all is sent.
async function newlyDecided(page, before) {
    await waitingIs(page, 0);
    const now = await decidedIds();
    return [...now].filter((id) => !before.has(id));
}

function votesSent(t) {
    return t.asked(/\/votes$/, "POST").filter((row) => row.status === 201);
}

function reveals(t) {
    return t.asked(/\/(reveals|views)$/, "POST");
}

const currentIndex = (page) =>
    page.evaluate(() =>
        Number(
            /^tile-(\d+)$/.exec(
                document.querySelector("[role=grid]")?.getAttribute("aria-activedescendant") ?? "",
            )?.[1] ?? -1,
        ),
    );

const pictures = (page) => page.locator("main canvas, main img, main video").count();

// A key by where it lies, as a keyboard of another layout sends it.
function sendKey(page, code, key, more = {}) {
    return page.evaluate(
        ([code, key, more]) => {
            const at = document.activeElement ?? document.body;
            for (const type of ["keydown", "keyup"])
                at.dispatchEvent(new KeyboardEvent(type, { code, key, bubbles: true, cancelable: true, ...more }));
        },
        [code, key, more],
    );
}

// ---- Deciding ----

test("a digit decides what has the mark and moves on, and the server has it", async (t) => {
    const before = await decidedIds();
    const page = await review(t);
    const at = await currentIndex(page);
    await page.keyboard.press("1");
    assert.equal(await currentIndex(page), at + 1);
    await page.keyboard.press("2");
    assert.equal(await currentIndex(page), at + 2);
    assert.equal((await newlyDecided(page, before)).length, 2);
    assert.equal(votesSent(t).length, 2);
    assert.notEqual(JSON.parse(votesSent(t)[0].body).category, JSON.parse(votesSent(t)[1].body).category);
});

test("the words of the scheme stand beside their keys, and press them too", async (t) => {
    const before = await decidedIds();
    const page = await review(t);
    const keys = page.getByRole("group", { name: "Decide" }).getByRole("button");
    assert.ok((await keys.count()) >= 4);
    for (const name of await keys.allTextContents()) assert.match(name, /[A-Za-z]{3}/);
    await keys.nth(1).click();
    assert.equal((await newlyDecided(page, before)).length, 1);
});

test("undo takes the last decisions back, one by one, whether they were sent or not", async (t) => {
    const before = await decidedIds();
    const page = await review(t);
    const at = await currentIndex(page);
    await page.keyboard.press("1");
    await page.keyboard.press("2");
    await page.keyboard.press("1");
    await waitingIs(page, 0);
    await page.keyboard.press("u");
    await page.keyboard.press("u");
    assert.equal(await currentIndex(page), at + 1);
    assert.equal((await newlyDecided(page, before)).length, 1);
    await page.keyboard.press("u");
    assert.equal(await currentIndex(page), at);
    assert.deepEqual(await newlyDecided(page, before), []);
    await page.keyboard.press("u");
    await page.getByText("There is nothing of this sitting to take back").waitFor();
});

test("a decision that was taken back can be made anew", async (t) => {
    const before = await decidedIds();
    const page = await review(t);
    await page.keyboard.press("1");
    await page.keyboard.press("u");
    await page.keyboard.press("2");
    const [id, ...more] = await newlyDecided(page, before);
    assert.equal(more.length, 0);
    const { items } = await server.call("ann", "GET", `${path}/media?limit=200&decision=decided`);
    const category = JSON.parse(votesSent(t).at(-1).body).category;
    const found = items.find((item) => item.media === id);
    assert.ok(found === undefined || JSON.stringify(found).includes(`"${category}"`));
});

test("a marked range is decided at once and undone at once", async (t) => {
    const before = await decidedIds();
    const page = await review(t);
    for (let i = 0; i < 3; i++) await page.keyboard.press("Shift+ArrowRight");
    await page.getByText("for 4 media marked").waitFor();
    await page.keyboard.press("1");
    assert.equal((await newlyDecided(page, before)).length, 4);
    assert.equal(votesSent(t).length, 1);
    await page.keyboard.press("u");
    assert.deepEqual(await newlyDecided(page, before), []);
});

test("three keys within ten milliseconds all count", async (t) => {
    const before = await decidedIds();
    const page = await review(t);
    const took = await page.evaluate(() => {
        const at = document.activeElement;
        const began = performance.now();
        for (const digit of ["1", "2", "1"])
            at.dispatchEvent(
                new KeyboardEvent("keydown", { code: `Digit${digit}`, key: digit, bubbles: true, cancelable: true }),
            );
        return performance.now() - began;
    });
    assert.ok(took < 200, `${took}`);
    assert.equal((await newlyDecided(page, before)).length, 3);
    assert.equal(votesSent(t).length, 3);
});

test("forty keys as fast as a keyboard sends them are forty decisions, each once", async (t) => {
    const before = await decidedIds();
    const page = await review(t);
    for (let i = 0; i < 40; i++) {
        await page.keyboard.press(i % 2 === 0 ? "1" : "2");
        // Twenty stacks are held at a time.
        if (i % 10 === 9) await waitingIs(page, 0);
    }
    const made = await newlyDecided(page, before);
    assert.equal(made.length, 40);
    const media = votesSent(t).flatMap((row) => JSON.parse(row.body).media ?? [JSON.parse(row.body).stack]);
    assert.equal(new Set(media).size, 40);
});

test("a French row of digits and the keypad decide by where their keys lie", async (t) => {
    const before = await decidedIds();
    const page = await review(t);
    await sendKey(page, "Digit1", "&");
    await sendKey(page, "Digit2", "é");
    await sendKey(page, "Numpad1", "1");
    await sendKey(page, "Numpad2", "ArrowDown");
    assert.equal((await newlyDecided(page, before)).length, 4);
    const categories = votesSent(t).map((row) => JSON.parse(row.body).category);
    assert.deepEqual(categories.slice(0, 2), categories.slice(2));
});

test("keys with Control, and keys that are held down, decide nothing more", async (t) => {
    const before = await decidedIds();
    const page = await review(t);
    await sendKey(page, "Digit1", "1", { ctrlKey: true });
    await sendKey(page, "Digit1", "1", { metaKey: true });
    await sendKey(page, "Digit1", "1", { repeat: true });
    await sendKey(page, "Digit1", "1", { isComposing: true });
    assert.deepEqual(await newlyDecided(page, before), []);
    assert.equal(t.asked(/\/votes$/, "POST").length, 0);
});

test("typing a note decides nothing, and the note is kept", async (t) => {
    const before = await decidedIds();
    const page = await review(t);
    const at = await currentIndex(page);
    await page.keyboard.press("n");
    const dialog = page.getByRole("dialog", { name: "Note" });
    await dialog.waitFor();
    await page.keyboard.type("12 lamps, u and 3 more");
    assert.equal(await dialog.getByLabel("Text").inputValue(), "12 lamps, u and 3 more");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("The note is kept.").waitFor();
    assert.equal(await currentIndex(page), at);
    assert.deepEqual(await newlyDecided(page, before), []);
    assert.equal(t.asked(/\/notes$/, "POST").filter((row) => row.status === 201).length, 1);
    await page.waitForFunction(() => document.activeElement?.matches("[role=grid]") === true);
});

test("keys decide nothing while the focus is elsewhere, and the page says so", async (t) => {
    const before = await decidedIds();
    const page = await review(t);
    await page.getByRole("link", { name: "Overview" }).focus();
    await page.keyboard.press("1");
    await page.getByRole("button", { name: "Go on with the keys" }).waitFor();
    assert.deepEqual(await newlyDecided(page, before), []);
    await page.getByRole("button", { name: "Go on with the keys" }).click();
    await page.keyboard.press("1");
    assert.equal((await newlyDecided(page, before)).length, 1);
});

test("the focus survives scrolling, and keys go on where the mark is", async (t) => {
    const before = await decidedIds();
    const page = await review(t, "bob", { viewport: { width: 480, height: 500 } });
    const grid = page.getByRole("grid");
    await grid.hover();
    await page.mouse.wheel(0, 4000);
    await sleep(300);
    assert.ok(await grid.evaluate((element) => element.scrollTop > 0), "it scrolled");
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")), "grid");
    const named = await page.evaluate(
        () => document.getElementById(document.activeElement.getAttribute("aria-activedescendant")) !== null,
    );
    assert.equal(named, true, "the tile that has the mark is there");
    await page.keyboard.press("1");
    assert.equal((await newlyDecided(page, before)).length, 1);
});

test("the arrows move the mark and the tile is read out by its facts", async (t) => {
    const page = await review(t);
    const at = await currentIndex(page);
    await page.keyboard.press("ArrowRight");
    assert.equal(await currentIndex(page), at + 1);
    const label = await page.locator(`#tile-${at + 1}`).textContent();
    assert.match(label, /KiB|MiB/);
    await page.keyboard.press("ArrowLeft");
    assert.equal(await currentIndex(page), at);
});

// ---- Showing and hiding ----

test("no picture is asked for before somebody shows it, nor by deciding, moving or scrolling", async (t) => {
    const page = await review(t);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("1");
    await page.keyboard.press("v");
    await page.locator(".single-facts").waitFor();
    await page.keyboard.press("v");
    await page.getByRole("grid").hover();
    await page.mouse.wheel(0, 600);
    await sleep(700);
    assert.deepEqual(reveals(t), []);
    assert.equal(await pictures(page), 0);
    assert.deepEqual(
        t.requests.filter((row) => /\.(jpe?g|png|webp)|blob:/.test(row.path)),
        [],
    );
});

// How long a picture was shown is said a little after it was hidden.
async function endsOf(t, count) {
    const ends = () => t.asked(/\/reveals\/\d+\/end$/, "POST");
    for (let i = 0; i < 40 && ends().length < count; i++) await sleep(100);
    assert.equal(ends().length, count);
    return ends();
}

test("one press shows the picture, hides it again by itself, and the server knows for how long", async (t) => {
    const page = await review(t);
    await page.keyboard.press("s");
    await page.locator("main canvas").waitFor();
    assert.equal(reveals(t).length, 1);
    assert.equal(JSON.parse(reveals(t)[0]?.body ?? "{}").kind, "192");
    const began = Date.now();
    await page.locator("main canvas").waitFor({ state: "detached" });
    assert.ok(Date.now() - began < 11_000);
    const ends = await endsOf(t, 1);
    const { shown_ms: shown } = JSON.parse(ends[0].body);
    assert.ok(shown > 1500 && shown < 11_000, `${shown}`);
    await page.getByText(/Shown today: \d+ picture/).waitFor();
});

test("a second press, Escape, the key that hides all, a decision and leaving each hide it at once", async (t) => {
    const page = await review(t);
    const ways = {
        "a second press": () => page.keyboard.press("s"),
        Escape: () => page.keyboard.press("Escape"),
        "hide all": () => page.keyboard.press("h"),
        "a decision": () => page.keyboard.press("1"),
        blur: () => page.evaluate(() => dispatchEvent(new Event("blur"))),
        "another page": () =>
            page.evaluate(() => {
                location.hash = "#/help";
            }),
    };
    for (const [name, act] of Object.entries(ways)) {
        await page.keyboard.press("s");
        await page.locator("main canvas").waitFor();
        await act();
        await page
            .waitForFunction(() => document.querySelector("main canvas") === null, null, { timeout: 500 })
            .catch(() => assert.fail(`${name} hides nothing`));
    }
});

test("a picture that was hidden before it came is never drawn", async (t) => {
    const page = await review(t);
    await page.route("**/reveals", async (route) => {
        await sleep(400);
        await route.continue();
    });
    await page.keyboard.press("s");
    await sleep(100);
    await page.keyboard.press("h");
    await sleep(800);
    assert.equal(await pictures(page), 0);
    const [end] = await endsOf(t, 1);
    assert.equal(JSON.parse(end.body).shown_ms, 0);
});

test("crossing the grid with the pointer shows nothing", async (t) => {
    const page = await review(t);
    for (const at of [
        [200, 400],
        [400, 420],
        [600, 440],
        [500, 500],
    ]) {
        await page.mouse.move(...at, { steps: 5 });
        await sleep(150);
    }
    await sleep(600);
    assert.deepEqual(reveals(t), []);
});

test("the single view shows the larger preview, and nothing until asked", async (t) => {
    const page = await review(t);
    await page.keyboard.press("v");
    await page.locator(".single-facts").waitFor();
    assert.equal(reveals(t).length, 0);
    await page.keyboard.press("s");
    await page.locator("main canvas").waitFor();
    assert.equal(await page.locator("main canvas").evaluate((canvas) => canvas.width), 512);
    await page.keyboard.press("h");
    await page.keyboard.press("v");
    await page.getByRole("grid").waitFor();
});

function* filesOf(folder) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const at = join(folder, entry.name);
        if (entry.isDirectory()) yield* filesOf(at);
        else if (entry.isFile() && statSync(at).size < 200_000_000) yield at;
    }
}

test("nothing of a picture that was shown stays in the browser's profile", async (t) => {
    const { page, folder, close } = await t.profile(server, "bob", `${path}/review`);
    await page.waitForFunction(() => document.activeElement?.matches("[role=grid]") === true);
    for (let i = 0; i < 6; i++) {
        await page.keyboard.press("s");
        await page.locator("main canvas").waitFor();
        await page.keyboard.press("s");
        await page.keyboard.press("ArrowRight");
    }
    await sleep(500);
    // What was shown, asked for once more outside of the browser.
    const seen = await Promise.all(
        reveals(t).map((row) => server.call("bob", "POST", row.path.replace("/api/v1", ""), JSON.parse(row.body))),
    );
    const parts = seen
        .filter((body) => body.length > 2000)
        .map((body) => body.subarray(body.length >> 1, (body.length >> 1) + 48));
    assert.ok(parts.length >= 6, `${parts.length} pictures were seen`);
    const marker = Buffer.from("clew-desk"); // that the search finds what is there
    await page.evaluate((text) => localStorage.setItem("planted", text), marker.toString());
    await sleep(500);
    await close();
    const found = [];
    let planted = false;
    for (const file of filesOf(folder)) {
        const content = readFileSync(file);
        planted ||= content.includes(marker) || content.includes(Buffer.from(marker.toString(), "utf16le"));
        if (parts.some((part) => content.includes(part))) found.push(file);
    }
    assert.equal(planted, true, "the search finds what was planted");
    assert.deepEqual(found, []);
});

test("a picture that cannot be shown stays in the queue and says why", async (t) => {
    const page = await review(t);
    await page.route("**/reveals", (route) =>
        route.fulfill({
            status: 404,
            contentType: "application/problem+json",
            body: JSON.stringify({
                type: "about:blank",
                title: "x",
                status: 404,
                code: "not_found",
                detail: "there is no such preview",
            }),
        }),
    );
    t.allow(404);
    const at = await currentIndex(page);
    await page.keyboard.press("s");
    await page.getByText("There is no such preview.").waitFor();
    assert.equal(await currentIndex(page), at);
    assert.equal(t.asked(/\/votes$/, "POST").length, 0);
});

// ---- Losing the network, the lease, the page ----

test("losing the network loses no decision: the queue is shown and sent when it is back", async (t) => {
    t.allowOffline();
    const before = await decidedIds();
    const page = await review(t);
    await page.keyboard.press("1");
    await waitingIs(page, 0);
    await page.context().setOffline(true);
    for (const key of ["1", "2", "1"]) await page.keyboard.press(key);
    await waitingIs(page, 3);
    await page.getByText("The server cannot be reached.").first().waitFor();
    await page.getByText("Decisions wait to be sent; they are kept.").waitFor();
    await page.context().setOffline(false);
    assert.equal((await newlyDecided(page, before)).length, 4);
    await page.getByText("Decisions wait to be sent; they are kept.").waitFor({ state: "hidden" });
});

test("a reply that is lost on its way counts once", async (t) => {
    t.allowOffline();
    const before = await decidedIds();
    const proxy = await t.proxy(server);
    const page = await review(t, "bob", { origin: proxy.url });
    let lost = 0;
    await page.route("**/votes", async (route) => {
        if (lost++ > 0) return route.continue();
        await route.fetch();
        return route.abort("connectionreset");
    });
    await page.keyboard.press("1");
    await page.keyboard.press("2");
    assert.equal((await newlyDecided(page, before)).length, 2);
    const keys = t.asked(/\/votes$/, "POST").map((row) => row.key);
    assert.equal(new Set(keys).size, 2);
});

test("a reload with unsent decisions sends them, each once", async (t) => {
    t.allowOffline();
    const before = await decidedIds();
    const proxy = await t.proxy(server);
    const page = await review(t, "bob", { origin: proxy.url });
    await page.route("**/votes", (route) => route.abort());
    for (const key of ["1", "2", "1", "2"]) await page.keyboard.press(key);
    await waitingIs(page, 4);
    await page.unroute("**/votes");
    await page.route("**/votes", (route) => route.abort());
    await page.reload();
    await waitingIs(page, 4);
    await page.unroute("**/votes");
    await page
        .getByRole("button", { name: "Send now" })
        .click({ timeout: 1000 })
        .catch(() => null); // or by itself
    assert.equal((await newlyDecided(page, before)).length, 4);
    const databases = await page.evaluate(() => indexedDB.databases());
    for (const { name } of databases) {
        const left = await page.evaluate(
            (name) =>
                new Promise((resolve) => {
                    const open = indexedDB.open(name);
                    open.onsuccess = () => {
                        const all = open.result.transaction("unsent").objectStore("unsent").getAll();
                        all.onsuccess = () => resolve(all.result.length);
                    };
                }),
            name,
        );
        assert.equal(left, 0);
    }
});

test("a server that stops and comes back has every decision", async (t) => {
    t.allowOffline();
    t.allow(401, 503);
    const before = await decidedIds();
    const proxy = await t.proxy(server);
    const page = await review(t, "bob", { origin: proxy.url });
    await page.keyboard.press("1");
    proxy.cut();
    for (let i = 0; i < 8; i++) await page.keyboard.press(i % 2 === 0 ? "1" : "2");
    await sleep(1200);
    proxy.mend();
    assert.equal((await newlyDecided(page, before)).length, 9);
});

test("a lease that has ended loses no vote", async (t) => {
    const before = await decidedIds();
    const page = await review(t);
    assert.ok((await server.ask("age-leases")) > 0);
    await page.keyboard.press("1");
    await page.keyboard.press("2");
    assert.equal((await newlyDecided(page, before)).length, 2);
});

test("a session that ends in the middle loses no decision, and none goes out as somebody else", async (t) => {
    t.allow(401, 403);
    const own = await shared("--lean", "--generated", "40", "--previews", "0");
    const inCase = `/cases/${own.generated}`;
    const decided = async () => (await own.call("ann", "GET", `${inCase}/media/order?decision=decided`)).ids.length;
    const page = await t.page(own, "bob", `${inCase}/review`);
    await page.waitForFunction(() => document.activeElement?.matches("[role=grid]") === true);
    await own.ask("end-session bob");
    // Both keys come before the server says that the session has ended.
    await page.route("**/votes", async (route) => {
        await sleep(1000);
        await route.continue();
    });
    await page.keyboard.press("1");
    await page.keyboard.press("2");
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
    const signIn = async (name) => {
        const one = own.people[name];
        await page.getByLabel("Name", { exact: true }).fill(name);
        await page.getByLabel("Password", { exact: true }).fill(one.password);
        await page.getByLabel("Code of your authenticator").fill(one.recovery_codes.shift());
        await page.getByRole("button", { name: "Sign in" }).click();
        await page.getByRole("navigation", { name: "Main" }).waitFor();
    };
    await signIn("ann");
    await sleep(3000);
    assert.equal(await decided(), 0, "ann sends nothing of bob's");
    await page.evaluate(() => {
        location.hash = "#/leaving";
    });
    await page.getByRole("button", { name: /Sign out/ }).click();
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
    await signIn("bob");
    for (let i = 0; i < 40 && (await decided()) < 2; i++) await sleep(250);
    assert.equal(await decided(), 2);
});

test("a decision on a stack that changed meanwhile is told and open again", async (t) => {
    t.allow(409);
    const page = await review(t);
    await page.route("**/votes", (route) =>
        route.fulfill({
            status: 409,
            contentType: "application/problem+json",
            body: JSON.stringify({
                type: "about:blank",
                title: "x",
                status: 409,
                code: "conflict",
                detail: "the stack has 3 open media",
            }),
        }),
    );
    await page.keyboard.press("1");
    await page.getByText(/could not be counted/).waitFor();
    await waitingIs(page, 0);
    await page.unroute("**/votes");
    await page.getByRole("button", { name: "Understood" }).click();
    await page.getByText(/could not be counted/).waitFor({ state: "hidden" });
});

test("leaving says what was not sent yet", async (t) => {
    t.allowOffline();
    const page = await review(t);
    await page.route("**/votes", (route) => route.abort());
    await page.keyboard.press("1");
    await waitingIs(page, 1);
    await page.locator(".bar summary").click();
    await page.getByRole("link", { name: "Sign out" }).click();
    await page.getByText(/1 decision did not reach the server yet/).waitFor();
    assert.equal(await pictures(page), 0);
    await page.unroute("**/votes");
    // By itself it is tried again as well, so the button may be gone before it is pressed.
    const again = page.getByRole("button", { name: "Wait and try again" });
    await again.click({ timeout: 2000 }).catch(() => undefined);
    await page.getByText(/did not reach the server/).waitFor({ state: "hidden" });
});

test("review works in a small window", async (t) => {
    const before = await decidedIds();
    const page = await review(t, "bob", { viewport: { width: 320, height: 568 } });
    await page.keyboard.press("1");
    assert.equal((await newlyDecided(page, before)).length, 1);
    await page.keyboard.press("s");
    await page.locator("main canvas").waitFor();
    const inside = await page.locator("main canvas").evaluate((canvas) => {
        const box = canvas.getBoundingClientRect();
        return box.left >= 0 && box.right <= innerWidth + 1;
    });
    assert.equal(inside, true);
});

test("a moved key works at its new place", async (t) => {
    await server.call("ann", "PUT", "/account/preferences", {
        desk: { keys: { undo: "KeyZ" } },
        not_mine: { families: [], tags: [] },
    });
    t.onEnd(() =>
        server.call("ann", "PUT", "/account/preferences", { desk: {}, not_mine: { families: [], tags: [] } }),
    );
    const before = await decidedIds();
    const page = await review(t, "ann");
    await page.keyboard.press("1");
    await page.keyboard.press("u");
    assert.equal((await newlyDecided(page, before)).length, 1);
    await page.keyboard.press("z");
    assert.deepEqual(await newlyDecided(page, before), []);
});

test("two people never hold the same stack", async (t) => {
    const [bob, ann] = await Promise.all([review(t, "bob"), review(t, "ann")]);
    const held = await Promise.all(
        ["bob", "ann"].map(async (who) =>
            (await server.call(who, "GET", `${path}/leases`)).items.map((lease) => lease.stack?.stack ?? lease.stack),
        ),
    );
    assert.ok(held[0].length > 0 && held[1].length > 0);
    assert.deepEqual(
        held[0].filter((id) => held[1].includes(id)),
        [],
    );
    await Promise.all([bob.close(), ann.close()]);
});

test("a break hides everything and the review goes on where it was", async (t) => {
    const page = await review(t);
    await page.keyboard.press("ArrowRight");
    const at = await currentIndex(page);
    await page.keyboard.press("s");
    await page.locator("main canvas").waitFor();
    await page.keyboard.press("b");
    await page.getByText("Everything is hidden.").waitFor();
    assert.equal(await pictures(page), 0);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("grid").waitFor();
    assert.equal(await currentIndex(page), at);
});

test("a stack that is not mine to see is passed on and comes back on request", async (t) => {
    const page = await review(t);
    const at = await currentIndex(page);
    await page.keyboard.press("x");
    await page
        .getByRole("dialog", { name: "Not mine to see" })
        .getByRole("button", { name: "Pass this stack on" })
        .click();
    await page.getByText("Passed on.").waitFor();
    assert.notEqual(await currentIndex(page), at);
    assert.equal(t.asked(/\/skip$/, "POST").filter((row) => row.status < 300).length, 1);
    await page.getByRole("button", { name: "Take back" }).click();
    await sleep(500);
    assert.equal(t.asked(/\/skip$/, "DELETE").length, 1);
});
