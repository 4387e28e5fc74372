// SPDX-License-Identifier: Apache-2.0
//
// Every page while there is nothing, while something failed, and while the server is away.
import assert from "node:assert/strict";
import { answerWith, axe, problem, quiet, shared } from "./harness.mjs";
import { furnish, pagesOf } from "./pages.mjs";
import { before, test } from "./test.mjs";

// Pages whose own content needs no answer of the server.
const OWN = new Set(["/help", "/leaving", "/account", "/search"]);
let server;
let pages;

before(async () => {
    server = await shared();
    pages = pagesOf(server, await furnish(server)).filter(([, path]) => !OWN.has(path));
});

const KEPT = /^\/api\/v1\/(session|login|account\/preferences)/;

// Each page with `prepare` done before it is opened; `look` gives its faults.
async function faultsOf(t, prepare, look) {
    const faults = [];
    const open = new Map();
    for (const [who, path] of pages) {
        if (!open.has(who)) {
            const page = await t.page(server, who, "/help");
            await prepare(page);
            open.set(who, page);
        }
        const page = open.get(who);
        await page.evaluate((to) => {
            location.hash = to;
        }, `#${path}`);
        await page.waitForFunction(() => !location.hash.includes("help"));
        await quiet(page);
        await page
            .waitForFunction(() => !/^Loading …$/m.test(document.querySelector("main")?.innerText ?? ""), null, {
                timeout: 4000,
            })
            .catch(() => null);
        for (const fault of await look(page, path)) faults.push(`${path}: ${fault}`);
    }
    return faults;
}

async function saysWhy(page, sentence) {
    const alerts = page.getByRole("alert");
    await alerts
        .first()
        .waitFor({ timeout: 3000 })
        .catch(() => null);
    const said = (await alerts.allTextContents()).join(" ");
    if (!said.includes(sentence))
        return [
            `it does not say what went wrong: ${said.slice(0, 100) || (await page.locator("main").innerText()).slice(0, 100)}`,
        ];
    return [];
}

test("a page whose calls fail says so, with the server's own words and a way to try again", async (t) => {
    t.allow(500);
    const detail = "something is wrong inside";
    const faults = await faultsOf(
        t,
        (page) =>
            page.route(
                (url) => url.pathname.startsWith("/api/") && !KEPT.test(url.pathname),
                (route) =>
                    route.fulfill({
                        status: 500,
                        contentType: "application/problem+json",
                        body: JSON.stringify(problem(500, "internal", detail, { id: "4711" })),
                    }),
            ),
        async (page) => {
            const found = await saysWhy(page, "Something is wrong inside. The server's log has more under 4711.");
            if (found.length === 0 && (await page.getByRole("button", { name: "Try again" }).count()) === 0)
                found.push("it offers no way to try again");
            return found;
        },
    );
    assert.deepEqual(faults, []);
});

test("a page without the server says that it cannot be reached", async (t) => {
    t.allowOffline();
    const faults = await faultsOf(
        t,
        (page) =>
            page.route(
                (url) => url.pathname.startsWith("/api/"),
                (route) => route.abort(),
            ),
        (page) => saysWhy(page, "The server cannot be reached."),
    );
    assert.deepEqual(faults, []);
});

test("trying again after a failure brings the page", async (t) => {
    t.allow(500);
    const page = await t.page(server, "ann", "/help");
    await answerWith(page, /^\/api\/v1\/series/, 500, problem(500, "internal", "wrong"));
    await page.getByRole("link", { name: "Series", exact: true }).click();
    await page.getByRole("alert").first().waitFor();
    await page.unroute(() => true).catch(() => null);
    await page.unrouteAll();
    await page.getByRole("button", { name: "Try again" }).first().click();
    await page.getByRole("alert").first().waitFor({ state: "hidden" });
    await page.getByRole("link", { name: "lamp" }).first().waitFor();
});

test("lists without anything say so in words", async (t) => {
    const faults = await faultsOf(
        t,
        (page) =>
            page.route(
                (url) =>
                    /^\/api\/v1\/(cases|series|victims|sets|account\/outcomes|audit|units|accounts|tokens)$|\/(stacks|evidence|identifiers|links|enquiries\/.*|audit|scans|items|decisions|media)$/.test(
                        url.pathname,
                    ),
                async (route) => {
                    if (route.request().method() !== "GET") return route.continue();
                    const reply = await route.fetch();
                    const body = await reply.json().catch(() => null);
                    if (body === null || !Array.isArray(body.items)) return route.fulfill({ response: reply });
                    return route.fulfill({
                        response: reply,
                        json: { ...body, items: [], ...("next" in body && { next: null }) },
                    });
                },
            ),
        async (page) => {
            const empty = await page.evaluate(() =>
                [...document.querySelectorAll("main table tbody")]
                    .filter((body) => body.children.length === 0)
                    .map((body) => body.closest("table").caption?.textContent ?? "a table"),
            );
            const text = await page.locator("main").innerText();
            const found = empty.map((name) => `${name} is an empty table`);
            if (text.trim().length < 20) found.push(`it is bare: ${text}`);
            if (/undefined|null|NaN|\[object/.test(text))
                found.push(`it shows a hole: ${/.{0,30}(undefined|null|NaN|\[object).{0,30}/.exec(text)?.[0]}`);
            return found;
        },
    );
    assert.deepEqual(faults, []);
});

test("no page shows a hole where a value should be", async (t) => {
    t.allow(403, 404);
    const faults = await faultsOf(
        t,
        () => null,
        async (page) => {
            const text = await page.locator("main").innerText();
            const hole = /.{0,40}\b(undefined|NaN|Invalid Date)\b.{0,40}|.{0,30}\[object .{0,20}/.exec(text);
            return hole === null ? [] : [hole[0]];
        },
    );
    assert.deepEqual(faults, []);
});

test("what failed is as clear to axe as the rest", async (t) => {
    t.allow(500);
    const page = await t.page(server, "ann", "/help");
    await answerWith(page, /^\/api\/v1\/cases/, 500, problem(500, "internal", "wrong"));
    await page.getByRole("link", { name: "Cases", exact: true }).click();
    await page.getByRole("alert").first().waitFor();
    assert.deepEqual(await axe(page), []);
});
