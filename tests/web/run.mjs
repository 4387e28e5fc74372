// SPDX-License-Identifier: Apache-2.0
//
// Tests of the desk: node run.mjs [WORD…]
//
// Runs the tests of every unit/*.test.mjs and *.test.mjs (those whose file or name has one of the
// words), one after the other, and prints TAP. Needs CLEW_SOURCE, CLEW_BUILD, CLEW_TEST_MEDIA and
// CLEW_DESK, the folder of a built desk; without Chromium nothing passes.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { closeAll, here, theBrowser, Tools } from "./harness.mjs";
import { beginFile, preparations, tests } from "./test.mjs";

const LIMIT_MS = 60_000;

function comment(text) {
    for (const line of String(text).split("\n")) console.log(`# ${line}`);
}

function limited(work) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`it took more than ${LIMIT_MS / 1000} s`)), LIMIT_MS);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

// What the tests of a file share is made before the time of the first begins.
function prepare(file) {
    const prepared = preparations.get(file);
    if (typeof prepared === "function") preparations.set(file, prepared());
    return preparations.get(file);
}

async function passes({ file, name, run }) {
    const tools = new Tools();
    try {
        await prepare(file);
        await limited(Promise.resolve(run(tools)));
        if (tools.complaints.length > 0) throw new Error(tools.complaints.join("\n"));
        await tools.end(name, false);
        return true;
    } catch (error) {
        comment(error instanceof Error ? error.stack : error);
        for (const line of tools.complaints) comment(line);
        await tools.end(name, true).catch(comment);
        return false;
    }
}

async function main() {
    const words = process.argv.slice(2);
    for (const variable of ["CLEW_DESK", "CLEW_BUILD", "CLEW_SOURCE"])
        if (!process.env[variable]) throw new Error(`${variable} is not set`);
    await theBrowser();
    const names = ["unit", "."].flatMap((folder) =>
        readdirSync(join(here, folder))
            .sort()
            .filter((name) => name.endsWith(".test.mjs"))
            .map((name) => join(folder, name)),
    );
    for (const name of names) {
        beginFile(name);
        await import(pathToFileURL(join(here, name)));
    }
    const chosen = tests.filter(
        ({ file, name }) => words.length === 0 || words.some((word) => file.includes(word) || name.includes(word)),
    );
    console.log(`1..${chosen.length}`);
    let failures = 0;
    for (const [i, one] of chosen.entries()) {
        const began = Date.now();
        const good = await passes(one);
        failures += good ? 0 : 1;
        console.log(`${good ? "ok" : "not ok"} ${i + 1} - ${one.name}`);
        if (Date.now() - began > LIMIT_MS / 4) comment(`took ${((Date.now() - began) / 1000).toFixed(1)} s`);
    }
    return failures === 0 && chosen.length > 0 ? 0 : 1;
}

let status = 1;
try {
    status = await main();
} catch (error) {
    console.log(`Bail out! ${error.message}`);
    comment(error.stack);
}
await closeAll().catch(comment);
process.exit(status);
