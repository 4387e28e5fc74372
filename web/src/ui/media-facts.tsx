// SPDX-License-Identifier: Apache-2.0
//
// What a media is, in two to four neutral words: type, size, findings, tags. Never a picture.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get, type Schemas } from "../api/client.ts";
import { isAbort } from "../api/problem.ts";
import { clock, number, size } from "../format.ts";
import { href } from "../route.ts";
import { text } from "../text.ts";
import { word } from "./parts.tsx";

const words = text.facts;
const IDS_AT_ONCE = 200;

// As listMedia, listStackMedia and getMedia give it.
export type FactsOf = Pick<
    Schemas["MediaOfCase"],
    "media_type" | "family" | "status" | "size_bytes" | "width" | "height" | "duration_ms" | "findings"
> & { tags?: readonly string[] };

// "image/jpeg" -> "JPEG picture"; "video/x-msvideo" -> "AVI video".
export function typeWord(of: Pick<FactsOf, "media_type" | "family">): string {
    const name =
        of.media_type
            .split("/")[1]
            ?.split(";")[0]
            ?.replace(/^(x-|vnd\.)/, "") ?? of.media_type;
    const said = words.types[name] ?? (name.length <= 5 ? name.toUpperCase() : name);
    return words.typed(said, of.family);
}

export function extent(of: Pick<FactsOf, "width" | "height" | "duration_ms">): string | null {
    if (of.duration_ms !== null && of.duration_ms > 0) return clock(of.duration_ms);
    if (of.width === null || of.height === null || of.width === 0) return null;
    return words.pixels(number(of.width), number(of.height));
}

// The words, the most telling first; those behind `most` are left out.
export function factWords(of: FactsOf, most = 4): string[] {
    const found = [...new Set(of.findings.map((finding) => word("finding", finding.type)))];
    const all = [typeWord(of), size(of.size_bytes)];
    if (of.status !== "ok") all.push(word("status", of.status));
    all.push(...found, ...(of.tags ?? []));
    const measure = extent(of);
    if (all.length < most && measure !== null) all.splice(1, 0, measure);
    return all.slice(0, most);
}

// `null` while the facts are being loaded, `undefined` when there are none.
export function MediaFacts(props: { of: FactsOf | null | undefined; most?: number }) {
    if (props.of === null) return <span class="media-facts muted">{words.loading}</span>;
    if (props.of === undefined) return <span class="media-facts muted">{words.unknown}</span>;
    return (
        <span class="media-facts">
            {factWords(props.of, props.most).map((fact, i) => (
                <span key={i}>{fact}</span>
            ))}
        </span>
    );
}

// A media with its number, which leads to its page, and its facts below.
export function MediaCell(props: {
    case: number;
    media: number;
    // What useMediaFacts gives.
    facts: (at: MediaAt) => FactsOf | null | undefined;
    children?: ComponentChildren;
}) {
    return (
        <span class="media-cell">
            <a href={href(`/cases/${props.case}/media/${props.media}`)}>{words.media(String(props.media))}</a>
            <MediaFacts of={props.facts({ case: props.case, media: props.media })} />
            {props.children}
        </span>
    );
}

export interface MediaAt {
    case: number;
    media: number;
}

const keyOf = (at: MediaAt) => `${at.case}/${at.media}`;

// Facts of media of any cases, asked for up to 200 at once; what was asked for is not asked again.
export function useMediaFacts(wanted: readonly MediaAt[]): (at: MediaAt) => Schemas["MediaOfCase"] | null | undefined {
    const known = useRef(new Map<string, Schemas["MediaOfCase"] | undefined>());
    const [, render] = useState(0);
    const list = wanted.map(keyOf).join(" ");
    useEffect(() => {
        const control = new AbortController();
        void loadMissing(wanted, known.current, control.signal, () => render((count) => count + 1));
        return () => control.abort();
    }, [list]);
    return (at) => (known.current.has(keyOf(at)) ? known.current.get(keyOf(at)) : null);
}

async function loadMissing(
    wanted: readonly MediaAt[],
    known: Map<string, Schemas["MediaOfCase"] | undefined>,
    signal: AbortSignal,
    changed: () => void,
): Promise<void> {
    const missing = new Map<number, Set<number>>();
    for (const at of wanted)
        if (!known.has(keyOf(at))) missing.set(at.case, (missing.get(at.case) ?? new Set<number>()).add(at.media));
    for (const [caseId, media] of missing) {
        const ids = [...media];
        for (let i = 0; i < ids.length; i += IDS_AT_ONCE) {
            const part = ids.slice(i, i + IDS_AT_ONCE);
            const found = new Map<number, Schemas["MediaOfCase"]>();
            try {
                const reply = await get("/api/v1/cases/{case}/media", {
                    path: { case: caseId },
                    query: { ids: part.join(",") },
                    signal,
                });
                for (const facts of reply.items) found.set(facts.media, facts);
            } catch (error) {
                // Facts are an aid: a list is of use without them, and says that they are missing.
                if (isAbort(error) || signal.aborted) return;
            }
            for (const id of part) known.set(keyOf({ case: caseId, media: id }), found.get(id));
            changed();
        }
    }
}
