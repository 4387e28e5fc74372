// SPDX-License-Identifier: Apache-2.0
//
// What lists say of a media. What is certain and what is likely stand apart, in this order.
import type { Schemas } from "../../api/client.ts";
import { text } from "../../text.ts";
import { Chip, Section, word } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";
import { isCertain, isKnown, readMatch, type Match } from "./known.ts";
import { Segments } from "./segments.tsx";

const words = text.media.matches;

function digestNames(match: Match): string {
    return match.digests.map((digest) => words.digests[digest] ?? digest).join(", ");
}

function Saying(props: { match: Match }) {
    const { match } = props;
    return (
        <span class="chips">
            <Chip>{word("kind", match.meaning ?? match.kind)}</Chip>
            {match.category !== null && <Chip>{words.category(match.category)}</Chip>}
            {match.kind === "alert" && <Chip>{word("kind", match.kind)}</Chip>}
        </span>
    );
}

const said: Column<Match>[] = [
    { name: words.set, heads: true, cell: (match) => match.set },
    { name: words.says, cell: (match) => <Saying match={match} /> },
];
const entry: Column<Match> = { name: words.entry, cell: (match) => <code>{match.entry}</code> };

const certainColumns: readonly Column<Match>[] = [...said, { name: words.agreeing, cell: digestNames }, entry];

// What was done before it was alike, and in what.
function how(match: Match): string[] {
    const parts: string[] = [];
    if (match.exact) {
        parts.push(words.same(digestNames(match)));
        if (match.weak) parts.push(words.weak);
        if (match.contradicted) parts.push(words.contradicted);
        return parts;
    }
    if (match.pipeline !== null) parts.push(words.pipelines[match.pipeline] ?? match.pipeline);
    if (match.orientation !== null && match.orientation !== "original")
        parts.push(word("orientation", match.orientation));
    if (match.trimmed) parts.push(words.trimmed);
    if (match.thumbnail) parts.push(words.thumbnail);
    return parts;
}

const likelyColumns: readonly Column<Match>[] = [
    ...said,
    {
        name: words.distance,
        cell: (match) =>
            match.distance === null ? (
                words.bytes
            ) : (
                <span class="nowrap">{words.ofBits(text.units.bits(match.distance))}</span>
            ),
    },
    { name: words.how, cell: (match) => how(match).join("; ") },
    entry,
];

function sorted(matches: readonly Match[]): Match[] {
    return [...matches].sort((a, b) => Number(b.exact) - Number(a.exact) || (a.distance ?? 0) - (b.distance ?? 0));
}

export function Matches(props: { media: Schemas["MediaWhole"] }) {
    const matches = props.media.matches.filter(isKnown).map(readMatch);
    const certain = matches.filter(isCertain);
    const likely = sorted(matches.filter((match) => !isCertain(match)));
    const films = likely.filter((match) => match.pieces.length > 0);
    const key = (match: Match) => matches.indexOf(match);
    return (
        <Section title={words.title}>
            {matches.length === 0 && <p class="muted">{words.none}</p>}
            {certain.length > 0 && (
                <div class="stack">
                    <h3>{words.certain}</h3>
                    <p class="muted">{words.certainHint}</p>
                    <Table caption={words.certain} columns={certainColumns} rows={certain} rowKey={key} />
                </div>
            )}
            {likely.length > 0 && (
                <div class="stack">
                    <h3>{words.likely}</h3>
                    <p class="muted">{words.likelyHint}</p>
                    <Table caption={words.likely} columns={likelyColumns} rows={likely} rowKey={key} />
                </div>
            )}
            {films.map((match) => (
                <div class="stack panel" key={key(match)}>
                    <h3>{words.film(match.set, match.entry)}</h3>
                    <Segments match={match} durationMs={props.media.duration_ms} />
                </div>
            ))}
        </Section>
    );
}
