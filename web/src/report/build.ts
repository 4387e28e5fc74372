// SPDX-License-Identifier: Apache-2.0
//
// From what is known of a case to a report on it. Pure: the same data give the same document.
import type { Schemas } from "../api/client.ts";
import { number, size } from "../format.ts";
import { text } from "../text.ts";
import type { ReportData } from "./data.ts";
import type { ReportBlock, ReportDocument, ReportPicture, ReportSection } from "./document.ts";
import { examined } from "./examined.ts";
import { said, say, utc } from "./say.ts";

const words = text.report;

export function categoryLabel(scheme: Schemas["SchemeWithCodes"] | null, code: string | null): string {
    if (code === null) return text.common.none;
    return scheme?.codes.find((one) => one.code === code)?.label ?? code;
}

function numbers(data: ReportData): ReportSection {
    const { counts } = data.case;
    return {
        title: words.numbers,
        blocks: [
            {
                kind: "facts",
                facts: [
                    [words.items, number(counts.items)],
                    [words.notExamined, number(counts.not_examined)],
                    [words.media, number(counts.notable + counts.ignorable + counts.new)],
                    [words.notable, number(counts.notable)],
                    [words.ignorable, number(counts.ignorable)],
                    [words.fresh, number(counts.new)],
                    [words.decided, number(counts.decided)],
                    [words.disputed, number(counts.disputed)],
                    [words.open, number(counts.open)],
                    [words.stacks, number(counts.stacks)],
                ],
            },
            say(words.numbersMean),
        ],
    };
}

// Scans that have not ended, or not well: what they would have found is not in the report.
function unfinished(data: ReportData): ReportBlock[] {
    const scans = data.scans.filter((scan) => scan.state !== "done");
    return scans.length === 0
        ? []
        : [
              {
                  kind: "table",
                  caption: words.unfinished,
                  columns: [{ name: words.root, long: true }, { name: words.state }, { name: words.reason }],
                  rows: scans.map((scan) => [scan.path, said("state", scan.state), scan.error ?? "–"]),
              },
          ];
}

function evidence(data: ReportData): ReportSection {
    if (data.evidence === null) return { title: words.evidence, blocks: [say(words.notTold), ...unfinished(data)] };
    return {
        title: words.evidence,
        blocks: [
            ...(data.evidence.length === 0
                ? [say(words.noEvidence)]
                : [
                      {
                          kind: "table",
                          caption: words.evidenceList,
                          columns: [
                              { name: words.evidenceName },
                              { name: words.root, long: true },
                              { name: words.added },
                              { name: words.items, number: true },
                              { name: words.notExamined, number: true },
                          ],
                          rows: data.evidence.map((one) => [
                              one.name,
                              one.root ?? "–",
                              utc(one.added),
                              number(one.items),
                              number(one.not_examined),
                          ]),
                      } satisfies ReportBlock,
                  ]),
            ...unfinished(data),
        ],
    };
}

function methods(data: ReportData): ReportSection {
    const of = data.methods;
    if (of === null) return { title: words.methods, blocks: [say(words.notTold)] };
    return {
        title: words.methods,
        blocks: [
            {
                kind: "facts",
                facts: [
                    [words.version, of.version],
                    [words.schemaStep, number(of.schema)],
                    [words.digests, of.hashing.digests.join(", ")],
                    [words.pipelines, of.hashing.pipelines.join(", ")],
                    [words.nearDistance, words.bitsOf(of.hashing.near_distance)],
                    [words.stackDistance, words.bitsOf(of.hashing.stack_distance)],
                ],
            },
            say(words.methodsMean),
        ],
    };
}

