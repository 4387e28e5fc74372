// SPDX-License-Identifier: Apache-2.0
//
// First start, signing in and out, invitations, one-time links, the second factor.
import assert from "node:assert/strict";
import { freshCode, kept, shared, totp } from "./harness.mjs";
import { before, test } from "./test.mjs";

const LINKED = ["--lean", "--links", "ann", "bob"];
let server;
let bare;

before(async () => {
    bare = await shared("--bare");
    server = await shared(...LINKED);
});

function stepNow() {
    return Math.floor(Date.now() / 30_000);
}

async function fillIn(page, name, password, code) {
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByLabel("Code of your authenticator").fill(code);
    await page.getByRole("button", { name: "Sign in" }).click();
}

async function heading(page, name) {
    await page.getByRole("heading", { level: 1, name }).waitFor();
}

test("a server that nobody has set up says where to begin", async (t) => {
    const page = await t.page(bare, null, "/");
    await page.getByText("no administrator yet").waitFor();
});

test("the first administrator sets up the account from the invitation and signs in", async (t) => {
    const page = await t.page(bare, null, `/invitation/${bare.invitation}`);
    const secret = (await page.locator("code").first().textContent()).replaceAll(" ", "");
    await page.getByLabel("At least").or(page.getByLabel("2. A password")).fill("seven quiet herons at first");
    await page.getByLabel("The same password again").fill("seven quiet herons at last");
    await page.getByText("The two passwords differ.").waitFor();
    const submit = page.getByRole("button", { name: "Set up the account" });
    assert.equal(await submit.isDisabled(), true);
    await page.getByLabel("The same password again").fill("seven quiet herons at first");
    await page.getByLabel("3. A code from the authenticator").fill(totp(secret, stepNow()));
    await submit.click();
    await heading(page, "Your account is ready");
    const codes = await page.locator("ol.recovery li").allTextContents();
    assert.ok(codes.length >= 8 && new Set(codes).size === codes.length);
    await page.getByRole("link", { name: "Sign in" }).click();
    await heading(page, "Sign in");
    await fillIn(page, "administrator", "seven quiet herons at first", codes[0]);
    await page.getByRole("link", { name: "Administration" }).first().waitFor();
});

test("an invitation that was used opens nothing", async (t) => {
    t.allow(404, 403, 410);
    const page = await t.page(bare, null, `/invitation/${"0".repeat(64)}`);
    await page.getByText("This invitation does not open anything.").waitFor();
});

test("name, password and code sign in", async (t) => {
    const page = await t.page(server, null, "/");
    await heading(page, "Sign in");
    const { eve } = server.people;
    await fillIn(page, "eve", eve.password, await freshCode(eve));
    await heading(page, "Cases");
    assert.match(await page.title(), /Cases/);
    assert.equal(new URL(page.url()).hash, "#/cases");
});

test("a wrong code or password does not sign in, and says so without saying which", async (t) => {
    t.allow(401, 403);
    const page = await t.page(server, null, "/");
    const { cur } = server.people;
    await fillIn(page, "cur", cur.password, "000000");
    const said = page.getByRole("alert");
    await said.waitFor();
    const first = await said.textContent();
    await page.getByLabel("Password", { exact: true }).fill("not the password at all");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForTimeout(600);
    assert.equal(await said.textContent(), first);
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "cur", "what was typed stays");
    await heading(page, "Sign in");
});

test("the form for signing in can be used with the keyboard alone", async (t) => {
    const page = await t.page(server, null, "/");
    const { adm } = server.people;
    await page.getByLabel("Name", { exact: true }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("autocomplete")), "username");
    await page.keyboard.type("adm");
    await page.keyboard.press("Tab");
    await page.keyboard.type(adm.password);
    await page.keyboard.press("Tab");
    await page.keyboard.type(await freshCode(adm));
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Main" }).waitFor();
});

test("a one-time link signs in once, with its second factor, and leaves no trace in the history", async (t) => {
    t.allow(401, 403, 404);
    const context = await t.context(server, null);
    const page = await context.newPage();
    await page.goto(server.links.ann);
    await heading(page, "Cases");
    assert.ok(!page.url().includes("/link/"), page.url());
    const session = await page.evaluate(async () => (await fetch("/api/v1/session")).json());
    assert.equal(session.name, "ann");
    await page.goBack().catch(() => null);
    assert.ok(!page.url().includes("/link/"), page.url());
    const other = await t.context(server, null);
    const again = await other.newPage();
    await again.goto(server.links.ann);
    await again.getByText("This link does not open anything.").waitFor();
    await again.getByRole("link", { name: "Sign in with a password" }).click();
    await heading(again, "Sign in");
});

test("a code is asked for when the second factor is old, and what was asked for is then done", async (t) => {
    t.allow(403);
    const { cur } = server.people;
    const page = await t.page(server, "cur", "/sets");
    await server.ask("age-second-factor cur");
    await page.getByRole("button", { name: "New set" }).click();
    await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("harbour list");
    await page.getByRole("dialog").locator("button[type=submit]").click();
    const dialog = page.getByRole("dialog", { name: "Second factor" });
    await dialog.getByLabel("Code of your authenticator").fill("000000");
    await dialog.getByRole("button", { name: "Go on" }).click();
    await dialog.getByRole("alert").waitFor();
    await dialog.getByLabel("Code of your authenticator").fill(await freshCode(cur));
    await dialog.getByRole("button", { name: "Go on" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByText("harbour list").first().waitFor();
    assert.equal(t.asked(/^\/api\/v1\/sets$/, "POST").filter((row) => row.status === 201).length, 1);
});

test("a second factor that is not given leaves the page as it was", async (t) => {
    t.allow(403);
    const page = await t.page(server, "cur", "/cases");
    await page.route("**/api/v1/sets*", (route) =>
        route.fulfill({
            status: 403,
            contentType: "application/problem+json",
            body: JSON.stringify({
                type: "about:blank",
                title: "x",
                status: 403,
                code: "second_factor",
                detail: "a second factor is needed",
            }),
        }),
    );
    await page.getByRole("link", { name: "Sets" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("heading", { name: "Second factor" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("autocomplete")), "one-time-code");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("alert").first().waitFor();
});

test("signing out leaves nothing of the session in the browser", async (t) => {
    const page = await t.page(server, "eve", "/cases");
    await page.locator(".bar summary").click();
    await page.getByRole("link", { name: "Sign out" }).click();
    await page
        .getByRole("button", { name: /sign out|leave/i })
        .first()
        .click();
    await heading(page, "Sign in");
    assert.deepEqual(await kept(page), { databases: [], local: [], session: [], caches: [] });
    assert.deepEqual(
        (await page.context().cookies()).filter((cookie) => cookie.value !== ""),
        [],
    );
    await page.goBack();
    await page.waitForTimeout(300);
    await heading(page, "Sign in");
});

test("a session that ended returns to the same place after signing in", async (t) => {
    t.allow(401);
    const page = await t.page(server, "ann", "/cases");
    await server.ask("end-session ann");
    await page.getByRole("link", { name: "Series", exact: true }).click();
    await heading(page, "Sign in");
    await page.getByText("Your session has ended.").waitFor();
    await fillIn(page, "ann", server.people.ann.password, server.people.ann.recovery_codes[0]);
    await heading(page, "Series");
    assert.equal(new URL(page.url()).hash, "#/series");
});
