// SPDX-License-Identifier: Apache-2.0
//
// What the list of sets and the page of one share.
import { get, type Schemas } from "../../api/client.ts";
import { number } from "../../format.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Chip } from "../../ui/parts.tsx";

export type SetInfo = Schemas["Set"];
export type Schemes = readonly Schemas["Scheme"][];

const words = text.sets;

// Until they are there, and where they cannot be had, schemes are named by their ids.
export function useSchemes(): Schemes {
    return useLoad((signal) => get("/api/v1/schemes", { signal }), []).data?.items ?? [];
}

export function schemeName(schemes: Schemes, id: string | null): string {
    return id === null ? words.noScheme : (schemes.find((scheme) => scheme.id === id)?.name ?? id);
}

export function withdrawnOf(set: SetInfo): number {
    return set.entries.withdrawn_by_list + set.entries.withdrawn_locally;
}

export function hashTypeName(type: string): string {
    return words.hashTypes[type] ?? type;
}

export function HashCounts(props: { of: Readonly<Record<string, number>> }) {
    const some = Object.entries(props.of).filter(([, count]) => count > 0);
    if (some.length === 0) return <>–</>;
    return (
        <span class="chips">
            {some.map(([type, count]) => (
                <Chip key={type}>{`${hashTypeName(type)} ${number(count)}`}</Chip>
            ))}
        </span>
    );
}

// What an act or an import did, in words; members that are nothing are left out.
export function didWhat(counts: Readonly<Record<string, unknown>>): string[] {
    const { act } = words;
    const known: [string, (count: string) => string][] = [
        ["changed", act.changed],
        ["added", act.added],
        ["updated", act.updated],
        ["unchanged", act.unchanged],
        ["withdrawn", act.withdrawn],
        ["reinstated", act.reinstated],
        ["stay_withdrawn", act.staysWithdrawn],
        ["refused", act.refused],
        ["unknown_category", act.unknownCategory],
    ];
    const said: string[] = [];
    for (const [name, sentence] of known) {
        const count = counts[name];
        if (typeof count === "number" && count > 0) said.push(sentence(number(count)));
    }
    return said;
}
