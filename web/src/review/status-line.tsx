// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { get } from "../api/client.ts";
import { duration } from "../format.ts";
import { useLoad, useStore } from "../store.ts";
import { text } from "../text.ts";
import { Button } from "../ui/parts.tsx";
import { exposure } from "./showing.ts";
import { unsent, useOutboxState } from "./unsent.ts";

const words = text.review;

// What was seen today, as the server counted it before this page and this page since.
let before: { reveals: number; seconds: number; own: number; ownMs: number } | null = null;

async function loadExposure(signal: AbortSignal) {
    const { today } = await get("/api/v1/account/exposure", { signal });
    const own = exposure.get();
    before = { reveals: today.reveals, seconds: today.seconds, own: own.reveals, ownMs: own.shownMs };
    return before;
}

function seenToday(now: { reveals: number; shownMs: number }): { reveals: number; seconds: number } {
    if (before === null) return { reveals: now.reveals, seconds: now.shownMs / 1000 };
    return {
        reveals: before.reveals + now.reveals - before.own,
        seconds: before.seconds + (now.shownMs - before.ownMs) / 1000,
    };
}

// The person's own numbers; never a pace, never beside those of others.
export function StatusLine(props: { count: number; children: ComponentChildren }) {
    useLoad(loadExposure, []);
    const seen = seenToday(useStore(exposure, (value) => value));
    const { waiting, stalled } = useOutboxState();
    return (
        <div class="review-status">
            <span data-waiting={waiting}>{words.progress(props.count, waiting)}</span>
            {stalled !== null && (
                <span role="status">
                    {words.stalled}{" "}
                    <Button look="small" onClick={() => unsent()?.retry()}>
                        {words.sendNow}
                    </Button>
                </span>
            )}
            <span class="muted">
                {seen.reveals === 0 ? words.seenNone : words.seen(seen.reveals, duration(seen.seconds))}
            </span>
            {props.children}
        </div>
    );
}
