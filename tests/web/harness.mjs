// SPDX-License-Identifier: Apache-2.0
//
// What tests of the desk are made of: a server with people (server.py), one browser, and for each
// test contexts that are signed in, that record requests and complaints, and that fail the test when
// the page logs an error, throws, breaks its content security policy or is refused unexpectedly.
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export { sleep };
export const here = dirname(fileURLToPath(import.meta.url));

const CHROMIUM = process.env.CLEW_CHROMIUM ?? "/usr/bin/chromium";
const BROWSER = {
    executablePath: CHROMIUM,
    args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
    ],
};
const STEP_SECONDS = 30;
const START_MS = 240_000;

// ---- The server ----

export class Server {
    #child;
    #lines;

    constructor(child, lines, said) {
        Object.assign(this, said);
        this.#child = child;
        this.#lines = lines;
    }

    // Options of server.py: start("--bare").
    static async start(...options) {
        const child = spawn("python3", [join(here, "server.py"), ...options], { stdio: ["pipe", "pipe", "inherit"] });
        const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
        const late = setTimeoutOf(() => child.kill(), START_MS);
        const first = await lines.next();
        clearTimeout(late);
        if (first.done) throw new Error("the server of the tests did not start");
        return new Server(child, lines, JSON.parse(first.value));
    }

    // A line of server.py: ask("age-leases").
    async ask(line) {
        this.#child.stdin.write(`${line}\n`);
        const reply = await this.#lines.next();
        if (reply.done) throw new Error(`the server of the tests ended at: ${line}`);
        return JSON.parse(reply.value).answer;
    }

