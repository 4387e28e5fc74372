// SPDX-License-Identifier: Apache-2.0
//
// A module of the desk as plain JavaScript, to try it without a browser.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const WEB = join(process.env.CLEW_SOURCE, "web");
let count = 0;

// load("src/format.ts"): what it exports. Each call makes a module of its own, with fresh state.
// `code` may export from several, as one bundle that shares its stores.
export async function load(...names) {
    const folder = mkdtempSync(join(tmpdir(), "clew-desk-unit-"));
    const out = join(folder, `module-${++count}.mjs`);
    try {
        await build({
            stdin: {
                contents: names.map((name) => `export * from "./${name}";`).join("\n"),
                resolveDir: WEB,
                loader: "ts",
            },
            outfile: out,
            bundle: true,
            format: "esm",
            platform: "neutral",
            target: "node18",
            mainFields: ["module", "main"],
            conditions: ["import"],
            jsx: "automatic",
            jsxImportSource: "preact",
            loader: { ".css": "empty", ".woff2": "empty" },
            logLevel: "silent",
        });
        return await import(pathToFileURL(out).href);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
