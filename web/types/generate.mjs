// SPDX-License-Identifier: Apache-2.0
//
// Writes from api/openapi.yaml what the desk must know of it: the types of the API, and which writes take
// no Idempotency-Key. With --check compares only and says whether the committed files are what the
// description gives.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const description = new URL("../../api/openapi.yaml", import.meta.url);
const HEAD =
    "// SPDX-License-Identifier: Apache-2.0\n// Written by web/types/generate.mjs from api/openapi.yaml; not to be edited.\n\n";

// "post /api/v1/session" for each operation that is marked; read by its lines, which test_openapi.py
// keeps in this form.
function unrepeatable() {
    const found = [];
    let path = "";
    let method = "";
    for (const line of readFileSync(description, "utf8").split("\n")) {
        path = /^ {2}(\/\S+):$/.exec(line)?.[1] ?? path;
        method = /^ {4}(get|post|put|patch|delete):$/.exec(line)?.[1] ?? method;
        if (line === "      x-unrepeatable: true") found.push(`${method} ${path}`);
    }
    const rows = found.map((operation) => `    "${operation}",\n`).join("");
    return (
        "// Writes that take no Idempotency-Key; the server refuses one on them.\n" +
        `export const unrepeatable: ReadonlySet<string> = new Set([\n${rows}]);\n`
    );
}

const files = {
    "schema.ts": HEAD + astToString(await openapiTS(description)),
    "unrepeatable.ts": HEAD + unrepeatable(),
};

function committed(path) {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return ""; // not there: differs
    }
}

for (const [name, text] of Object.entries(files)) {
    const path = fileURLToPath(new URL(`../src/api/${name}`, import.meta.url));
    if (!process.argv.includes("--check")) {
        writeFileSync(path, text);
    } else if (committed(path) !== text) {
        console.error(`web/src/api/${name} is not what api/openapi.yaml gives: run make types`);
        process.exitCode = 1;
    }
}