function sets(data: ReportData): ReportSection {
    const of = data.methods?.sets;
    if (of === undefined) return { title: words.sets, blocks: [say(words.notTold)] };
    return {
        title: words.sets,
        blocks:
            of.length === 0
                ? [say(words.noSets)]
                : [
                      {
                          kind: "table",
                          caption: words.setsList,
                          columns: [
                              { name: words.set },
                              { name: words.kind },
                              { name: words.generation, number: true },
                              { name: words.setDigest, long: true },
                              { name: words.matches, number: true },
                              { name: words.media, number: true },
                          ],
                          rows: of.map((one) => [
                              one.name ?? words.setGone(one.set),
                              one.kind === null ? "–" : said("kind", one.kind),
                              one.generation === null ? "–" : number(one.generation),
                              one.digest ?? "–",
                              number(one.matches),
                              number(one.media),
                          ]),
                      },
                      say(words.setsMean),
                  ],
    };
}

function policy(data: ReportData): string {
    const { voters, voter_units: units } = data.methods?.policy ?? data.case;
    return words.policy(voters, units);
}

function decisions(data: ReportData): ReportSection {
    const order = new Map((data.scheme?.codes ?? []).map((code, at) => [code.code, at]));
    const rows = [...data.decided.categories].sort(
        (a, b) =>
            (order.get(a.code ?? "") ?? 1e6) - (order.get(b.code ?? "") ?? 1e6) ||
            (a.code ?? "").localeCompare(b.code ?? ""),
    );
    const meaning = (code: string | null) => data.scheme?.codes.find((one) => one.code === code)?.meaning;
    const blocks: ReportBlock[] = [
        say(policy(data)),
        {
            kind: "facts",
            facts: [
                [words.scheme, data.scheme === null ? data.case.scheme : `${data.scheme.name} (${data.scheme.id})`],
                ...(data.methods === null
                    ? []
                    : [
                          [words.votes, number(data.methods.votes)] as const,
                          [words.decisions, number(data.methods.decisions)] as const,
                      ]),
                [words.disputed, number(data.case.counts.disputed)],
                [words.open, number(data.case.counts.open)],
            ],
        },
    ];
    if (rows.length === 0) return { title: words.decisionsTitle, blocks: [...blocks, say(words.noneDecided)] };
    blocks.push({
        kind: "table",
        caption: words.byCategory,
        columns: [
            { name: words.code },
            { name: words.label },
            { name: words.meaning },
            { name: words.media, number: true },
        ],
        rows: rows.map((one) => [
            one.code ?? "–",
            categoryLabel(data.scheme, one.code),
            said("kind", meaning(one.code) ?? text.common.unknown),
            number(one.media),
        ]),
    });
    if (data.decided.more) blocks.push(say(words.moreDecisions));
    return { title: words.decisionsTitle, blocks };
}

// "disk 1: /photos/a.zip › b.jpg": within the evidence, whose root stands in its table.
function placeOf(item: Schemas["ItemOfCase"], evidence: ReportData["evidence"]): string {
    const root = evidence?.find((one) => one.id === item.evidence)?.root ?? null;
    const [file = "", ...layers] = item.path;
    const within = root !== null && file.startsWith(`${root}/`) ? file.slice(root.length) : file;
    return `${item.evidence_name}: ${[within, ...layers].join(" › ")}`;
}

function notExamined(data: ReportData): ReportSection {
    const { items, more } = data.notExamined;
    const blocks: ReportBlock[] = [];
    if (data.case.counts.not_examined === 0) return { title: words.couldNot, blocks: [say(words.allExamined)] };
    blocks.push(say(words.couldNotMean));
    const reasons = data.methods?.not_examined ?? [];
    if (reasons.length > 0)
        blocks.push({
            kind: "table",
            caption: words.reasons,
            columns: [{ name: words.status }, { name: words.reason }, { name: words.items, number: true }],
            rows: reasons.map((one) => [said("status", one.status), one.reason ?? "–", number(one.items)]),
        });
    if (data.methods?.more === true) blocks.push(say(words.moreReasons));
    blocks.push({
        kind: "table",
        caption: words.couldNotList,
        columns: [
            { name: words.where, long: true },
            { name: words.status },
            { name: words.reason },
            { name: words.bytes, number: true },
        ],
        rows: items.map((item) => [
            placeOf(item, data.evidence),
            said("status", item.status),
            item.reason ?? "–",
            item.size_bytes === null ? "–" : size(item.size_bytes),
        ]),
    });
    if (more) blocks.push(say(words.moreItems(number(items.length), number(data.case.counts.not_examined))));
    return { title: words.couldNot, blocks };
}

