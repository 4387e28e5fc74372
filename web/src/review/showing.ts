// SPDX-License-Identifier: Apache-2.0
//
// Pictures that are being shown. The one place that asks for one: each is a reveal, on record with how
// long it was shown. Bytes are drawn and dropped; nothing is kept for another time, and leaving the
// window hides everything.
import { post, raw, type Schemas } from "../api/client.ts";
import { preferences } from "../preferences.ts";
import { onSignOut } from "../session.ts";
import { Store } from "../store.ts";

export interface Wanted {
    caseId: number;
    mediaId: number;
    kind: Schemas["PreviewKind"];
    ordinal?: number;
    // Needed for known material, with the permission for it.
    purpose?: string | null;
}

export type Shown =
    | { state: "asked" }
    | { state: "shown"; bitmap: ImageBitmap; reveal: string | null; since: number }
    | { state: "failed"; error: unknown };

export interface Exposure {
    reveals: number;
    shownMs: number;
}

// By name of what is shown.
export const showing = new Store<ReadonlyMap<string, Shown>>(new Map());
// Since the desk was opened.
export const exposure = new Store<Exposure>({ reveals: 0, shownMs: 0 });

const wantedOf = new Map<string, Wanted>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();

export function nameOf(wanted: Wanted): string {
    return `${wanted.caseId}/${wanted.mediaId}/${wanted.kind}/${wanted.ordinal ?? 0}`;
}

function set(name: string, shown: Shown | null): void {
    const next = new Map(showing.get());
    if (shown === null) next.delete(name);
    else next.set(name, shown);
    showing.set(next);
}

async function fetchPicture(wanted: Wanted): Promise<{ bitmap: ImageBitmap; reveal: string | null }> {
    const response = await raw("post", "/api/v1/cases/{case}/media/{media}/reveals", {
        path: { case: wanted.caseId, media: wanted.mediaId },
        body: { kind: wanted.kind, ordinal: wanted.ordinal ?? null, purpose: wanted.purpose ?? null },
    });
    const reveal = response.headers.get("Clew-Reveal");
    return { bitmap: await createImageBitmap(await response.blob()), reveal };
}

// How long something was shown is said a little later, so that it holds up no decision and no next
// reveal; at once when the page or the session goes.
const SAY_AFTER_MS = 1500;

interface Ended {
    wanted: Wanted;
    reveal: string;
    shownMs: number;
}

let ended: Ended[] = [];
let sayTimer: ReturnType<typeof setTimeout> | null = null;

function sayEnd(wanted: Wanted, reveal: string | null, shownMs: number): void {
    if (reveal === null) return;
    ended.push({ wanted, reveal, shownMs: Math.max(0, Math.round(shownMs)) });
    sayTimer ??= setTimeout(() => void sayEnds(), SAY_AFTER_MS);
}

function sayEnds(): Promise<unknown> {
    if (sayTimer !== null) clearTimeout(sayTimer);
    sayTimer = null;
    const now = ended;
    ended = [];
    return Promise.all(
        now.map(
            ({ wanted, reveal, shownMs }) =>
                post("/api/v1/cases/{case}/media/{media}/reveals/{reveal}/end", {
                    path: { case: wanted.caseId, media: wanted.mediaId, reveal: Number(reveal) },
                    body: { shown_ms: shownMs },
                    keepalive: true,
                }).catch(() => undefined), // that it was shown is on record already
        ),
    );
}

// Shows it; by itself it hides after the person's time, when `held` only by hide(). Where it is
// already shown its time begins anew.
export async function show(wanted: Wanted, held = false): Promise<void> {
    const name = nameOf(wanted);
    const state = showing.get().get(name)?.state;
    if (state === "shown" && !held) hideLater(name);
    if (state === "asked" || state === "shown") return;
    wantedOf.set(name, wanted);
    set(name, { state: "asked" });
    try {
        const { bitmap, reveal } = await fetchPicture(wanted);
        // Hidden again before it came: it was never seen.
        if (showing.get().get(name)?.state !== "asked") {
            bitmap.close();
            sayEnd(wanted, reveal, 0);
            return;
        }
        set(name, { state: "shown", bitmap, reveal, since: performance.now() });
        exposure.change({ reveals: exposure.get().reveals + 1 });
        if (!held) hideLater(name);
    } catch (error) {
        if (showing.get().has(name)) set(name, { state: "failed", error });
    }
}

function hideLater(name: string): void {
    clearTimeout(timers.get(name));
    timers.set(
        name,
        setTimeout(() => hide(name), preferences.get().desk.hideAfter * 1000),
    );
}

export function hide(name: string): void {
    const shown = showing.get().get(name);
    if (shown === undefined) return;
    clearTimeout(timers.get(name));
    timers.delete(name);
    set(name, null);
    if (shown.state !== "shown") return;
    const wanted = wantedOf.get(name);
    wantedOf.delete(name);
    const shownMs = performance.now() - shown.since;
    shown.bitmap.close();
    exposure.change({ shownMs: exposure.get().shownMs + shownMs });
    if (wanted !== undefined) sayEnd(wanted, shown.reveal, shownMs);
}

export function hideAll(): void {
    for (const name of [...showing.get().keys()]) hide(name);
}

export function isShown(name: string): boolean {
    return showing.get().has(name);
}

// The window is left, covered or closed.
function leave(): Promise<unknown> {
    hideAll();
    return sayEnds();
}

addEventListener("blur", hideAll);
addEventListener("hashchange", hideAll);
addEventListener("pagehide", () => void leave());
document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") void leave();
});
onSignOut(async () => {
    await leave();
});
