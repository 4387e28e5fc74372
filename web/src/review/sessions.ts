// SPDX-License-Identifier: Apache-2.0
//
// The review that is going on: it survives a look at another page and is given up for another one, or
// with the session of its person.
import { may, onSignOut } from "../session.ts";
import type { Deck } from "./deck.ts";
import { QueueDeck } from "./queue-deck.ts";
import { ReviewSession } from "./session.ts";
import { unsent } from "./unsent.ts";

let going: { name: string; session: ReviewSession } | null = null;

// The one of this name, or a new one over what `make` gives. null until decisions have somewhere to go;
// who may not decide just looks.
export function reviewOf(name: string, make: () => Deck): ReviewSession | null {
    if (going?.name === name) return going.session;
    const outbox = unsent();
    if (outbox === null && may("review")) return null;
    void endReview();
    going = { name, session: new ReviewSession(make(), outbox) };
    return going.session;
}

// Gives back what is held.
export async function endReview(): Promise<void> {
    const ended = going?.session;
    going = null;
    ended?.close();
    if (ended?.deck instanceof QueueDeck) await ended.deck.release();
}

onSignOut(endReview);
