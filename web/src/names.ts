// SPDX-License-Identifier: Apache-2.0
//
// Names behind ids (people, units, schemes), loaded once for a session and forgotten with it.
import { all, get, type Schemas } from "./api/client.ts";
import { onSignOut } from "./session.ts";
import { Store, useLoad, useStore, type Load } from "./store.ts";

class Names<T extends { id: number }> {
    readonly #known = new Store<ReadonlyMap<number, T> | null>(null);
    #loading: Promise<void> | null = null;

    constructor(readonly load: () => Promise<T[]>) {
        onSignOut(() => this.forget());
    }

    forget(): void {
        this.#loading = null;
        this.#known.set(null);
    }

    want(): void {
        this.#loading ??= this.load().then(
            (items) => this.#known.set(new Map(items.map((item) => [item.id, item]))),
            () => {
                this.#loading = null;
            },
        );
    }

    use(): ReadonlyMap<number, T> | null {
        this.want();
        return useStore(this.#known, (known) => known);
    }
}

const people = new Names(() =>
    all((cursor) => get("/api/v1/people", { query: { limit: 200, ...(cursor !== undefined && { cursor }) } })),
);
const units = new Names(() =>
    all((cursor) => get("/api/v1/units", { query: { limit: 200, ...(cursor !== undefined && { cursor }) } })),
);

// By id; null while they are being loaded.
export function usePeople(): ReadonlyMap<number, Schemas["Person"]> | null {
    return people.use();
}

export function useUnits(): ReadonlyMap<number, Schemas["Unit"]> | null {
    return units.use();
}

// The display name of an account, or its number when it is closed or not known.
export function usePersonName(): (id: number | null) => string {
    const known = usePeople();
    return (id) => (id === null ? "–" : (known?.get(id)?.display ?? `#${id}`));
}

export function useUnitName(): (id: number | null) => string {
    const known = useUnits();
    return (id) => (id === null ? "–" : (known?.get(id)?.name ?? `#${id}`));
}

// After one was made or changed.
export function forgetNames(): void {
    people.forget();
    units.forget();
}

const schemes = new Map<string, Promise<Schemas["SchemeWithCodes"]>>();
onSignOut(() => schemes.clear());

export function scheme(id: string): Promise<Schemas["SchemeWithCodes"]> {
    let known = schemes.get(id);
    if (known === undefined) {
        known = get("/api/v1/schemes/{scheme}", { path: { scheme: id } });
        known.catch(() => schemes.delete(id));
        schemes.set(id, known);
    }
    return known;
}

// The cases one may see, loaded anew with each page that shows them, as cases come and go.
export function useCases(): readonly Schemas["Case"][] | null {
    const load = useLoad(
        (signal) =>
            all((cursor) =>
                get("/api/v1/cases", { query: { limit: 200, ...(cursor !== undefined && { cursor }) }, signal }),
            ),
        [],
    );
    return load.data;
}

// The number of a case as people write it, "#7" while it is not known.
export function caseNumber(cases: readonly Schemas["Case"][] | null, id: number): string {
    return cases?.find((one) => one.id === id)?.number ?? `#${id}`;
}

// The scheme by which a case is judged; loading until its id is known.
export function useCaseScheme(id: string | undefined): Load<Schemas["SchemeWithCodes"]> {
    return useLoad((signal) => (id === undefined ? untilAborted(signal) : scheme(id)), [id]);
}

function untilAborted(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}
