// SPDX-License-Identifier: Apache-2.0
//
// Writes web/src/api/schema.ts from api/openapi.yaml; with --check compares only and says whether
// the committed file is what the description gives.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const description = new URL("../../api/openapi.yaml", import.meta.url);
const target = fileURLToPath(new URL("../src/api/schema.ts", import.meta.url));

const text =
    "// SPDX-License-Identifier: Apache-2.0\n" +
    "// Written by web/types/generate.mjs from api/openapi.yaml; not to be edited.\n\n" +
    astToString(await openapiTS(description));

if (process.argv.includes("--check")) {
    let committed = "";
    try {
        committed = readFileSync(target, "utf8");
    } catch {
        // Not there: differs.
    }
    if (committed !== text) {
        console.error("web/src/api/schema.ts is not what api/openapi.yaml gives: run make types");
        process.exit(1);
    }
} else {
    writeFileSync(target, text);
}
