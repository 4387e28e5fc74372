// SPDX-License-Identifier: Apache-2.0
//
// The page of one media and the pages of stacks.
import assert from "node:assert/strict";
import { quiet, shared } from "./harness.mjs";
import { before, test } from "./test.mjs";

let server;
// By what they are: numbers of media and stacks of the case.
const found = {};

before(async () => {
    server = await shared();
    const { items } = await server.call("ann", "GET", `/cases/${server.case}/media?limit=200`);
    found.known = items.find((one) => one.kind === "notable");
    const stacks = (await server.call("ann", "GET", `/cases/${server.case}/stacks?order=size`)).items;
    found.stack = stacks[0];
    found.picture = items.find((one) => one.stack === found.stack.stack && one.likeness === null);
    found.other = items.find((one) => one.stack === found.stack.stack && one.likeness?.distance > 10);
    for (const film of items.filter((one) => one.family === "video" && one.kind === "new")) {
        const whole = await server.call("ann", "GET", `/cases/${server.case}/media/${film.media}`);
        if (whole.matches.length > 0) found.film ??= whole;
    }
    const wholes = items.filter((one) => one.findings.some((finding) => finding.type === "carved"));
    found.carved = wholes[0];
});

function at(media) {
    return `/cases/${server.case}/media/${media.media}`;
}

function revealsOf(t) {
    return t.requests.filter((one) => one.method === "POST" && /\/(reveals|views)$/.test(one.path));
}

function part(page, name) {
    return page.getByRole("region", { name, exact: true });
}

test("a media's page asks for no picture; one press shows it, Escape hides it", async (t) => {
    const page = await t.page(server, "ann", at(found.picture));
    const picture = part(page, "Picture");
    await picture.getByRole("button", { name: "Show", exact: true }).waitFor();
    await quiet(page);
    assert.equal(revealsOf(t).length, 0);
    await picture.getByRole("button", { name: "Show", exact: true }).click();
    await page.locator("canvas").waitFor();
    assert.equal(revealsOf(t).length, 1);
    await page.keyboard.press("Escape");
    await page.locator("canvas").waitFor({ state: "detached" });
});

test("frames of a video are shown by one press and hide together", async (t) => {
    const page = await t.page(server, "ann", at(found.film));
    const frames = found.film.previews.filter((preview) => preview.kind === "strip").length;
    await page.getByRole("button", { name: "Show the frames" }).click();
    await page.waitForFunction((count) => document.querySelectorAll("canvas").length === count, frames);
    assert.equal(revealsOf(t).length, frames);
    await page.evaluate(() => dispatchEvent(new Event("blur")));
    await page.waitForFunction(() => document.querySelectorAll("canvas").length === 0);
});

test("matched parts of a video stand in words and in a table", async (t) => {
    const page = await t.page(server, "ann", at(found.film));
    const lists = part(page, "What lists say");
    assert.match(
        await lists.locator(".segments").first().innerText(),
        /\d\d:\d\d to \d\d:\d\d is \d\d:\d\d to .* of the known film, speed ×1\.0/,
    );
    await lists.getByText("As a table", { exact: true }).first().click();
    await lists.getByRole("columnheader", { name: "Known film" }).first().waitFor();
});

test("of known material nothing is offered but opening it with a reason, and that to few", async (t) => {
    for (const [who, offered] of [
        ["ann", ["Open with a reason"]],
        ["bob", []],
        ["aud", []],
    ]) {
        const page = await t.page(server, who, at(found.known));
        const picture = part(page, "Picture");
        await picture.getByText("This is known material").waitFor();
        assert.deepEqual(await picture.getByRole("button").allInnerTexts(), offered, who);
        await part(page, "What lists say").getByRole("heading", { name: "Certain: the same file" }).waitFor();
    }
    const page = await t.page(server, "ann", at(found.known));
    await page.getByRole("button", { name: "Open with a reason" }).click();
    assert.equal(await page.getByRole("dialog").getByRole("button", { name: "Show" }).isDisabled(), true);
    assert.equal(revealsOf(t).length, 0);
});

test("regions that differ are boxes on an empty frame, and over the picture while it is shown", async (t) => {
    const page = await t.page(server, "ann", at(found.picture));
    const compare = part(page, "Compare with another");
    await compare.getByLabel("With", { exact: true }).selectOption(String(found.other.media));
    await compare.getByRole("button", { name: "Compare" }).click();
    await compare.getByRole("status").waitFor();
    const boxes = await compare.locator("rect.region-box").count();
    assert.equal(await compare.getByRole("listitem").count(), boxes);
    assert.equal(revealsOf(t).length, 0);
    if ((await compare.locator("svg").count()) === 0) return;
    const picture = part(page, "Picture");
    assert.equal(await picture.locator("svg").count(), 0);
    await picture.getByRole("button", { name: "Show", exact: true }).click();
    await page.locator("canvas").waitFor();
    assert.equal(await picture.locator("rect.region-box").count(), boxes);
});

test("a vote is cast with the scheme's words and taken back; a tag is set and removed", async (t) => {
    const page = await t.page(server, "ann", at(found.carved));
    const votes = part(page, "Votes and decisions");
    await votes.getByRole("button", { name: "1 · Category 1" }).click();
    await votes.getByRole("button", { name: "Take it back" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Take it back" }).click();
    await votes.getByText("taken back", { exact: true }).waitFor();
    const notes = part(page, "Notes and tags");
    await notes.getByLabel("Tag", { exact: true }).fill("quay");
    await notes.getByRole("button", { name: "Set tag" }).click();
    await part(page, "What it is").getByText("quay").waitFor();
    await notes.getByRole("button", { name: "Remove the tag quay" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await notes.getByText("No tags.").waitFor();
    await page.waitForFunction(() => document.activeElement?.closest("section")?.innerText.includes("No tags."));
});

test("an auditor is offered no vote, no note, no export and no picture", async (t) => {
    const page = await t.page(server, "aud", at(found.picture));
    await part(page, "Picture").getByText("Your role does not include seeing pictures").waitFor();
    await quiet(page);
    const names = await page.locator("main").getByRole("button").allInnerTexts();
    assert.deepEqual(
        names.filter((name) => !/Copy|more$/.test(name)),
        [],
    );
});

test("stacks are ordered and filtered in the address; one lists its media, the leader first", async (t) => {
    const page = await t.page(server, "ann", `/cases/${server.case}/stacks`);
    await page.getByLabel("Order").selectOption("size");
    await page.waitForFunction(() => location.hash.includes("order=size"));
    await page
        .getByRole("rowheader")
        .first()
        .getByRole("link", { name: `Stack ${found.stack.stack}`, exact: true })
        .click();
    await page.getByRole("heading", { name: `Stack ${found.stack.stack}`, level: 1 }).waitFor();
    const first = page.getByRole("row").nth(1);
    await first.getByText("leader", { exact: true }).waitFor();
    await first.getByRole("link").click();
    await page.getByRole("heading", { name: `Media ${found.stack.leader.media}`, level: 1 }).waitFor();
    await page.getByRole("link", { name: "Next", exact: true }).click();
    await page.getByRole("link", { name: "Previous", exact: true }).waitFor();
    assert.equal(revealsOf(t).length, 0);
});
