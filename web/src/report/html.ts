// SPDX-License-Identifier: Apache-2.0
//
// A report as one HTML file that needs nothing else and runs nothing. Pure: a document in, text out.
// Whatever comes from the case passes escaped(); pictures must be base64 in data: addresses.
import type { ReportBlock, ReportColumn, ReportDocument, ReportPicture, ReportSection } from "./document.ts";

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
// Control characters have no place in HTML, apart from white space.
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
// Marks that turn the direction of text could make a name read as another one.
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;
const PICTURE = /^data:image\/(jpeg|png|webp);base64,[A-Za-z0-9+/]+={0,2}$/;

export function escaped(text: string): string {
    const code = (mark: string) => `[U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`;
    return text
        .replace(CONTROLS, code)
        .replace(TURNS, code)
        .replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? "");
}

// For a string within a style sheet.
function styled(text: string): string {
    return text.replace(/[^A-Za-z0-9 ]/gu, (mark) => `\\${(mark.codePointAt(0) ?? 0xfffd).toString(16)} `);
}

function style(foot: string): string {
    return `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 20px 48px; max-width: 960px; color: #1f2428; background: #fff;
    font: 15px/1.45 system-ui, "Segoe UI", "Noto Sans", sans-serif; font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 12px; }
h2 { font-size: 18px; line-height: 1.3; margin: 28px 0 8px; padding-top: 10px; border-top: 1px solid #7b858c;
    break-after: avoid; }
p { margin: 0 0 10px; max-width: 75ch; white-space: pre-line; }
dl { display: grid; grid-template-columns: minmax(120px, 30%) minmax(0, 1fr); gap: 3px 16px; margin: 0 0 12px; }
dt { color: #59636b; }
dd { margin: 0; white-space: pre-line; }
table { border-collapse: collapse; width: 100%; margin: 0 0 14px; font-size: 14px; }
caption { text-align: left; font-weight: 600; padding: 4px 0; break-after: avoid; }
th, td { text-align: left; vertical-align: top; padding: 4px 8px; border: 1px solid #c9ced2;
    overflow-wrap: break-word; }
thead { display: table-header-group; }
thead th { background: #f2f3f2; }
tr { break-inside: avoid; }
tbody tr:first-child { break-before: avoid; }
tbody th { font-weight: 600; }
.long { overflow-wrap: anywhere; min-width: 160px; width: 55%; }
tbody th.long { font-weight: 400; }
.number { text-align: right; white-space: nowrap; }
pre { margin: 0 0 12px; padding: 8px 10px; border: 1px solid #c9ced2; white-space: pre-wrap;
    font: 13px/1.4 ui-monospace, monospace; break-inside: avoid; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 14px; }
figure { margin: 0; padding: 8px; border: 1px solid #c9ced2; break-inside: avoid; }
figure img { display: block; max-width: 100%; height: auto; margin: 0 auto 6px; }
figcaption { font-size: 13px; }
.wide { overflow-x: auto; }
@page { size: A4; margin: 16mm 15mm 20mm;
    @bottom-left { content: "${styled(foot)}"; font: 9pt system-ui, sans-serif; }
    @bottom-right { content: counter(page) " / " counter(pages); font: 9pt system-ui, sans-serif; } }
@media print { body { padding: 0; max-width: none; font-size: 10.5pt; } table { font-size: 9.5pt; }
    .wide { overflow: visible; } }
@media (max-width: 480px) {
    dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: 8px; } }
`;
}

function facts(of: readonly (readonly [string, string])[]): string {
    const pairs = of.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`);
    return `<dl>\n${pairs.join("\n")}\n</dl>`;
}

function cell(tag: "td" | "th", column: ReportColumn | undefined, value: string, scope: string): string {
    const look = column?.number === true ? ' class="number"' : column?.long === true ? ' class="long"' : "";
    return `<${tag}${scope}${look}>${escaped(value)}</${tag}>`;
}

function table(of: Extract<ReportBlock, { kind: "table" }>): string {
    const head = of.columns.map((column) => cell("th", column, column.name, ' scope="col"')).join("");
    const cells = (row: readonly string[]) =>
        row.map((value, i) =>
            i === 0 ? cell("th", of.columns[i], value, ' scope="row"') : cell("td", of.columns[i], value, ""),
        );
    const rows = of.rows.map((row) => `<tr>${cells(row).join("")}</tr>`);
    return [
        `<div class="wide"><table>\n<caption>${escaped(of.caption)}</caption>`,
        `<thead><tr>${head}</tr></thead>`,
        "<tbody>",
        ...rows,
        "</tbody>",
        "</table></div>",
    ].join("\n");
}

function picture(of: ReportPicture): string {
    if (!PICTURE.test(of.data)) throw new Error(`picture of media ${of.media} is no data address`);
    return `<figure><img alt="" src="${of.data}"><figcaption>${escaped(of.words)}</figcaption></figure>`;
}

function block(of: ReportBlock): string {
    switch (of.kind) {
        case "text":
            return `<p>${escaped(of.text)}</p>`;
        case "facts":
            return facts(of.facts);
        case "table":
            return table(of);
        case "verbatim":
            return `<pre>${escaped(of.text)}</pre>`;
        case "pictures":
            return `<div class="pictures">\n${of.pictures.map(picture).join("\n")}\n</div>`;
    }
}

function section(of: ReportSection): string {
    return `<section>\n<h2>${escaped(of.title)}</h2>\n${of.blocks.map(block).join("\n")}\n</section>`;
}

export function reportHtml(of: ReportDocument): string {
    return `<!doctype html>
<html lang="${escaped(of.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(of.title)}</title>
<style>${style(of.foot)}</style>
</head>
<body>
<main>
<h1>${escaped(of.title)}</h1>
${facts(of.facts)}
${of.sections.map(section).join("\n")}
</main>
</body>
</html>
`;
}
