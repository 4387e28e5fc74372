// SPDX-License-Identifier: Apache-2.0
//
// What holds of every page: rules of WCAG that a program can check, small windows, large letters,
// forced colours, the keyboard alone.
import assert from "node:assert/strict";
import { axe, quiet, shared, sideways, tabWalk, toStart } from "./harness.mjs";
import { furnish, pagesOf } from "./pages.mjs";
import { before, test } from "./test.mjs";

let server;
let pages;

before(async () => {
    server = await shared();
    pages = pagesOf(server, await furnish(server));
});

// Looks at each page in one context for each person; what `look` returns are faults.
async function faultsOf(t, options, look, chosen = () => true) {
    const faults = [];
    const open = new Map();
    for (const [who, path] of pages.filter((row) => chosen(row[1]))) {
        if (!open.has(who)) open.set(who, await t.page(server, who, "/help", options));
        const page = open.get(who);
        const before = await page.locator("h1").first().elementHandle();
        await page.evaluate((to) => {
            location.hash = to;
        }, `#${path}`);
        if (path !== "/help") await before?.waitForElementState("hidden").catch(() => null);
        await page.locator("h1").first().waitFor();
        await quiet(page);
        for (const fault of await look(page, path)) faults.push(`${path}: ${fault}`);
    }
    return faults;
}

for (const colorScheme of ["light", "dark"]) {
    test(`axe finds nothing on the pages of a case, ${colorScheme}`, async (t) => {
        t.allow(403, 404);
        assert.deepEqual(await faultsOf(t, { colorScheme }, axe, (path) => path.startsWith("/cases/")), []);
    });
    test(`axe finds nothing on the pages outside of cases, ${colorScheme}`, async (t) => {
        t.allow(403, 404);
        assert.deepEqual(await faultsOf(t, { colorScheme }, axe, (path) => !path.startsWith("/cases/")), []);
    });
}

test("axe finds nothing on the pages for signing in, light and dark", async (t) => {
    t.allow(403, 422);
    for (const colorScheme of ["light", "dark"])
        for (const path of ["/", "/link/0", `/invitation/${"0".repeat(64)}`]) {
            const page = await t.page(server, null, path, { colorScheme });
            await quiet(page);
            assert.deepEqual(await axe(page), [], path);
        }
});

async function fits(page) {
    const { over, what } = await sideways(page);
    return over > 0 ? [`${over} px too wide: ${what.join(", ")}`] : [];
}

test("no page scrolls sideways at 320 pixels", async (t) => {
    t.allow(403, 404);
    assert.deepEqual(await faultsOf(t, { viewport: { width: 320, height: 640 } }, fits), []);
});

test("no page scrolls sideways at 200 per cent of a window of 1280 by 800", async (t) => {
    t.allow(403, 404);
    assert.deepEqual(await faultsOf(t, { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }, fits), []);
});

test("letters of twice the size cut nothing off", async (t) => {
    t.allow(403, 404);
    const faults = await faultsOf(t, {}, async (page) => {
        await page.evaluate(() => {
            document.documentElement.style.fontSize = "200%";
        });
        return fits(page);
    });
    assert.deepEqual(faults, []);
});

test("in forced colours axe finds nothing and buttons keep an edge", async (t) => {
    t.allow(403, 404);
    const faults = await faultsOf(t, { forcedColors: "active" }, (page) =>
        page.evaluate(() =>
            [
                ...document.querySelectorAll(
                    "main button, main .button, main input:not([type=checkbox]):not([type=radio]):not([type=range]):not([type=file]), main select",
                ),
            ]
                .filter((element) => element.checkVisibility() && !element.matches(".hidden-text, .quiet"))
                .filter((element) => getComputedStyle(element).borderTopStyle === "none")
                .map((element) => `no edge: ${element.outerHTML.slice(0, 120)}`),
        ),
    );
    assert.deepEqual(faults, []);
});

test("the keyboard reaches everything, and its place can always be seen", async (t) => {
    t.allow(403, 404);
    const faults = await faultsOf(t, {}, async (page) => {
        // A heading that takes the focus as its page comes is no stop of the keyboard.
        const walked = (await tabWalk(page, 120)).filter((at) => !at.name.startsWith("h1 "));
        const found = walked.filter((at) => !at.isSeen).map((at) => `focus not seen: ${at.name}`);
        found.push(...walked.filter((at) => !at.isInView).map((at) => `focus out of view: ${at.name}`));
        if (walked.length < 80) {
            const missed = await page.evaluate(() => {
                const seen = (element) => element.dataset.walked !== undefined;
                return [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
                    .filter(
                        (element) =>
                            element.checkVisibility({ visibilityProperty: true }) &&
                            !element.disabled &&
                            element.tabIndex >= 0 &&
                            !seen(element) &&
                            element.closest("[role=grid], [data-goes-on]") === null &&
                            !(element.type === "radio" && [...document.getElementsByName(element.name)].some(seen)),
                    )
                    .map((element) => element.outerHTML.slice(0, 100));
            });
            found.push(...missed.map((html) => `not reached: ${html}`));
        }
        return found;
    });
    assert.deepEqual(faults, []);
});

test("the first stop of the keyboard skips to the content", async (t) => {
    const page = await t.page(server, "ann", "/cases");
    await toStart(page);
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Skip to the content" });
    assert.equal(await skip.evaluate((element) => element === document.activeElement), true);
    assert.ok((await skip.boundingBox()).y >= 0, "it is seen");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "content");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.closest("main") !== null), true);
});

test("a new page says its name: the title changes and its heading has the focus", async (t) => {
    const page = await t.page(server, "ann", "/cases");
    for (const name of ["Series", "Victims", "Sets"]) {
        await page.getByRole("link", { name, exact: true }).click();
        await page.getByRole("heading", { level: 1, name }).waitFor();
        assert.match(await page.title(), new RegExp(`^${name} · Clew$`));
        assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1");
    }
});

test("every page has one heading of the first level and none is skipped", async (t) => {
    t.allow(403, 404);
    const faults = await faultsOf(t, {}, (page) =>
        page.evaluate(() => {
            const levels = [...document.querySelectorAll("h1, h2, h3, h4")]
                .filter((head) => head.checkVisibility())
                .map((head) => Number(head.tagName[1]));
            const ones = levels.filter((level) => level === 1).length;
            const faults = ones === 1 ? [] : [`${ones} headings of the first level`];
            if (levels.some((level, i) => i > 0 && level > levels[i - 1] + 1)) faults.push(`levels ${levels}`);
            return faults;
        }),
    );
    assert.deepEqual(faults, []);
});

test("nothing moves for those who asked for that", async (t) => {
    t.allow(403, 404);
    const faults = await faultsOf(t, { reducedMotion: "reduce" }, (page) =>
        page.evaluate(() =>
            document.getAnimations().map((animation) => `moves: ${animation.effect?.target?.className}`),
        ),
    );
    assert.deepEqual(faults, []);
});
