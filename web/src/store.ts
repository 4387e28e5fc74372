// SPDX-License-Identifier: Apache-2.0
//
// State that outlives a component: a value, who watches it, and two hooks. Whatever must not be lost
// while Preact renders (keys, decisions) lives in a Store outside of the tree.
import { useEffect, useRef, useState } from "preact/hooks";
import { isAbort } from "./api/problem.ts";

export class Store<T> {
    #value: T;
    readonly #watchers = new Set<() => void>();

    constructor(value: T) {
        this.#value = value;
    }

    get(): T {
        return this.#value;
    }

    set(value: T): void {
        if (Object.is(value, this.#value)) return;
        this.#value = value;
        for (const watcher of [...this.#watchers]) watcher();
    }

    change(part: Partial<T>): void {
        this.set({ ...this.#value, ...part });
    }

    watch(watcher: () => void): () => void {
        this.#watchers.add(watcher);
        return () => this.#watchers.delete(watcher);
    }
}

// What `select` gives of the store, rendered anew when that changes.
export function useStore<T, S>(store: Store<T>, select: (value: T) => S): S {
    const [, render] = useState(0);
    const selected = select(store.get());
    const last = useRef({ select, selected });
    last.current = { select, selected };
    useEffect(() => {
        const look = () => {
            if (!Object.is(last.current.select(store.get()), last.current.selected)) render((count) => count + 1);
        };
        look();
        return store.watch(look);
    }, [store]);
    return selected;
}

export type Loaded<T> =
    | { state: "loading"; data: T | null; error: null }
    | { state: "ready"; data: T; error: null }
    | { state: "failed"; data: T | null; error: unknown };

export type Load<T> = Loaded<T> & {
    reload: () => void;
    // Shows this at once, as after a change whose reply has the new object.
    put: (data: T) => void;
};

// Loads when it is first shown, when one of `inputs` changes, and on reload(). While it loads anew
// the old data stay; a reply that was overtaken is dropped.
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[]): Load<T> {
    const [loaded, setLoaded] = useState<Loaded<T>>({ state: "loading", data: null, error: null });
    const [round, setRound] = useState(0);
    const shownFor = useRef<readonly unknown[] | null>(null);
    useEffect(() => {
        const control = new AbortController();
        const same = shownFor.current !== null && inputs.every((input, i) => Object.is(input, shownFor.current?.[i]));
        shownFor.current = inputs;
        setLoaded((old) => ({ state: "loading", data: same ? old.data : null, error: null }));
        load(control.signal).then(
            (data) => {
                if (!control.signal.aborted) setLoaded({ state: "ready", data, error: null });
            },
            (error: unknown) => {
                if (!control.signal.aborted && !isAbort(error))
                    setLoaded((old) => ({ state: "failed", data: old.data, error }));
            },
        );
        return () => control.abort();
    }, [...inputs, round]);
    return {
        ...loaded,
        reload: () => setRound((count) => count + 1),
        put: (data) => setLoaded({ state: "ready", data, error: null }),
    };
}
