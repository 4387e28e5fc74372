// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { before, test } from "../test.mjs";
import { load } from "./load.mjs";

let format;

before(async () => {
    format = await load("src/format.ts");
});

test("numbers are grouped", () => {
    assert.equal(format.number(0), "0");
    assert.equal(format.number(1234567), "1,234,567");
});

test("a share that is neither nothing nor all is not said to be", () => {
    assert.equal(format.percent(0), "0%");
    assert.equal(format.percent(1), "100%");
    assert.equal(format.percent(0.253), "25.3%");
    assert.match(format.percent(0.00001), /^< 0\.1%$/);
    assert.match(format.percent(0.99999), /^> 99\.9%$/);
});

test("sizes are in powers of 1,024 with at most one digit behind the point", () => {
    assert.equal(format.size(0), "0 B");
    assert.equal(format.size(1023), "1,023 B");
    assert.equal(format.size(1536), "1.5 KiB");
    assert.equal(format.size(150 * 1024), "150 KiB");
    assert.equal(format.size(3 * 1024 ** 3), "3 GiB");
    assert.equal(format.size(1024 ** 6), "1,024 PiB");
});

test("times name their zone", () => {
    const shown = format.time("2026-11-22T08:14:07Z");
    assert.match(shown, /22 Nov 2026/);
    assert.match(shown, /(UTC|GMT|CET|[A-Z]{2,5}|[+-]\d)/);
    assert.match(format.minute("2026-11-22T08:14:07Z"), /2026/);
});

test("a day is the day that was said, whatever the zone", () => {
    assert.match(format.day("2026-01-31T23:59:59Z"), /31 Jan 2026/);
    assert.match(format.day("2026-03-01"), /1 Mar 2026/);
});

test("durations are said in two units at most", () => {
    assert.equal(format.duration(0), "0 seconds");
    assert.equal(format.duration(61), "1 minute 1 second");
    assert.equal(format.duration(5400), "1 hour 30 minutes");
    assert.equal(format.duration(90061), "1 day 1 hour");
    assert.equal(format.duration(-5), "0 seconds");
});

test("places in a film are minutes and seconds, with hours where there are some", () => {
    assert.equal(format.clock(0), "00:00");
    assert.equal(format.clock(83_500), "01:23.5");
    assert.equal(format.clock(3_723_000), "1:02:03");
});
