// SPDX-License-Identifier: Apache-2.0
//
// What somebody looks for: the fields of the form, what of them stays in the address, and the body of
// the request.
import type { Schemas } from "../../api/client.ts";
import type { Query } from "../../route.ts";
import { text } from "../../text.ts";
import { momentOf } from "../leads/entry.ts";

export type Kind = keyof typeof text.search.kinds;
export const KINDS = Object.keys(text.search.kinds) as Kind[];

export const TRAITS = ["camera", "camera_serial", "jpeg_tables", "software", "taken"] as const;
export const IDENTIFIERS = ["email", "phone", "account", "ip", "device", "url", "name"] as const;
export const FINDINGS = [
    "extension_mismatch",
    "deleted",
    "orphan",
    "carved",
    "alternate_stream",
    "appended_data",
    "encrypted",
    "truncated",
    "damaged",
    "random_region",
    "not_examined",
    "thumbnail_not_examined",
    "segment",
    "stored_hash",
    "unrecognised",
    "ambiguous",
    "reference",
    "unverified",
    "no_video",
    "special_file",
    "changed_while_read",
] as const;

// As they are typed.
export interface Fields {
    kind: Kind;
    case: string;
    term: string;
    distance: string;
    from: string;
    to: string;
    trait: string;
    latitude: string;
    longitude: string;
    reach: string;
}

export interface SearchBody {
    kind: "digest" | "pdq" | "prefix" | "name_part" | "dates" | "trait" | "place" | "finding" | "note";
    term?: string;
    case?: number;
    distance?: number;
    from?: string | null;
    to?: string | null;
    trait?: Schemas["TraitKind"];
    latitude?: number;
    longitude?: number;
    reach?: number;
}

// What names people, or a file by its contents, is nobody else's to read in a history of the browser.
export const UNKEPT: readonly Kind[] = ["digest", "pdq", "identifier", "note"];
// The server looks through names and findings of one case at a time.
export const IN_ONE_CASE: readonly Kind[] = ["name_part", "finding"];

// Which fields a kind has, beside the case.
export const FIELDS: Record<Kind, readonly (keyof Fields)[]> = {
    digest: ["term"],
    pdq: ["term", "distance"],
    prefix: ["term"],
    name_part: ["term"],
    dates: ["from", "to"],
    trait: ["trait", "term"],
    identifier: ["trait", "term"],
    place: ["latitude", "longitude", "reach"],
    finding: ["term"],
    note: ["term"],
};

export function fieldsOf(query: URLSearchParams): Fields {
    const get = (name: string, otherwise = "") => query.get(name) ?? otherwise;
    return {
        kind: KINDS.find((kind) => kind === query.get("kind")) ?? "digest",
        case: get("case"),
        term: get("term"),
        distance: get("distance", "31"),
        from: get("from"),
        to: get("to"),
        trait: get("trait"),
        latitude: get("latitude"),
        longitude: get("longitude"),
        reach: get("reach", "1"),
    };
}

export function addressOf(fields: Fields): Query {
    const query: Query = { kind: fields.kind, case: fields.case };
    for (const name of FIELDS[fields.kind])
        if (name !== "term" || !UNKEPT.includes(fields.kind))
            query[name] = name === "trait" ? traitOf(fields) : fields[name];
    return query;
}

export function traitOf(fields: Fields): Schemas["TraitKind"] {
    const kinds: readonly Schemas["TraitKind"][] = fields.kind === "identifier" ? IDENTIFIERS : TRAITS;
    return kinds.find((kind) => kind === fields.trait) ?? kinds[0] ?? "camera";
}

const inRange = (value: string, least: number, most: number) =>
    value.trim() !== "" && Number(value) >= least && Number(value) <= most;

// As other tools print digests: with blanks or colons, in capitals.
const hexOf = (value: string) => value.replace(/[\s:]/g, "").toLowerCase();

// Whether it can be sent.
export function isWhole(fields: Fields): boolean {
    if (IN_ONE_CASE.includes(fields.kind) && fields.case === "") return false;
    if (fields.kind === "dates") return fields.from !== "" || fields.to !== "";
    if (fields.kind === "place")
        return (
            inRange(fields.latitude, -90, 90) && inRange(fields.longitude, -180, 180) && inRange(fields.reach, 0, 10)
        );
    const digits = hexOf(fields.term);
    if (fields.kind === "digest") return /^([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/.test(digits);
    if (fields.kind === "pdq") return /^[0-9a-f]{64}$/.test(digits) && inRange(fields.distance, 0, 64);
    return fields.kind === "finding" || fields.term.trim() !== "";
}

export function bodyOf(fields: Fields): SearchBody {
    const { kind } = fields;
    const body: SearchBody = { kind: kind === "identifier" ? "trait" : kind };
    if (fields.case !== "") body.case = Number(fields.case);
    if (kind === "dates") return { ...body, from: momentOf(fields.from), to: momentOf(fields.to) };
    if (kind === "place")
        return {
            ...body,
            latitude: Number(fields.latitude),
            longitude: Number(fields.longitude),
            reach: Math.trunc(Number(fields.reach)),
        };
    body.term = kind === "finding" ? (FINDINGS.find((one) => one === fields.term) ?? FINDINGS[0]) : fields.term.trim();
    if (kind === "digest" || kind === "pdq") body.term = hexOf(body.term);
    if (kind === "pdq") body.distance = Math.trunc(Number(fields.distance));
    if (kind === "trait" || kind === "identifier") body.trait = traitOf(fields);
    return body;
}
