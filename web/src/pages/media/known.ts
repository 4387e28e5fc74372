// SPDX-License-Identifier: Apache-2.0
//
// What scans wrote of a media (docs/json.md): newer scans may write members that this desk does not
// know, older ones may lack some, so nothing is taken for granted.

export type Known = Readonly<Record<string, unknown>>;

export function isKnown(value: unknown): value is Known {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | null {
    return typeof value === "string" && value !== "" ? value : null;
}

export function numberOf(value: unknown): number | null {
    return typeof value === "number" && Number.isFinite(value) ? value : null;
}

// memberAt(facts, "exif.gps.time"); undefined where there is none.
export function memberAt(of: Known, path: string): unknown {
    let value: unknown = of;
    for (const name of path.split(".")) value = isKnown(value) ? value[name] : undefined;
    return value;
}

// Everything that is no object, by its path; what is null says nothing and is left out.
export function leaves(of: Known): (readonly [path: string, value: unknown])[] {
    const found: (readonly [string, unknown])[] = [];
    const walk = (value: unknown, path: string) => {
        if (isKnown(value))
            for (const [name, member] of Object.entries(value)) walk(member, path === "" ? name : `${path}.${name}`);
        else if (value !== null && value !== undefined) found.push([path, value]);
    };
    walk(of, "");
    return found;
}

// Of a video, a part that lies opposite a part of the known one. Seconds.
export interface Piece {
    from: number | null;
    to: number | null;
    theirFrom: number | null;
    theirTo: number | null;
    speed: number | null;
    frames: number | null;
    matched: number | null;
    percent: number | null;
    distance: number | null;
    still: boolean;
}

export interface Match {
    set: string;
    kind: string | null;
    entry: string;
    category: string | null;
    meaning: string | null;
    exact: boolean;
    digests: readonly string[];
    weak: boolean;
    contradicted: boolean;
    distance: number | null;
    pipeline: string | null;
    orientation: string | null;
    trimmed: boolean;
    thumbnail: boolean;
    ownPercent: number | null;
    theirPercent: number | null;
    pieces: readonly Piece[];
}

function readPiece(of: Known): Piece {
    return {
        from: numberOf(of["from"]),
        to: numberOf(of["to"]),
        theirFrom: numberOf(of["their_from"]),
        theirTo: numberOf(of["their_to"]),
        speed: numberOf(of["speed"]),
        frames: numberOf(of["frames"]),
        matched: numberOf(of["matched"]),
        percent: numberOf(of["percent"]),
        distance: numberOf(of["distance"]),
        still: of["static"] === true,
    };
}

export function readMatch(of: Known): Match {
    const video = isKnown(of["video"]) ? of["video"] : {};
    const pieces = Array.isArray(video["pieces"]) ? video["pieces"].filter(isKnown) : [];
    const digests = Array.isArray(of["digests"]) ? of["digests"] : [of["digest"]];
    return {
        set: textOf(of["set"]) ?? "",
        kind: textOf(of["kind"]),
        entry: textOf(of["entry"]) ?? "",
        category: textOf(of["category"]),
        meaning: textOf(of["meaning"]),
        exact: of["match"] === "exact",
        digests: digests.filter((digest): digest is string => typeof digest === "string"),
        weak: of["weak_digest"] === true,
        contradicted: of["contradicted"] === true,
        distance: numberOf(of["distance"]),
        pipeline: textOf(of["pipeline"]),
        orientation: textOf(of["orientation"]),
        trimmed: of["trimmed"] === true,
        thumbnail: of["thumbnail"] === true,
        ownPercent: numberOf(video["item_percent"]),
        theirPercent: numberOf(video["entry_percent"]),
        pieces: pieces.map(readPiece),
    };
}

// The same bytes, by a digest that cannot be forged, and nothing that speaks against it.
export function isCertain(match: Match): boolean {
    return match.exact && !match.weak && !match.contradicted;
}
