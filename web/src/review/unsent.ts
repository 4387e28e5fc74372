// SPDX-License-Identifier: Apache-2.0
//
// The outbox of whoever is signed in: one for all cases, opened with the session, so that what a
// reload or an ended session left behind goes out before anything new.
import { post } from "../api/client.ts";
import { onSignOut, sessionStore } from "../session.ts";
import { Store, useStore } from "../store.ts";
import { Outbox, type Carrier, type OutboxState } from "./outbox.ts";
import { BrowserShelf } from "./shelf.ts";

// How long signing out waits for what is on its way.
const LEAVE_MS = 4000;

const carrier: Carrier = {
    vote: ({ case: id, key, body }) => post("/api/v1/cases/{case}/votes", { path: { case: id }, key, body }),
    undo: ({ case: id, key, votes }) =>
        post("/api/v1/cases/{case}/votes/undo", { path: { case: id }, key, body: { votes } }),
};

const current = new Store<Outbox | null>(null);
let owner: number | null = null;
let seen: Pick<ReturnType<typeof sessionStore.get>, "session" | "reached"> = { session: null, reached: true };

function follow(): void {
    const before = seen;
    seen = sessionStore.get();
    const { session, reached } = seen;
    if (session === null || !session.permissions.includes("review")) return;
    if (owner === session.account) {
        if (session !== before.session || (reached && !before.reached)) current.get()?.retry();
        return;
    }
    owner = session.account;
    const outbox = new Outbox(carrier, new BrowserShelf(session.account));
    outbox.open().catch(() => undefined); // without storage, decisions live as long as the page
    current.set(outbox);
}

sessionStore.watch(follow);
follow();
addEventListener("online", () => current.get()?.retry());

// Everything is sent, or given up: signing out asks before (pages/leaving.tsx).
onSignOut(async () => {
    const outbox = current.get();
    await outbox?.settled(LEAVE_MS);
    await outbox?.close().catch(() => undefined);
    current.set(null);
    owner = null;
});

export function unsent(): Outbox | null {
    return current.get();
}

export function useOutbox(): Outbox | null {
    return useStore(current, (outbox) => outbox);
}

const nothing = new Store<OutboxState>({ waiting: 0, stalled: null, refused: [] });

export function useOutboxState(): OutboxState {
    return useStore(useOutbox()?.state ?? nothing, (state) => state);
}
