// SPDX-License-Identifier: Apache-2.0
//
// Speed of the desk in Debian's Chromium, as a person meets it.
//
//     node bench_desk.mjs [--media N] [--decisions N]
//
// A case of N generated pictures (200,000 unless told), the desk of CLEW_DESK, the programs of
// CLEW_BUILD. Times begin at the key or the navigation and end with the frame that shows the result.
// Prints one line for each figure: ROW, name, value, unit, target.
import { performance } from "node:perf_hooks";
import { closeAll, Server, sleep, Tools } from "../tests/web/harness.mjs";

function option(name, otherwise) {
    const at = process.argv.indexOf(name);
    return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

const MEDIA = option("--media", 200_000);
const DECISIONS = option("--decisions", 2000);
const PREVIEWS = 128;
const DELAY_MS = 50;
const COLD_RUNS = 7;
const REVEALS = 60;
const NEXT_RUNS = 100;
const OUTAGE_MS = 5000;

function row(name, value, unit, target = "") {
    console.log(
        `row\t${name}\t${typeof value === "number" ? Math.round(value * 10) / 10 : value}\t${unit}\t${target}\t\t`,
    );
}

function share(values, part) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

// ---- In the page ----

// Before anything of the desk runs: what the rest of this file calls.
function install() {
    // Resolves with the time at which a frame shows that `holds`.
    globalThis.bench = {
        painted: (holds, limit = 20_000) =>
            new Promise((resolve, reject) => {
                const late = setTimeout(() => reject(new Error(`never: ${holds}`)), limit);
                const look = () => {
                    if (!holds()) {
                        requestAnimationFrame(look);
                        return;
                    }
                    clearTimeout(late);
                    // The task behind the frame in which it was drawn.
                    const channel = new MessageChannel();
                    channel.port1.onmessage = () => resolve(performance.now());
                    requestAnimationFrame(() => channel.port2.postMessage(null));
                };
                look();
            }),
        press: (code, key) => {
            const at = document.activeElement ?? document.body;
            for (const type of ["keydown", "keyup"])
                at.dispatchEvent(new KeyboardEvent(type, { code, key, bubbles: true, cancelable: true }));
        },
        current: () => document.activeElement?.getAttribute("aria-activedescendant") ?? null,
        // What can be decided now: the tile that has the mark, unless it is settled.
        isReady: () => {
            const tile = document.querySelector(".tile.current");
            return tile !== null && !tile.classList.contains("settled") && tile.querySelector(".tile-facts") !== null;
        },
        frames: () => {
            const gaps = [];
            let last = 0;
            let goes = true;
            const step = (now) => {
                if (last > 0) gaps.push(now - last);
                last = now;
                if (goes) requestAnimationFrame(step);
            };
            requestAnimationFrame(step);
            return () => {
                goes = false;
                return gaps;
            };
        },
    };
    const seen = () => {
        const found = document.querySelector("main tbody tr");
        if (found === null) {
            requestAnimationFrame(seen);
            return;
        }
        requestAnimationFrame(() => {
            globalThis.bench.firstRow = performance.now();
        });
    };
    if (location.hash === "#/cases") requestAnimationFrame(seen);
}

async function open(t, server, path, options = {}) {
    const { origin = server.url, who = "bob" } = options;
    const context = await t.context(server, who);
    await context.addInitScript(install);
    const page = await context.newPage();
    await page.goto(`${origin}/#${path}`);
    return page;
}

async function review(t, server, options) {
    const page = await open(t, server, `/cases/${server.generated}/review`, options);
    await page.waitForFunction(() => document.activeElement?.matches("[role=grid]") === true, null, {
        timeout: 60_000,
    });
    return page;
}

// ---- Figures ----

async function firstPage(t, server) {
    const times = [];
    let [needed, files, calls] = [0, 0, 0];
    for (let run = 0; run < COLD_RUNS; run++) {
        const context = await t.context(server, "bob");
        await context.addInitScript(install);
        const page = await context.newPage();
        const network = await context.newCDPSession(page);
        await network.send("Network.enable");
        const isCall = new Map();
        [files, calls] = [0, 0];
        network.on("Network.requestWillBeSent", ({ requestId, request }) =>
            isCall.set(requestId, request.url.includes("/api/")),
        );
        network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
            if (isCall.get(requestId)) calls += encodedDataLength;
            else files += encodedDataLength;
        });
        await page.goto(`${server.url}/#/cases`);
        await page.waitForFunction(() => globalThis.bench.firstRow !== undefined);
        times.push(await page.evaluate(() => globalThis.bench.firstRow));
        needed = await page.evaluate(() =>
            [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
                .filter((entry) => entry.responseEnd <= globalThis.bench.firstRow && !entry.name.includes("/api/"))
                .reduce((sum, entry) => sum + entry.transferSize, 0),
        );
        await page.waitForLoadState("networkidle");
        await context.close();
    }
    row("first useful page, cold cache, median", share(times, 0.5), "ms", "<= 1000");
    row("first useful page, cold cache, slowest", Math.max(...times), "ms");
    row("page weight, compressed, with typeface", needed / 1000, "KB", "<= 150");
    row("all pages of the desk, compressed", files / 1000, "KB");
    row("calls of the first page", calls / 1000, "KB");
}

