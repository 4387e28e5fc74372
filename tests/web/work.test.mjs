// SPDX-License-Identifier: Apache-2.0
//
// What people do beside review: the overview of a case, a media, search by example, the report, a
// proof of the record, sets, an account.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quiet, shared, sleep, totp } from "./harness.mjs";
import { before, test } from "./test.mjs";

const PICTURE = join(process.env.CLEW_TEST_MEDIA ?? "", "pdq", "bridge-mods", "shrink-a-little.jpg");
let server;
let path;

before(async () => {
    server = await shared();
    path = `/cases/${server.case}`;
});

async function downloaded(t, page, press) {
    const [download] = await Promise.all([page.waitForEvent("download"), press()]);
    const folder = mkdtempSync(join(tmpdir(), "clew-desk-download-"));
    t.onEnd(() => rmSync(folder, { recursive: true, force: true }));
    const name = download.suggestedFilename();
    const file = join(folder, name);
    await download.saveAs(file);
    return { name, file, content: readFileSync(file) };
}

test("the overview tells the numbers of the case as the server has them", async (t) => {
    const page = await t.page(server, "ann", path);
    await quiet(page);
    const known = await server.call("ann", "GET", path);
    const text = (await page.locator("main").innerText()).replaceAll(",", "");
    for (const [name, value] of Object.entries(known.counts ?? {}))
        if (typeof value === "number" && value > 9) assert.ok(text.includes(String(value)), `${name} ${value} is told`);
    for (const name of ["Ann", "Bob", "Eve"])
        assert.ok(!new RegExp(`${name}.{0,20}\\d+ (votes|decisions|pictures)`).test(text), "no numbers of persons");
});

test("the overview opens the review and the list of what came in", async (t) => {
    const page = await t.page(server, "ann", path);
    await page.getByRole("navigation", { name: "Where you are" }).getByRole("link", { name: "Media" }).click();
    await page.getByRole("grid").waitFor();
    assert.ok((await page.getByRole("gridcell").count()) > 5);
    assert.equal(t.asked(/\/(reveals|views)$/, "POST").length, 0);
});

test("a media tells its facts, and its picture only on request", async (t) => {
    const { ids } = await server.call("ann", "GET", `${path}/media/order?kind=new&family=picture`);
    const page = await t.page(server, "ann", `${path}/media/${ids[0]}`);
    await quiet(page);
    const media = await server.call("ann", "GET", `${path}/media/${ids[0]}`);
    const text = await page.locator("main").innerText();
    assert.ok(text.includes(media.sha256 ?? media.digests?.sha256 ?? "JPEG"));
    assert.equal(await page.locator("main canvas").count(), 0);
    assert.equal(t.asked(/\/(reveals|views|comparisons.*)$/, "POST").length, 0);
    await page.getByRole("button", { name: "Show", exact: true }).first().click();
    await page.locator("main canvas").first().waitFor();
    assert.equal(t.asked(/\/reveals$/, "POST").length, 1);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.querySelector("main canvas") === null);
});

test("search by example finds what resembles the picture and keeps nothing of it", async (t) => {
    const page = await t.page(server, "ann", "/search");
    const before = page.url();
    await page.locator("input[type=file]").setInputFiles(PICTURE);
    await page.getByRole("heading", { name: "What resembles your picture" }).waitFor();
    await page
        .getByRole("link", { name: /26-100/ })
        .first()
        .waitFor();
    assert.equal(page.url(), before, "the address says nothing");
    const asked = t.asked(/\/search\/example/, "POST");
    assert.equal(asked.length, 1);
    assert.ok(!page.url().includes("shrink"));
    assert.equal(await page.locator("main img, main canvas").count(), 0);
});

