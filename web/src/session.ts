// SPDX-License-Identifier: Apache-2.0
//
// Who is signed in. One Store that the whole desk watches.
import { del, get, hooks, post, useCsrfToken, type Schemas } from "./api/client.ts";
import { Problem } from "./api/problem.ts";
import { Store } from "./store.ts";

export type Session = Schemas["Session"];
export type Permission = Schemas["Permission"];

interface SessionState {
    // "unknown" until the first answer.
    state: "unknown" | "out" | "in";
    session: Session | null;
    // The last session ended by itself: said on the page for signing in.
    ended: boolean;
    reached: boolean;
}

export const sessionStore = new Store<SessionState>({
    state: "unknown",
    session: null,
    ended: false,
    reached: true,
});

// Run before the session is given up, so that nothing of it stays in the browser.
const farewells = new Set<() => void | Promise<void>>();

export function onSignOut(farewell: () => void | Promise<void>): void {
    farewells.add(farewell);
}

// Whose things this page has in memory.
let owner: number | null = null;

export function takeSession(session: Session): void {
    if (owner !== null && owner !== session.account) {
        // A session ended and somebody else signed in: nothing of the one before is shown or sent in
        // their name. What was not sent yet is in the browser's storage until its owner is back.
        location.reload();
        return;
    }
    owner = session.account;
    useCsrfToken(session.csrf_token);
    sessionStore.change({ state: "in", session, ended: false });
}

function dropSession(ended: boolean): void {
    useCsrfToken(null);
    sessionStore.change({ state: "out", session: null, ended });
}

hooks.onSignedOut = () => {
    if (sessionStore.get().state === "in") dropSession(true);
};
hooks.onReach = (reached) => {
    if (sessionStore.get().reached !== reached) sessionStore.change({ reached });
};

export async function loadSession(): Promise<void> {
    try {
        takeSession(await get("/api/v1/session"));
    } catch (error) {
        if (!(error instanceof Problem) || error.code !== "unauthenticated") throw error;
        // A one-time link may have signed somebody in meanwhile.
        if (sessionStore.get().state === "unknown") dropSession(false);
    }
}

export async function signIn(name: string, password: string, code: string | null): Promise<void> {
    takeSession(await post("/api/v1/session", { body: { name, password, code } }));
}

export async function giveSecondFactor(code: string): Promise<void> {
    takeSession(await post("/api/v1/session/second-factor", { body: { code } }));
}

export async function signOut(): Promise<void> {
    for (const farewell of farewells) await farewell();
    try {
        await del("/api/v1/session");
    } finally {
        owner = null;
        dropSession(false);
    }
}

export function may(permission: Permission): boolean {
    return sessionStore.get().session?.permissions.includes(permission) ?? false;
}
