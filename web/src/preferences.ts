// SPDX-License-Identifier: Apache-2.0
//
// How a person has set up their desk, and what review does not give to them. The server keeps it for
// them alone; the browser keeps nothing of it. Loaded when somebody signs in, forgotten when they leave.
import { get, put, type Schemas } from "./api/client.ts";
import { readMoved } from "./review/keymap.ts";
import { onSignOut, sessionStore } from "./session.ts";
import { Store } from "./store.ts";

export const HIDE_AFTER = { least: 2, most: 10 } as const; // seconds
export const BREAKS = [20, 30, 45, 60, 0] as const; // minutes; 0: none

export interface Desk {
    theme: "system" | "light" | "dark";
    // One press that hides again by itself, or a held key.
    show: "press" | "hold";
    hideAfter: number;
    grey: boolean;
    hover: boolean;
    keys: Record<string, string>;
    breakMinutes: number;
    grid: "grid" | "single";
}

export type Family = "picture" | "video" | "other";

export interface NotMine {
    families: readonly Family[];
    tags: readonly string[];
}

export interface Preferences {
    desk: Desk;
    notMine: NotMine;
}

export const defaults: Preferences = {
    desk: {
        theme: "system",
        show: "press",
        hideAfter: 4,
        grey: false,
        hover: false,
        keys: {},
        breakMinutes: 30,
        grid: "grid",
    },
    notMine: { families: [], tags: [] },
};

export const preferences = new Store<Preferences>(defaults);

function oneOf<T>(options: readonly T[], value: unknown, otherwise: T): T {
    return options.find((option) => option === value) ?? otherwise;
}

function flag(value: unknown, otherwise: boolean): boolean {
    return typeof value === "boolean" ? value : otherwise;
}

// An older or newer desk may have written it: what is not understood is the default.
export function readDesk(value: unknown): Desk {
    const given = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
    const own = defaults.desk;
    const hideAfter = given["hideAfter"];
    const inRange = typeof hideAfter === "number" && hideAfter >= HIDE_AFTER.least && hideAfter <= HIDE_AFTER.most;
    return {
        theme: oneOf(["system", "light", "dark"] as const, given["theme"], own.theme),
        show: oneOf(["press", "hold"] as const, given["show"], own.show),
        hideAfter: inRange ? Math.round(hideAfter) : own.hideAfter,
        grey: flag(given["grey"], own.grey),
        hover: flag(given["hover"], own.hover),
        keys: readMoved(given["keys"]),
        breakMinutes: oneOf<number>(BREAKS, given["breakMinutes"], own.breakMinutes),
        grid: oneOf(["grid", "single"] as const, given["grid"], own.grid),
    };
}

// What the server has, whole: members that this desk does not know are given back to it unchanged.
let kept: Schemas["Preferences"] | null = null;
let loading: Promise<void> | null = null;
let owner: number | null = null;

function take(reply: Schemas["Preferences"]): void {
    kept = reply;
    preferences.set({ desk: readDesk(reply.desk), notMine: reply.not_mine });
}

function forget(): void {
    kept = null;
    loading = null;
    owner = null;
    preferences.set(defaults);
}

// Once for a session; again after it failed.
export function loadPreferences(): Promise<void> {
    if (loading === null) {
        const mine = get("/api/v1/account/preferences").then(
            (reply) => {
                if (loading === mine) take(reply);
            },
            (error: unknown) => {
                if (loading === mine) loading = null;
                throw error;
            },
        );
        loading = mine;
    }
    return loading;
}

// One after the other, so that two quick changes do not undo each other.
let last: Promise<unknown> = Promise.resolve();

// Changes a part. It is in force at once, and taken back when the server does not keep it.
export function savePreferences(part: { desk?: Partial<Desk>; notMine?: Partial<NotMine> }): Promise<void> {
    const saved = last.then(async () => {
        await loadPreferences();
        if (kept === null) return;
        const before = preferences.get();
        const desk = { ...before.desk, ...part.desk };
        const notMine = { ...before.notMine, ...part.notMine };
        preferences.set({ desk, notMine });
        try {
            take(
                await put("/api/v1/account/preferences", {
                    body: {
                        desk: { ...kept.desk, ...desk },
                        not_mine: { families: [...notMine.families], tags: [...notMine.tags] },
                    },
                }),
            );
        } catch (error) {
            preferences.set(before);
            throw error;
        }
    });
    last = saved.catch(() => undefined);
    return saved;
}

function showTheme(): void {
    const { theme } = preferences.get().desk;
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
}

onSignOut(forget);
preferences.watch(showTheme);
let seen = sessionStore.get().session;
sessionStore.watch(() => {
    const { session } = sessionStore.get();
    if (session === seen) return;
    seen = session;
    const account = session?.account ?? null;
    // A session that ended by itself keeps the look; another person does not get it.
    if (account === null || account === owner) return;
    if (owner !== null) forget();
    owner = account;
    // Without an answer the desk works as it does for somebody new; what shows them tries again.
    loadPreferences().catch(() => undefined);
});