test("text that was looked for in notes is in no address and no storage", async (t) => {
    const page = await t.page(server, "ann", "/search");
    await page.getByLabel("What to look for").selectOption({ label: "text in notes and tags" });
    await page.getByRole("region", { name: "By words and values" }).getByLabel("Where").selectOption({ index: 1 });
    await page.getByLabel("Text", { exact: true }).fill("bridge by the lamp");
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await page.getByText("Nothing was found.").waitFor();
    assert.ok(!/bridge|lamp/.test(page.url()), page.url());
    assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
});

test("the report is one file that needs nothing else, opens alone, and has no pictures unless chosen", async (t) => {
    const page = await t.page(server, "ann", `${path}/report`);
    await quiet(page);
    const { name, file, content } = await downloaded(t, page, () =>
        page.getByRole("button", { name: "Save as one HTML file" }).click(),
    );
    const html = content.toString("utf8");
    assert.match(name, /26-100.*\.html$/);
    assert.match(html, /^<!doctype html>/i);
    assert.deepEqual(html.match(/(src|href|action|data|poster)\s*=\s*["']?(https?:|\/\/|\/|file:)/gi), null);
    assert.deepEqual(html.match(/<(script|link|iframe|object|embed|img|base)\b/gi), null);
    assert.deepEqual(html.match(/url\((?!["']?data:)/gi), null);
    assert.deepEqual(html.match(/\son[a-z]+\s*=/gi), null);
    assert.ok(html.includes("26-100") && html.includes("harbour"));
    assert.ok(!html.includes(server.url), "no address of the server");
    const told = await page.locator("main").innerText();
    const digest = createHash("sha256").update(content).digest("hex");
    assert.ok(told.replace(/\s/g, "").includes(digest), "the page tells the digest of the file");
    assert.equal(t.asked(/\/(reveals|views)$/, "POST").length, 0);
    const alone = await (await t.context(server, null, { javaScriptEnabled: false, offline: true })).newPage();
    await alone.goto(`file://${file}`);
    assert.match(await alone.locator("h1").first().innerText(), /26-100/);
});

test("texts of others do no harm in the report", async (t) => {
    const evil = `<img src=x onerror="alert(1)"></style></script>&"'`;
    const made = await server.call("eve", "POST", "/cases", { number: "26-901", title: evil, scheme: "vics-us" });
    const page = await t.page(server, "eve", `/cases/${made.id}/report`);
    await quiet(page);
    const { content } = await downloaded(t, page, () =>
        page.getByRole("button", { name: "Save as one HTML file" }).click(),
    );
    const html = content.toString("utf8");
    assert.ok(!html.includes("<img src=x"));
    assert.ok(html.includes("&lt;img src=x"));
});

test("a proof from the record is downloaded and names its entry", async (t) => {
    const page = await t.page(server, "aud", "/audit");
    await quiet(page);
    const button = page.getByRole("button", { name: /^Proof/ }).first();
    await button.waitFor();
    const press = async () => {
        await button.click();
        const save = page.getByRole("dialog").getByRole("button", { name: /save|download/i });
        if ((await save.count()) > 0) await save.first().click();
    };
    const { content } = await downloaded(t, page, press);
    assert.match(content.toString("utf8"), /^c2sp\.org\/tlog-proof@v1\n/);
    assert.ok(content.length > 200);
});

test("a set tells how much it holds and where it came from, and never a digest of an entry", async (t) => {
    const page = await t.page(server, "cur", "/sets");
    await page.getByRole("link", { name: "known", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "known" }).waitFor();
    await quiet(page);
    const text = await page.locator("main").innerText();
    assert.match(text, /notable/i);
    const whole = text.match(/\b[0-9a-f]{64}\b/g) ?? [];
    assert.ok(whole.length <= 3, "the digest of the set and of its list at most");
});

test("an administrator makes an account whose invitation works", async (t) => {
    t.allow(403);
    const page = await t.page(server, "adm", "/administration/accounts");
    await page.getByRole("button", { name: "New account" }).click();
    const dialog = page.getByRole("dialog", { name: "New account" });
    await dialog.getByLabel("Name for signing in").fill("kim");
    await dialog.getByLabel("Name shown to others").fill("Kim");
    const unit = dialog.getByLabel("Unit", { exact: true });
    if ((await unit.count()) > 0 && (await unit.evaluate((element) => element.tagName === "SELECT")))
        await unit.selectOption({ label: "North" }).catch(() => unit.selectOption({ index: 1 }));
    await dialog.getByLabel(/reviewer/i).check();
    await dialog.getByRole("button", { name: "Make the account" }).click();
    await page.getByText("Give this address to").waitFor();
    const text = await page.locator("dialog[open]").innerText();
    const inputs = await page.locator("dialog[open] input").evaluateAll((all) => all.map((input) => input.value));
    const [, token] = /#\/invitation\/([0-9a-f]{64})/.exec([text, ...inputs].join(" ")) ?? [];
    assert.ok(token, `an address is shown: ${text}`);
    const other = await t.page(server, null, `/invitation/${token}`);
    const secret = (await other.locator("code").first().textContent()).replaceAll(" ", "");
    await other.getByLabel("2. A password").fill("seven quiet herons at kim");
    await other.getByLabel("The same password again").fill("seven quiet herons at kim");
    await other.getByLabel("3. A code from the authenticator").fill(totp(secret, Math.floor(Date.now() / 30_000)));
    await other.getByRole("button", { name: "Set up the account" }).click();
    await other.getByRole("heading", { level: 1, name: "Your account is ready" }).waitFor();
});

test("a case is opened with its number and its page comes", async (t) => {
    const page = await t.page(server, "ann", "/cases");
    await page.getByRole("button", { name: "Open a case" }).click();
    const dialog = page.getByRole("dialog", { name: "Open a case" });
    await dialog.getByLabel("Number").fill("26-777");
    await dialog.getByLabel("Categories").selectOption({ index: 1 });
    await dialog.getByRole("button", { name: "Open it" }).click();
    await page.getByText("26-777").first().waitFor();
    assert.match(new URL(page.url()).hash, /^#\/cases\/\d+$/);
});

test("a number that is taken is told at its field", async (t) => {
    t.allow(409, 422);
    const page = await t.page(server, "ann", "/cases");
    await page.getByRole("button", { name: "Open a case" }).click();
    const dialog = page.getByRole("dialog", { name: "Open a case" });
    await dialog.getByLabel("Number").fill("26-100");
    await dialog.getByLabel("Categories").selectOption({ index: 1 });
    await dialog.getByRole("button", { name: "Open it" }).click();
    await dialog.getByRole("alert").waitFor();
    assert.equal(await dialog.getByLabel("Number").inputValue(), "26-100", "what was typed stays");
});

test("dialogs keep the focus inside, close with Escape and give it back", async (t) => {
    const page = await t.page(server, "ann", "/cases");
    await page.getByRole("button", { name: "Open a case" }).click();
    await page.getByRole("dialog").waitFor();
    for (let i = 0; i < 25; i++) {
        await page.keyboard.press("Tab");
        const isInside = await page.evaluate(
            () => document.activeElement === document.body || document.activeElement?.closest("dialog") !== null,
        );
        assert.equal(isInside, true);
    }
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await sleep(100);
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Open a case");
});

test("a theme that was chosen holds at once and after signing in again", async (t) => {
    t.onEnd(() =>
        server.call("cur", "PUT", "/account/preferences", { desk: {}, not_mine: { families: [], tags: [] } }),
    );
    await server.call("cur", "PUT", "/account/preferences", {
        desk: { theme: "dark" },
        not_mine: { families: [], tags: [] },
    });
    const page = await t.page(server, "cur", "/sets");
    await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    const light = (color) => Math.max(...color.match(/\d+/g).slice(0, 3).map(Number));
    assert.ok(light(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)) < 80);
});
