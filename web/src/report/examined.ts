// SPDX-License-Identifier: Apache-2.0
//
// How the evidence was examined: every scan of it, and what came of each. Scans that examined in the
// same way are told together.
import type { Schemas } from "../api/client.ts";
import { number, size } from "../format.ts";
import { text } from "../text.ts";
import { said, say, utc } from "./say.ts";
import type { ReportData } from "./data.ts";
import type { ReportBlock, ReportSection } from "./document.ts";

const words = text.report;

type Examination = Schemas["Examination"];
type Provenance = Schemas["Provenance"];

// In the order of the scans; a report numbers them from 1.
interface Way {
    provenance: Provenance;
    scans: number[];
}

// All that does not differ from one scan to the next by itself.
function wayOf({ started, host, command_line, ...way }: Provenance): string {
    return JSON.stringify(way);
}

function waysOf(scans: readonly Examination[]): Way[] {
    const ways = new Map<string, Way>();
    scans.forEach(({ provenance }, at) => {
        const key = wayOf(provenance);
        const way = ways.get(key) ?? { provenance, scans: [] };
        way.scans.push(at + 1);
        ways.set(key, way);
    });
    return [...ways.values()];
}

function ended({ ended: when, totals }: Examination): string {
    if (when === null || totals === null) return words.noEnd;
    return totals.partial ? words.endedEarly(utc(when)) : utc(when);
}

function who(one: Examination, examiners: ReportData["examiners"]): string {
    if (one.account === null) return one.login === null ? "–" : words.atTheMachine(one.login);
    return examiners.get(one.account) ?? `#${one.account}`;
}

const scanColumn = { name: words.scanNumber, number: true };

function scansTable(scans: readonly Examination[], examiners: ReportData["examiners"]): ReportBlock {
    return {
        kind: "table",
        caption: words.examinations,
        columns: [
            scanColumn,
            { name: words.evidenceName },
            { name: words.by },
            { name: words.machine },
            { name: words.begun },
            { name: words.ended },
        ],
        rows: scans.map((one, at) => [
            number(at + 1),
            one.evidence_name,
            who(one, examiners),
            one.provenance.host,
            utc(one.begun),
            ended(one),
        ]),
    };
}

function totalsTable(scans: readonly Examination[]): ReportBlock {
    const none = Array.from({ length: 8 }, () => "–");
    const cells = ({ totals }: Examination): string[] =>
        totals === null
            ? none
            : [
                  number(totals.items),
                  number(Object.values(totals.not_examined).reduce((sum, count) => sum + count, 0)),
                  number(totals.media),
                  number(totals.exact),
                  number(totals.near),
                  number(totals.left_out),
                  size(totals.examined_bytes),
                  size(totals.not_examined_bytes),
              ];
    const columns = [
        words.items,
        words.notExamined,
        words.media,
        words.exact,
        words.near,
        words.leftOut,
        words.bytesExamined,
        words.bytesNot,
    ];
    return {
        kind: "table",
        caption: words.examinationTotals,
        columns: [scanColumn, ...columns.map((name) => ({ name, number: true }))],
        rows: scans.map((one, at) => [number(at + 1), ...cells(one)]),
    };
}

function commands(scans: readonly Examination[]): ReportBlock {
    return {
        kind: "facts",
        facts: scans.map((one, at) => [words.command(number(at + 1)), one.provenance.command_line] as const),
    };
}

function limitsText(limits: Provenance["limits"]): string {
    return Object.entries(limits)
        .map(([name, limit]) => `${name.replaceAll("_", " ")} ${number(limit)}`)
        .join("; ");
}

function wayBlocks({ provenance: of, scans }: Way): ReportBlock[] {
    const blocks: ReportBlock[] = [
        {
            kind: "facts",
            facts: [
                [words.waysOfScans, scans.map(number).join(", ")],
                [words.clewThere, of.clew],
                [words.decoders, of.decoders],
                [words.libraries, of.libraries],
                [words.confinement, of.sandbox],
                [words.nearDistance, words.bitsOf(of.distance)],
                [words.minQuality, number(of.min_quality)],
                [words.lanes, number(of.jobs)],
                [words.videoFrames, of.videos],
                [words.limits, limitsText(of.limits)],
            ],
        },
    ];
    if (of.sets.length === 0) blocks.push(say(words.noSetsAsked));
    else
        blocks.push({
            kind: "table",
            caption: words.setsAsked(scans.map(number).join(", ")),
            columns: [
                { name: words.set },
                { name: words.kind },
                { name: words.entries, number: true },
                { name: words.generation, number: true },
                { name: words.setDigest, long: true },
            ],
            rows: of.sets.map((set) => [
                set.name,
                said("kind", set.kind),
                number(set.entries),
                number(set.generation),
                set.digest,
            ]),
        });
    if (of.more_sets !== undefined && of.more_sets > 0) blocks.push(say(words.moreSets(of.more_sets)));
    return blocks;
}

export function examined(data: ReportData): ReportSection {
    const title = words.examined;
    if (data.examinations === null) return { title, blocks: [say(words.notTold)] };
    const { items: scans, more } = data.examinations;
    if (scans.length === 0) return { title, blocks: [say(words.noneExamined)] };
    return {
        title,
        blocks: [
            say(words.examinedMean),
            scansTable(scans, data.examiners),
            totalsTable(scans),
            commands(scans),
            ...waysOf(scans).flatMap(wayBlocks),
            ...(more ? [say(words.moreExaminations)] : []),
        ],
    };
}