async function nextStack(t, server) {
    const page = await review(t, server);
    const times = await page.evaluate(async (runs) => {
        const times = [];
        for (let i = 0; i < runs; i++) {
            await bench.painted(bench.isReady);
            const before = bench.current();
            const began = performance.now();
            bench.press(i % 2 === 0 ? "Digit1" : "Digit2", "1");
            times.push((await bench.painted(() => bench.current() !== before && bench.isReady())) - began);
        }
        return times;
    }, NEXT_RUNS);
    row("next stack after a decision, p50", share(times, 0.5), "ms");
    row("next stack after a decision, p95", share(times, 0.95), "ms", "<= 100");
    await page.context().close();
}

async function reveal(t, server, name, target, origin) {
    const media = (await server.call("bob", "GET", `/cases/${server.generated}/media/order`)).ids;
    // By the grid of all media: the first of them have previews.
    const page = await open(t, server, `/cases/${server.generated}/media`, { ...(origin !== undefined && { origin }) });
    await page.locator("[role=grid]").focus();
    await page.waitForFunction(() => globalThis.bench.isReady() || document.querySelector(".tile.current") !== null);
    await sleep(500);
    const times = await page.evaluate(
        async (runs) => {
            const times = [];
            for (let i = 0; i < runs; i++) {
                const began = performance.now();
                bench.press("KeyS", "s");
                times.push((await bench.painted(() => document.querySelector("main canvas") !== null)) - began);
                bench.press("KeyH", "h");
                await bench.painted(() => document.querySelector("main canvas") === null);
                bench.press("ArrowRight", "ArrowRight");
                await new Promise((resolve) => setTimeout(resolve, 120));
            }
            return times;
        },
        Math.min(REVEALS, media.length - 1),
    );
    row(`reveal${name}, p50`, share(times, 0.5), "ms");
    row(`reveal${name}, p95`, share(times, 0.95), "ms", target);
    await page.context().close();
}

async function usedHeap(page) {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("HeapProfiler.collectGarbage");
    await devtools.send("Performance.enable");
    const { metrics } = await devtools.send("Performance.getMetrics");
    await devtools.detach();
    return metrics.find(({ name }) => name === "JSHeapUsedSize").value;
}

async function decidedCount(server) {
    return (await server.call("ann", "GET", `/cases/${server.generated}/media/order?decision=decided`)).ids.length;
}

