// SPDX-License-Identifier: Apache-2.0
//
// Builds the desk: node build.mjs FOLDER
//
// Writes index.html and, named by a hash of their content so that they can be kept for ever, the
// scripts (one for the frame, one for each page that is loaded when it is needed), one style sheet and
// the typeface; beside each text its compressed form (.gz). The same sources give the same bytes.
// Types are checked by `npm run check`, not here.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const HASH_DIGITS = 12;
const COMPRESSED = new Set([".html", ".js", ".css", ".svg"]);
const OURS = /^(index\.html|[a-z0-9-]+-[0-9a-f]{12}\.(js|css|svg|woff2))(\.gz)?$/;

async function bundle() {
    const result = await build({
        absWorkingDir: here,
        entryPoints: { desk: "src/main.tsx" },
        outdir: "out",
        publicPath: "/",
        write: false,
        bundle: true,
        splitting: true,
        minify: true,
        format: "esm",
        target: ["chrome111", "firefox115", "safari16.4"],
        jsx: "automatic",
        jsxImportSource: "preact",
        entryNames: "[name]-[hash]",
        chunkNames: "[name]-[hash]",
        assetNames: "[name]-[hash]",
        loader: { ".woff2": "file" },
        legalComments: "none",
        logLevel: "warning",
        metafile: true,
    });
    const parts = new Map(result.outputFiles.map((file) => [basename(file.path), Buffer.from(file.contents)]));
    // Only src/main.tsx names a style sheet: one that a page names would never be loaded with it.
    if ([...parts.keys()].filter((name) => extname(name) === ".css").length !== 1)
        throw new Error("there is more than one style sheet: import it in src/style/index.css");
    return { parts, first: neededFirst(result.metafile.outputs) };
}

// What the frame imports, and what that imports: named in the page, so that all is asked for at once.
function neededFirst(outputs) {
    const needed = new Set();
    const follow = (path) => {
        for (const found of outputs[path].imports) {
            if (found.kind !== "import-statement" || needed.has(found.path)) continue;
            needed.add(found.path);
            follow(found.path);
        }
    };
    follow(Object.keys(outputs).find((path) => outputs[path].entryPoint === "src/main.tsx"));
    return [...needed].map((path) => basename(path));
}

// clewd knows names that change with their content by a hash in hexadecimal digits: "desk-3f2a….js".
function uniqueName(name) {
    return name.replace(/-([A-Z0-9]{8})(\.[a-z0-9]+)$/, (_, hash, ending) => {
        const digits = createHash("sha256").update(hash).digest("hex").slice(0, HASH_DIGITS);
        return `-${digits}${ending}`;
    });
}

function replaceNames(content, names) {
    let text = content.toString();
    for (const [name, unique] of names) text = text.replaceAll(name, unique);
    return Buffer.from(text);
}

async function files() {
    const { parts, first } = await bundle();
    const icon = readFileSync(join(here, "icon.svg"));
    const names = [...parts.keys()].map((name) => [name, uniqueName(name)]);
    const done = new Map();
    for (const [name, content] of parts)
        done.set(uniqueName(name), [".js", ".css"].includes(extname(name)) ? replaceNames(content, names) : content);
    const iconName = `icon-${createHash("sha256").update(icon).digest("hex").slice(0, HASH_DIGITS)}.svg`;
    done.set(iconName, icon);
    // What the page itself names, it names without a hash.
    const plain = [...done.keys()].map((name) => [name.replace(/-[0-9a-f]{12}(\.[a-z0-9]+)$/, "$1"), name]);
    const asked = plain.filter(([name]) => /^(desk\.|icon\.|source-sans-3-latin-wght)/.test(name));
    const page = replaceNames(
        readFileSync(join(here, "index.html")),
        asked.map(([a, b]) => [`/${a}`, `/${b}`]),
    ).toString();
    const preloads = first.map((name) => `    <link rel="modulepreload" href="/${uniqueName(name)}">\n`);
    done.set("index.html", Buffer.from(page.replace("  </head>", () => `${preloads.join("")}  </head>`)));
    return done;
}

function write(folder, content) {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) if (OURS.test(name)) rmSync(join(folder, name));
    for (const [name, bytes] of content) {
        writeFileSync(join(folder, name), bytes);
        if (COMPRESSED.has(extname(name))) writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    }
}

const folder = process.argv[2];
if (folder === undefined || process.argv.length !== 3) {
    console.error("usage: node build.mjs FOLDER");
    process.exit(2);
}
write(folder, await files());