function people(data: ReportData): ReportSection {
    const blocks: ReportBlock[] = [];
    if (data.series.length > 0)
        blocks.push({
            kind: "table",
            caption: words.series,
            columns: [{ name: words.seriesName }, { name: words.mediaHere, number: true }],
            rows: data.series.map((one) => [one.name, number(one.media)]),
        });
    if (data.victims.length > 0)
        blocks.push({
            kind: "table",
            caption: words.victims,
            columns: [{ name: words.victimReference }, { name: words.state }, { name: words.since }],
            rows: data.victims.map((one) => [one.reference, said("victim", one.state), utc(one.since)]),
        });
    if (blocks.length === 0) blocks.push(say(words.noLinks));
    if (data.victims.length > 0) blocks.push(say(words.namesLeftOut));
    if (data.moreLinks) blocks.push(say(words.moreLinks));
    return { title: words.seriesAndVictims, blocks };
}

function gone(data: ReportData): ReportSection[] {
    return data.tombstones.length === 0
        ? []
        : [
              {
                  title: words.gone,
                  blocks: [
                      say(words.goneMean),
                      {
                          kind: "table",
                          caption: words.goneList,
                          columns: [{ name: words.what }, { name: words.howMany, number: true }, { name: words.when }],
                          rows: data.tombstones.map((one) => [
                              said("expunge", one.what) +
                                  (one.detail === null || one.detail === "" ? "" : ` (${one.detail})`),
                              number(one.count),
                              utc(one.made),
                          ]),
                      },
                  ],
              },
          ];
}

function record(data: ReportData): ReportSection {
    const head = data.methods?.checkpoint ?? null;
    const blocks: ReportBlock[] = [];
    if (head !== null)
        blocks.push({
            kind: "facts",
            facts: [
                [words.recordSize, number(head.size)],
                [words.recordRoot, head.root],
            ],
        });
    if (data.checkpoint !== null) blocks.push({ kind: "verbatim", text: data.checkpoint.trimEnd() });
    blocks.push(say(blocks.length === 0 ? words.noHead : words.recordMeans));
    return { title: words.record, blocks };
}

function pictured(pictures: readonly ReportPicture[]): ReportSection[] {
    return pictures.length === 0
        ? []
        : [
              {
                  title: words.pictures,
                  blocks: [say(words.picturesMean), { kind: "pictures", pictures }],
              },
          ];
}

export function reportOf(data: ReportData, pictures: readonly ReportPicture[] = []): ReportDocument {
    const { case: of } = data;
    const facts: [string, string][] = [
        [words.number, of.number],
        [words.caseTitle, of.title === "" ? "–" : of.title],
        [words.reference, of.reference ?? "–"],
        [words.unit, data.unit],
        [words.state, said("state", of.state)],
        [words.opened, utc(of.opened)],
    ];
    if (of.closed !== null) facts.push([words.closed, utc(of.closed)]);
    if (of.outcome !== null && of.outcome !== undefined) facts.push([words.outcome, of.outcome]);
    facts.push([words.made, utc(data.made)], [words.by, data.by]);
    return {
        language: text.locale,
        title: words.heading(of.number),
        foot: words.foot(of.number, utc(data.made)),
        facts,
        sections: [
            numbers(data),
            evidence(data),
            examined(data),
            methods(data),
            sets(data),
            decisions(data),
            notExamined(data),
            people(data),
            ...gone(data),
            ...pictured(pictures),
            record(data),
        ],
    };
}
