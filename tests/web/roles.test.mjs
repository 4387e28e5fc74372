// SPDX-License-Identifier: Apache-2.0
//
// What a role may not do is not offered, and refused when its address is typed.
import assert from "node:assert/strict";
import { quiet, shared } from "./harness.mjs";
import { before, test } from "./test.mjs";

// Links of the bar above, and of a case.
const OFFERED = {
    ann: ["Cases", "Search", "Series", "Victims", "Sets", "Statistics"],
    bob: ["Cases", "Search", "Series", "Victims", "Sets", "Statistics"],
    aud: ["Cases", "Search", "Series", "Victims", "Sets", "Statistics", "Audit"],
    adm: ["Cases", "Sets", "Statistics", "Administration"],
    cur: ["Cases", "Sets", "Statistics"],
};
const PLACES = {
    "/search": "search",
    "/series": "case_read",
    "/victims": "case_read",
    "/sets": "sets_read",
    "/statistics": "statistics",
    "/audit": "audit_read",
    "/administration": "administer",
    "/cases/1": "case_read",
    "/cases/1/review": "review",
    "/cases/1/media": "case_read",
    "/cases/1/stacks": "case_read",
    "/cases/1/report": "case_read",
    "/cases/1/settings": "case_read",
    "/cases/1/record": "case_read",
};
let server;

before(async () => {
    server = await shared();
});

async function permissions(who) {
    return (await server.call(who, "GET", "/session")).permissions;
}

for (const who of ["ann", "bob", "aud", "adm", "cur"])
    test(`the bar offers ${who} what the role includes and nothing else`, async (t) => {
        t.allow(403, 404);
        const page = await t.page(server, who);
        const names = await page.getByRole("navigation", { name: "Main" }).getByRole("link").allTextContents();
        const may = await permissions(who);
        const links = {
            Cases: "case_read",
            Search: "search",
            Series: "case_read",
            Victims: "case_read",
            Sets: "sets_read",
            Statistics: "statistics",
            Audit: "audit_read",
            Administration: "administer",
        };
        const expected = Object.keys(links).filter((name) => may.includes(links[name]));
        assert.deepEqual(names, expected);
        assert.deepEqual(
            names.filter((name) => !OFFERED[who].includes(name)),
            [],
        );
    });

test("the address of what a role may not do says so and asks the server for nothing of it", async (t) => {
    t.allow(403, 404);
    for (const who of ["bob", "aud", "adm", "cur"]) {
        const may = await permissions(who);
        const page = await t.page(server, who, "/help");
        for (const [path, permission] of Object.entries(PLACES)) {
            if (may.includes(permission)) continue;
            const before = t.requests.length;
            await page.evaluate((to) => {
                location.hash = to;
            }, `#${path}`);
            await page.getByRole("heading", { level: 1, name: "Your role does not include this." }).waitFor();
            const calls = t.requests
                .slice(before)
                .filter(
                    (row) =>
                        row.path.startsWith("/api/") &&
                        row.status === 200 &&
                        !/\/api\/v1\/(session|login|account|people|units|schemes|cases\/1$)/.test(row.path),
                );
            assert.deepEqual(
                calls.map((row) => row.path),
                [],
                `${who} at ${path}`,
            );
        }
    }
});

test("review is offered to reviewers alone", async (t) => {
    t.allow(403, 404);
    const tabs = async (who) => {
        const page = await t.page(server, who, "/cases/1");
        return page.getByRole("navigation", { name: "Where you are" }).getByRole("link").allTextContents();
    };
    for (const who of ["ann", "bob", "aud"])
        assert.equal((await tabs(who)).includes("Review"), (await permissions(who)).includes("review"), who);
});

test("a case of another unit is not told from one that is not there", async (t) => {
    t.allow(404);
    const shown = async (id) => {
        const page = await t.page(server, "bob", `/cases/${id}`);
        await page.getByRole("alert").first().waitFor();
        return (await page.locator("main").innerText()).replaceAll(String(id), "N");
    };
    assert.equal(await shown(server.other), await shown(99999));
});

test("an address that names nothing says so", async (t) => {
    for (const path of ["/nowhere", "/cases/0", "/cases/1/nowhere", "/cases/%E0%A4%A"]) {
        const page = await t.page(server, "ann", path);
        await page.getByRole("heading", { level: 1, name: "There is no such page." }).waitFor();
    }
});

test("buttons that write are not there for those who only read", async (t) => {
    t.allow(403, 404);
    for (const path of [
        "/cases",
        "/sets",
        "/series",
        "/victims",
        "/cases/1",
        "/cases/1/stacks",
        "/cases/1/identifiers",
        "/cases/1/enquiries",
        "/cases/1/links",
    ]) {
        const page = await t.page(server, "aud", path);
        await quiet(page);
        const names = await page.locator("main").getByRole("button").allTextContents();
        const writes = names.filter((name) =>
            /^(open|new|make|add|start|close|import|remove|withdraw|ask)\b/i.test(name.trim()),
        );
        assert.deepEqual(writes, [], `${path}: ${names}`);
        await page.context().close();
    }
});
