// SPDX-License-Identifier: Apache-2.0
//
// Places within the desk: "#/cases/3/media/17?with=9". What comes behind '#' never reaches a server
// or its log.
import { Store } from "./store.ts";

export interface Place {
    path: string; // "/cases/3/media/17"
    query: URLSearchParams;
}

function read(): Place {
    const text = location.hash.startsWith("#") ? location.hash.slice(1) : "";
    const at = text.indexOf("?");
    const path = at < 0 ? text : text.slice(0, at);
    return {
        path: path === "" ? "/" : path.replace(/(.)\/+$/, "$1"),
        query: new URLSearchParams(at < 0 ? "" : text.slice(at + 1)),
    };
}

export const place = new Store<Place>(read());

addEventListener("hashchange", () => place.set(read()));

export type Query = Record<string, string | number | null | undefined>;

// "#/search?kind=note": for href; members that are null, undefined or empty are left out.
export function href(path: string, query: Query = {}): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query))
        if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
    const text = search.toString();
    return `#${path}${text === "" ? "" : `?${text}`}`;
}

export function go(path: string, query: Query = {}): void {
    location.hash = href(path, query);
}

// The present place with another query, without an entry in the history and without a new page.
export function replaceQuery(query: Query): void {
    history.replaceState(null, "", href(place.get().path, query));
    place.set(read());
}

// Null when it is not encoded as addresses are.
function decoded(value: string): string | null {
    try {
        return decodeURIComponent(value);
    } catch {
        return null;
    }
}

// The numbers (":id") and words ("*name") of a pattern, null when the path is another one.
export function match(pattern: string, path: string): Record<string, string> | null {
    const wanted = pattern.split("/");
    const given = path.split("/");
    if (wanted.length !== given.length) return null;
    const found: Record<string, string> = {};
    for (const [i, part] of wanted.entries()) {
        const value = given[i] ?? "";
        if (part.startsWith(":")) {
            if (!/^[1-9][0-9]{0,18}$/.test(value)) return null;
            found[part.slice(1)] = value;
        } else if (part.startsWith("*")) {
            const word = decoded(value);
            if (word === null || word === "") return null;
            found[part.slice(1)] = word;
        } else if (part !== value) {
            return null;
        }
    }
    return found;
}
