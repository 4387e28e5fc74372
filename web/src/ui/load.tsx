// SPDX-License-Identifier: Apache-2.0
//
// The states of what is being loaded, and lists that come in pages.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isAbort } from "../api/problem.ts";
import type { Load } from "../store.ts";
import { text } from "../text.ts";
import { Failure } from "./failure.tsx";
import { Button, Loading } from "./parts.tsx";

// Loading, failed, or what `children` makes of the data; old data stay while new ones load.
export function Await<T>(props: { load: Load<T>; children: (data: T) => ComponentChildren }) {
    const { load } = props;
    if (load.data === null || load.data === undefined)
        return load.state === "failed" ? <Failure error={load.error} retry={load.reload} /> : <Loading />;
    return (
        <>
            {load.state === "failed" && <Failure error={load.error} retry={load.reload} />}
            {props.children(load.data)}
        </>
    );
}

export interface Pages<T> {
    items: readonly T[];
    state: "loading" | "ready" | "failed";
    error: unknown;
    hasMore: boolean;
    more: () => void;
    reload: () => void;
}

// A list by cursor: the first page at once and when `inputs` change, further ones on more(). On
// reload() the old rows stay until the first page is there, and with them the focus. The server may
// give short or empty pages before the last: those are followed.
export function usePages<T>(
    load: (cursor: string | undefined, signal: AbortSignal) => Promise<{ items: T[]; next: string | null }>,
    inputs: readonly unknown[],
): Pages<T> {
    const [shown, setShown] = useState<Omit<Pages<T>, "more" | "reload">>({
        items: [],
        state: "loading",
        error: null,
        hasMore: false,
    });
    const [round, setRound] = useState(0);
    const cursor = useRef<string | undefined>(undefined);
    const control = useRef<AbortController | null>(null);

    const shownFor = useRef<readonly unknown[] | null>(null);

    const fetchPage = async (signal: AbortSignal) => {
        const isFirst = cursor.current === undefined;
        try {
            let reply = await load(cursor.current, signal);
            while (reply.items.length === 0 && reply.next !== null) reply = await load(reply.next, signal);
            if (signal.aborted) return;
            cursor.current = reply.next ?? undefined;
            setShown((old) => ({
                items: isFirst ? reply.items : [...old.items, ...reply.items],
                state: "ready",
                error: null,
                hasMore: reply.next !== null,
            }));
        } catch (error) {
            if (!signal.aborted && !isAbort(error)) setShown((old) => ({ ...old, state: "failed", error }));
        }
    };
    useEffect(() => {
        const mine = new AbortController();
        control.current = mine;
        cursor.current = undefined;
        const same = shownFor.current !== null && inputs.every((input, i) => Object.is(input, shownFor.current?.[i]));
        shownFor.current = inputs;
        setShown((old) => ({ items: same ? old.items : [], state: "loading", error: null, hasMore: false }));
        void fetchPage(mine.signal);
        return () => mine.abort();
    }, [...inputs, round]);
    return {
        ...shown,
        more: () => {
            if (shown.state === "loading" || control.current === null) return;
            setShown((old) => ({ ...old, state: "loading" }));
            void fetchPage(control.current.signal);
        },
        reload: () => setRound((count) => count + 1),
    };
}

// Below a list: further pages, or what went wrong with them.
export function More(props: { pages: Pages<unknown> }) {
    const { pages } = props;
    if (pages.state === "failed")
        return <Failure error={pages.error} retry={pages.items.length > 0 ? pages.more : pages.reload} />;
    if (pages.state === "loading") return <Loading />;
    return pages.hasMore ? (
        <div>
            <Button onClick={pages.more}>{text.common.more}</Button>
        </div>
    ) : null;
}