async function decisions(t, server) {
    const proxy = await t.proxy(server);
    const before = await decidedCount(server);
    const page = await review(t, server, { origin: proxy.url });
    const heap = await usedHeap(page);
    const outage = (async () => {
        await page.waitForFunction((half) => globalThis.bench.pressed >= half, DECISIONS / 2, { timeout: 200_000 });
        proxy.cut();
        await sleep(OUTAGE_MS);
        proxy.mend();
    })();
    const began = performance.now();
    const work = page.evaluate(async (wanted) => {
        const frames = bench.frames();
        bench.pressed = 0;
        while (bench.pressed < wanted) {
            if (bench.isReady()) {
                const before = bench.current();
                bench.press(bench.pressed % 2 === 0 ? "Digit1" : "Digit2", "1");
                bench.pressed++;
                // A mark that stays after a key was not moved by it.
                if (bench.current() === before) await new Promise((resolve) => requestAnimationFrame(resolve));
            }
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
        return frames();
    }, DECISIONS);
    const [gaps] = await Promise.all([work, outage]);
    const seconds = (performance.now() - began) / 1000;
    await page.locator("[data-waiting='0']").waitFor({ timeout: 120_000 });
    await sleep(500);
    const arrived = (await decidedCount(server)) - before;
    const growth = (await usedHeap(page)) - heap;
    row(`${DECISIONS} decisions with an outage, took`, seconds, "s");
    row(`${DECISIONS} decisions with an outage, lost`, DECISIONS - arrived, "", "0");
    row(`${DECISIONS} decisions with an outage, longest frame`, Math.max(...gaps), "ms", "<= 50");
    row(`${DECISIONS} decisions with an outage, frames over 50 ms`, gaps.filter((gap) => gap > 50).length, "", "0");
    row(`${DECISIONS} decisions with an outage, growth of the heap`, growth / 1e6, "MB", "<= 2");
    await page.context().close();
}

async function grid(t, server) {
    const page = await open(t, server, `/cases/${server.generated}/media`);
    await page.locator("[role=gridcell]").first().waitFor({ timeout: 60_000 });
    await sleep(1500);
    const report = (name, gaps) => {
        row(`grid of ${MEDIA}, ${name}, p95`, share(gaps, 0.95), "ms", "<= 20");
        row(`grid of ${MEDIA}, ${name}, worst`, Math.max(...gaps), "ms", "<= 50");
    };
    await page.locator("[role=grid]").hover();
    await page.evaluate(() => {
        bench.stop = bench.frames();
    });
    for (let i = 0; i < 60; i++) {
        await page.mouse.wheel(0, 400);
        await sleep(30);
    }
    report("wheel", await page.evaluate(() => bench.stop()));
    const scripts = {
        steady: { frames: 240, kind: "steady" },
        "page by page": { frames: 120, kind: "page" },
        "random jumps": { frames: 120, kind: "random" },
    };
    for (const [name, { frames, kind }] of Object.entries(scripts))
        report(
            name,
            await page.evaluate(
                async ([count, kind]) => {
                    const scroller = document.querySelector("[role=grid]");
                    const stop = bench.frames();
                    let seed = 1;
                    for (let i = 0; i < count; i++) {
                        seed = (seed * 1103515245 + 12345) % 2147483648;
                        if (kind === "steady") scroller.scrollTop += 97;
                        else if (i % 4 === 0)
                            scroller.scrollTop =
                                kind === "page"
                                    ? scroller.scrollTop + scroller.clientHeight
                                    : (seed / 2147483648) * scroller.scrollHeight;
                        await new Promise((resolve) => requestAnimationFrame(resolve));
                    }
                    return stop();
                },
                [frames, kind],
            ),
        );
    await page.context().close();
}

const t = new Tools();
t.allowOffline();
let server;
let status = 1;
try {
    const began = performance.now();
    server = await Server.start("--lean", "--generated", String(MEDIA), "--previews", String(PREVIEWS));
    row(`case of ${MEDIA} media, made in`, (performance.now() - began) / 1000, "s");
    await firstPage(t, server);
    await nextStack(t, server);
    await reveal(t, server, "", "<= 60");
    const far = await t.proxy(server, { delayMs: DELAY_MS });
    await reveal(t, server, ` with ${DELAY_MS} ms of delay`, "<= 150", far.url);
    await decisions(t, server);
    await grid(t, server);
    status = 0;
} catch (error) {
    console.error(error.stack);
}
for (const complaint of new Set(t.complaints)) console.log(`# ${complaint}`);
await t.end("bench", false).catch(() => null);
await server?.stop();
await closeAll();
process.exit(status);