    async stop() {
        if (this.#child.exitCode !== null) return;
        const ended = new Promise((resolve) => this.#child.once("exit", resolve));
        this.#child.stdin.end();
        await ended;
    }

    // A call of the API as somebody; the parsed reply, or an error with its status.
    async call(name, method, path, body, headers = {}) {
        const one = this.people[name];
        const reply = await fetch(`${this.url}/api/v1${path}`, {
            method,
            headers: {
                Cookie: `clew-session=${one.session}`,
                "X-CSRF-Token": one.csrf,
                ...(body !== undefined && { "Content-Type": "application/json" }),
                ...headers,
            },
            ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        const type = reply.headers.get("content-type") ?? "";
        const content = type.includes("json") ? await reply.json() : Buffer.from(await reply.arrayBuffer());
        if (!reply.ok)
            throw Object.assign(new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(content)}`), {
                status: reply.status,
                content,
            });
        return content;
    }
}

function setTimeoutOf(run, after) {
    const timer = globalThis.setTimeout(run, after);
    timer.unref();
    return timer;
}

// Servers by their options, made when first asked for and shared by all tests that ask for the same.
const servers = new Map();

export function shared(...options) {
    const key = options.join(" ");
    if (!servers.has(key)) servers.set(key, Server.start(...options));
    return servers.get(key);
}

// ---- Codes ----

function base32(text) {
    let bits = "";
    for (const letter of text.toUpperCase().replace(/[^A-Z2-7]/g, ""))
        bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
    return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

export function totp(secret, step) {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const digest = createHmac("sha1", base32(secret)).update(counter).digest();
    const at = digest[19] & 15;
    return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

// A code that was not used yet; waits for one when there is none.
export async function freshCode(person) {
    const now = Math.floor(Date.now() / 1000 / STEP_SECONDS);
    const step = Math.max(now, (person.last_step ?? 0) + 1);
    if (step > now + 1) await sleep((step - 1) * STEP_SECONDS * 1000 - Date.now() + 200);
    person.last_step = step;
    return totp(person.secret, step);
}

// Calls without an answer yet, of each page.
const onItsWay = new WeakMap();
const QUIET_MS = 250;

// Resolves when the page has waited for nothing for a while; page.waitForLoadState() looks at the first
// load alone. At most some seconds: a test that holds a call back has its reasons.
export async function quiet(page, limitMs = 4000) {
    const until = Date.now() + limitMs;
    for (let since = Date.now(); Date.now() - since < QUIET_MS && Date.now() < until; await sleep(50))
        if (onItsWay.get(page).size > 0) since = Date.now();
}

// ---- The browser ----

let browser = null;

export async function theBrowser() {
    browser ??= await chromium.launch(BROWSER);
    return browser;
}

export async function closeAll() {
    await browser?.close();
    browser = null;
    const all = await Promise.allSettled(servers.values());
    servers.clear();
    await Promise.all(all.map((server) => (server.status === "fulfilled" ? server.value.stop() : null)));
}

const SHOTS = join(tmpdir(), `clew-desk-failures-${process.pid}`);

// What one test gets. Everything it opens is closed behind it.
export class Tools {
    #contexts = [];
    #closers = [];
    complaints = [];
    // Of all pages: { method, path, status, at }.
    requests = [];
    #allowed = new Set();
    #mayFail = false;

    // Statuses that the test expects to be refused with: the browser logs each as an error.
    allow(...statuses) {
        for (const status of statuses) this.#allowed.add(status);
    }

    // Requests may fail: the test takes the network away.
    allowOffline() {
        this.#mayFail = true;
    }

    onEnd(close) {
        this.#closers.push(close);
    }

    #watchPage(page) {
        page.setDefaultTimeout(10_000);
        onItsWay.set(page, new Set());
        page.on("request", (request) => {
            if (request.resourceType() !== "eventsource") onItsWay.get(page).add(request);
        });
        for (const end of ["requestfinished", "requestfailed"])
            page.on(end, (request) => onItsWay.get(page).delete(request));
        page.on("pageerror", (error) => this.complaints.push(`thrown in the page: ${error.stack ?? error}`));
        page.on("console", (message) => {
            if (message.type() !== "error" && message.type() !== "warning") return;
            const text = message.text();
            // What was refused or not reached is judged by status below.
            if (text.startsWith("Failed to load resource:")) return;
            // No browser knows every feature that the server forbids.
            if (text.includes("Permissions-Policy header: Unrecognized feature")) return;
            this.complaints.push(`logged in the page: ${text} (${message.location().url})`);
        });
        page.on("requestfinished", async (request) => {
            const reply = await request.response().catch(() => null);
            this.#note(request, reply?.status() ?? 0);
        });
        page.on("requestfailed", (request) => {
            const why = request.failure()?.errorText ?? "";
            this.#note(request, 0);
            if (!this.#mayFail && !why.includes("ERR_ABORTED"))
                this.complaints.push(`not reached: ${request.method()} ${request.url()} ${why}`);
        });
    }

    #note(request, status) {
        const url = new URL(request.url());
        if (url.protocol !== "http:") return;
        const row = {
            method: request.method(),
            path: url.pathname + url.search,
            status,
            at: Date.now(),
            body: request.postData(),
            key: request.headers()["idempotency-key"],
        };
        this.requests.push(row);
        const firstLook = status === 401 && row.method === "GET" && url.pathname === "/api/v1/session";
        if (status >= 400 && !firstLook && !this.#allowed.has(status))
            this.complaints.push(`refused: ${row.method} ${row.path} with ${status}`);
    }

    async #prepare(context) {
        this.#contexts.push(context);
        context.on("page", (page) => this.#watchPage(page));
        await context.addInitScript(() => {
            document.addEventListener("securitypolicyviolation", (event) =>
                console.error(
                    `content security policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`,
                ),
            );
        });
        return context;
    }

    // Signed in as `who`, a name of the server's people; null: as nobody.
    async context(server, who, options = {}) {
        const context = await (
            await theBrowser()
        ).newContext({
            viewport: { width: 1280, height: 800 },
            locale: "en-GB",
            timezoneId: "Europe/Amsterdam",
            ...options,
        });
        if (who !== null)
            await context.addCookies([{ name: "clew-session", value: server.people[who].session, url: server.url }]);
        return this.#prepare(context);
    }

    // At "#PATH" of the desk, once it shows a heading.
    async page(server, who, path = "/cases", options = {}) {
        const { origin = server.url, ...rest } = options;
        const context = await this.context(server, who, rest);
        const page = await context.newPage();
        await page.goto(`${origin}/#${path}`);
        await page.locator("h1").first().waitFor();
        await quiet(page);
        return page;
    }

    // A browser of its own with a profile in a folder: { page, folder, close }.
    async profile(server, who, path) {
        const folder = mkdtempSync(join(tmpdir(), "clew-desk-profile-"));
        this.onEnd(() => rmSync(folder, { recursive: true, force: true }));
        const context = await chromium.launchPersistentContext(folder, {
            ...BROWSER,
            viewport: { width: 1280, height: 800 },
            locale: "en-GB",
        });
        await this.#prepare(context);
        for (const page of context.pages()) this.#watchPage(page);
        await context.addCookies([{ name: "clew-session", value: server.people[who].session, url: server.url }]);
        const page = context.pages()[0] ?? (await context.newPage());
        await page.goto(`${server.url}/#${path}`);
        await page.locator("h1").first().waitFor();
        return { page, folder, close: () => context.close() };
    }

    async proxy(server, options) {
        const proxy = await Proxy.start(server.url, options);
        this.onEnd(() => proxy.stop());
        return proxy;
    }

    // Calls of the API that went to PATTERN since the test began.
    asked(pattern, method) {
        return this.requests.filter((row) => pattern.test(row.path) && (method === undefined || row.method === method));
    }

    async end(name, failed) {
        if (failed) {
            mkdirSync(SHOTS, { recursive: true });
            for (const [i, page] of this.#contexts.flatMap((context) => context.pages()).entries()) {
                const path = join(SHOTS, `${name.replace(/[^a-z0-9]+/gi, "-").slice(0, 80)}-${i}.png`);
                await page.screenshot({ path, timeout: 5000 }).then(
                    () => console.log(`# ${page.url().replace(/\/link\/.*/, "/link/…")}: ${path}`),
                    () => null,
                );
            }
        }
        await Promise.all(this.#contexts.map((context) => context.close().catch(() => null)));
        for (const close of this.#closers.reverse()) await close();
    }
}

// ---- A network that is slow or gone ----

// Stands before the server, as one that has the server's own name.
export class Proxy {
    delayMs = 0;
    #isGone = false;
    #server;
    #agent = new http.Agent({ keepAlive: true });
    #links = new Set();

    static async start(url, { delayMs = 0 } = {}) {
        const proxy = new Proxy();
        proxy.delayMs = delayMs;
        const target = new URL(url);
        proxy.#server = http.createServer((request, reply) => proxy.#pass(request, reply, target));
        proxy.#server.on("connection", (link) => {
            if (proxy.#isGone) {
                link.destroy();
                return;
            }
            proxy.#links.add(link);
            link.on("close", () => proxy.#links.delete(link));
        });
        await new Promise((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
        proxy.url = `http://127.0.0.1:${proxy.#server.address().port}`;
        return proxy;
    }

    // Half of the delay each way.
    async #pass(request, reply, target) {
        const parts = [];
        for await (const part of request) parts.push(part);
        await sleep(this.delayMs / 2);
        const headers = {
            ...request.headers,
            host: target.host,
            ...(request.headers.origin && { origin: target.origin }),
        };
        const further = http.request({
            host: target.hostname,
            port: target.port,
            method: request.method,
            path: request.url,
            headers,
            agent: this.#agent,
        });
        further.on("error", () => reply.destroy());
        further.on("response", async (answer) => {
            await sleep(this.delayMs / 2);
            if (reply.destroyed) return;
            reply.writeHead(answer.statusCode, answer.rawHeaders);
            answer.pipe(reply);
        });
        further.end(Buffer.concat(parts));
    }

    // Nothing gets through, and what was on its way is lost.
    cut() {
        this.#isGone = true;
        for (const link of this.#links) link.destroy();
    }

    mend() {
        this.#isGone = false;
    }

    async stop() {
        this.cut();
        this.#agent.destroy();
        await new Promise((resolve) => this.#server.close(resolve));
    }
}

// ---- What can be said of a page ----

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// Violations as lines; none is what one wants.
export async function axe(page) {
    await page.evaluate(AXE);
    const found = await page.evaluate(
        (tags) => globalThis.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }),
        AXE_TAGS,
    );
    return found.violations.flatMap(({ id, help, nodes }) =>
        nodes
            .slice(0, 3)
            .map(
                (node) =>
                    `${id}: ${help}: ${node.html.slice(0, 160)} ${(node.failureSummary ?? "").replace(/\s+/g, " ").slice(0, 200)}`,
            ),
    );
}

// By how much the page itself is wider than its window, and what sticks out.
export function sideways(page) {
    return page.evaluate(() => {
        const wide = document.documentElement.clientWidth;
        const over = document.documentElement.scrollWidth - wide;
        if (over <= 0) return { over: 0, what: [] };
        const isKept = (element) => {
            for (let at = element.parentElement; at !== null; at = at.parentElement)
                if (/(auto|scroll|hidden|clip)/.test(getComputedStyle(at).overflowX) && at !== document.body)
                    return true;
            return false;
        };
        const what = [...document.body.querySelectorAll("*")]
            .filter((element) => element.getBoundingClientRect().right > wide + 0.5 && !isKept(element))
            .slice(0, 5)
            .map((element) => `${element.tagName.toLowerCase()}.${element.className}`);
        return { over, what };
    });
}

// The next Tab goes to the first stop of the page.
export function toStart(page) {
    return page.evaluate(() => {
        document.body.tabIndex = -1;
        document.body.focus();
        document.body.removeAttribute("tabindex");
    });
}

// Where Tab leads, from the start of the document until it comes round: each place once, with whether
// its focus can be seen.
export async function tabWalk(page, most = 150) {
    await toStart(page);
    const walked = [];
    for (let i = 0; i < most; i++) {
        await page.keyboard.press("Tab");
        const at = await page.evaluate(() => {
            const element = document.activeElement;
            if (element === null || element === document.body) return null;
            element.dataset.walked ??= String(document.querySelectorAll("[data-walked]").length + 1);
            const style = getComputedStyle(element);
            const box = element.getBoundingClientRect();
            const isSeen =
                (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
            return {
                id: element.dataset.walked,
                name: `${element.tagName.toLowerCase()} ${(
                    element.getAttribute("aria-label") ??
                    element.textContent ??
                    ""
                )
                    .trim()
                    .slice(0, 40)}`,
                isSeen,
                isInView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
            };
        });
        // A field for a date has several stops, one after the other.
        if (at !== null && walked.at(-1)?.id === at.id) continue;
        if (at === null || walked.some((other) => other.id === at.id)) break;
        walked.push(at);
    }
    return walked;
}

// What the origin of a page keeps in the browser: names of what is there.
export function kept(page) {
    return page.evaluate(async () => ({
        databases: (await indexedDB.databases()).map(({ name }) => name),
        local: Object.keys(localStorage),
        session: Object.keys(sessionStorage),
        caches: await caches.keys(),
    }));
}

// Answers calls of the API that PATTERN fits with this in place of the server.
export async function answerWith(page, pattern, status, body) {
    await page.route(
        (url) => pattern.test(url.pathname + url.search),
        (route) =>
            route.fulfill({
                status,
                contentType: status >= 400 ? "application/problem+json" : "application/json",
                body: JSON.stringify(body),
            }),
    );
}

export function problem(status, code, detail, more = {}) {
    return { type: "about:blank", title: code, status, code, detail, ...more };
}
