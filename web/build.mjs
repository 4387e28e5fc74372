// SPDX-License-Identifier: Apache-2.0
//
// Builds the desk: node build.mjs FOLDER
//
// Writes index.html and, named by a hash of their content so that they can be kept for ever, one
// script, one style sheet and the typeface; beside each text its compressed form (.gz). The same
// sources give the same bytes. Types are checked by `npm run check`, not here.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const HASH_DIGITS = 12;
const COMPRESSED = new Set([".html", ".js", ".css", ".svg"]);
const OURS = /^(index\.html|(desk|icon|source-sans-3)[a-z0-9-]*\.[a-z0-9]+)(\.gz)?$/;

function hashed(name, content) {
    const hash = createHash("sha256").update(content).digest("hex").slice(0, HASH_DIGITS);
    return `${basename(name, extname(name))}-${hash}${extname(name)}`;
}

function replaceNames(text, names) {
    for (const [name, unique] of names)
        text = text.replaceAll(`/${name}`, `/${unique}`);
    return text;
}

async function bundle() {
    const result = await build({
        absWorkingDir: here,
        entryPoints: { desk: "src/main.tsx" },
        outdir: "out",
        publicPath: "/",
        write: false,
        bundle: true,
        minify: true,
        format: "esm",
        target: ["chrome111", "firefox115", "safari16.4"],
        jsx: "automatic",
        jsxImportSource: "preact",
        assetNames: "[name]",
        loader: { ".woff2": "file" },
        legalComments: "none",
        logLevel: "warning",
    });
    return new Map(result.outputFiles.map((file) => [basename(file.path), Buffer.from(file.contents)]));
}

// Pictures and fonts first, what names them after.
async function files() {
    const parts = await bundle();
    parts.set("icon.svg", readFileSync(join(here, "icon.svg")));
    const names = new Map();
    const done = new Map();
    const finish = (name, content) => {
        names.set(name, hashed(name, content));
        done.set(names.get(name), content);
    };
    for (const [name, content] of parts)
        if (![".js", ".css"].includes(extname(name)))
            finish(name, content);
    for (const name of ["desk.css", "desk.js"])
        finish(name, Buffer.from(replaceNames(parts.get(name).toString(), names)));
    const page = readFileSync(join(here, "index.html"), "utf8");
    done.set("index.html", Buffer.from(replaceNames(page, names)));
    return done;
}

function write(folder, content) {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder))
        if (OURS.test(name))
            rmSync(join(folder, name));
    for (const [name, bytes] of content) {
        writeFileSync(join(folder, name), bytes);
        if (COMPRESSED.has(extname(name)))
            writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    }
}

const folder = process.argv[2];
if (folder === undefined || process.argv.length !== 3) {
    console.error("usage: node build.mjs FOLDER");
    process.exit(2);
}
write(folder, await files());
