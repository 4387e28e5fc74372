// SPDX-License-Identifier: Apache-2.0
//
// One person's review of one deck: where they are, what is marked, what they decided and can take
// back. Lives outside of the tree of components: each key counts at once, however fast they come.
import { Problem } from "../api/problem.ts";
import { Store } from "../store.ts";
import type { Deck } from "./deck.ts";
import type { Entry, Outbox, VoteBody, VoteResults } from "./outbox.ts";
import { QueueDeck } from "./queue-deck.ts";
import { hideAll } from "./showing.ts";
import type { Tile } from "./tile.ts";

export interface Decided {
    category: string;
    // Of the entry in the outbox.
    entry: string;
    whole: boolean;
}

export interface ReviewState {
    cursor: number;
    // Where a range began.
    anchor: number | null;
    // Media ids.
    marked: ReadonlySet<number>;
    // What this person just decided, by media id.
    decided: ReadonlyMap<number, Decided>;
    // Media of stacks that were passed on as "not mine".
    skipped: ReadonlySet<number>;
    count: number; // decisions of this sitting, without those taken back
    undone: number;
}

interface Step {
    entry: string;
    media: readonly number[];
    cursor: number;
}

const NOTHING: ReviewState = {
    cursor: 0,
    anchor: null,
    marked: new Set(),
    decided: new Map(),
    skipped: new Set(),
    count: 0,
    undone: 0,
};
// Steps that can be taken back one by one; earlier ones are found in the media's votes.
const STEPS = 1000;

export class ReviewSession {
    readonly state = new Store<ReviewState>(NOTHING);
    readonly #steps: Step[] = [];
    // Marked before the range that is being drawn.
    #before: ReadonlySet<number> = new Set();
    readonly #unwatch: (() => void)[] = [];

    constructor(
        readonly deck: Deck,
        // null: this person looks, and decides nothing.
        readonly outbox: Outbox | null,
    ) {
        if (outbox !== null)
            this.#unwatch.push(
                outbox.watch((entry, result) => this.#counted(entry, result)),
                outbox.state.watch(() => this.#lookAtRefused(outbox)),
            );
        this.#unwatch.push(deck.state.watch(() => this.#place()));
    }

    close(): void {
        for (const unwatch of this.#unwatch) unwatch();
        this.deck.close();
        hideAll();
    }

    current(): Tile | null {
        return this.deck.tile(this.state.get().cursor);
    }

    // ---- Moving ----

    // By so many; `ranging` marks everything on the way.
    move(by: number, ranging = false): void {
        this.to(this.state.get().cursor + by, ranging);
    }

    to(index: number, ranging = false): void {
        hideAll();
        const state = this.state.get();
        const { count } = this.deck.state.get();
        const cursor = Math.max(0, Math.min(index, count - 1));
        if (ranging) {
            const anchor = state.anchor ?? state.cursor;
            if (state.anchor === null) this.#before = state.marked;
            this.state.change({ cursor, anchor, marked: new Set([...this.#before, ...this.#between(anchor, cursor)]) });
        } else {
            this.state.change({ cursor, anchor: null });
        }
        this.deck.reached(cursor);
    }

    toggleMark(): void {
        const tile = this.current();
        if (tile === null || !this.#canDecide(tile)) return;
        const marked = new Set(this.state.get().marked);
        if (!marked.delete(tile.media)) marked.add(tile.media);
        this.state.change({ marked, anchor: null });
    }

    clearMarks(): boolean {
        if (this.state.get().marked.size === 0) return false;
        this.state.change({ marked: new Set(), anchor: null });
        return true;
    }

    #between(one: number, other: number): Set<number> {
        const marked = new Set<number>();
        for (let i = Math.min(one, other); i <= Math.max(one, other); i++) {
            const tile = this.deck.tile(i);
            if (tile !== null && this.#canDecide(tile)) marked.add(tile.media);
        }
        return marked;
    }

    #canDecide(tile: Tile): boolean {
        return this.outbox !== null && tile.kind === "new" && !this.state.get().skipped.has(tile.media);
    }

    // ---- Deciding ----

    // The marked ones, else the current one; `whole`: everything open in its stack. False when there
    // was nothing to decide.
    decide(category: string, whole: boolean): boolean {
        const tile = this.current();
        const { marked, cursor } = this.state.get();
        if (marked.size > 0) return this.#cast({ category, media: [...marked] }, [...marked], false, cursor);
        if (tile === null || !this.#canDecide(tile)) return false;
        if (whole && tile.stack !== null) {
            const body: VoteBody = { category, stack: tile.stack };
            if (tile.leads) body.open_count = tile.openCount;
            return this.#cast(body, this.#ofStack(tile.stack), true, cursor);
        }
        if (this.deck instanceof QueueDeck) this.deck.open(cursor);
        return this.#cast({ category, media: [tile.media] }, [tile.media], false, cursor);
    }

    #ofStack(stack: number): number[] {
        const media: number[] = [];
        const { count } = this.deck.state.get();
        const { cursor } = this.state.get();
        // A stack lies together in the queue; elsewhere those in sight are enough.
        for (let i = Math.max(0, cursor - 200); i < Math.min(count, cursor + 200); i++) {
            const tile = this.deck.tile(i);
            if (tile?.stack === stack && this.#canDecide(tile)) media.push(tile.media);
        }
        return media;
    }

    #cast(body: VoteBody, media: readonly number[], whole: boolean, cursor: number): boolean {
        if (this.outbox === null) return false;
        hideAll();
        const entry = this.outbox.vote(this.deck.caseId, body);
        const state = this.state.get();
        const decided = new Map(state.decided);
        for (const id of media) {
            decided.delete(id);
            decided.set(id, { category: body.category, entry, whole });
        }
        this.#forgetOldest(decided);
        this.#steps.push({ entry, media, cursor });
        if (this.#steps.length > STEPS) this.#steps.shift();
        this.state.change({ decided, marked: new Set(), anchor: null, count: state.count + 1 });
        this.#advance(cursor);
        return true;
    }

    #forgetOldest(decided: Map<number, Decided>): void {
        for (const id of decided.keys()) {
            if (decided.size <= STEPS) break;
            decided.delete(id);
        }
    }

    #isOpen(tile: Tile | null): boolean {
        const { decided, skipped } = this.state.get();
        return (
            tile === null ||
            (tile.kind === "new" && tile.state !== "decided" && !decided.has(tile.media) && !skipped.has(tile.media))
        );
    }

    // On to the next that is open; behind the last one when all that is here is done.
    #advance(from: number): void {
        const { count } = this.deck.state.get();
        let next = from + 1;
        while (next < count && !this.#isOpen(this.deck.tile(next))) next++;
        const cursor = Math.min(next, Math.max(count, 1));
        this.state.change({ cursor });
        this.deck.reached(cursor);
    }

    // When tiles come to a cursor that waits behind the last one, it stands on the first of them.
    #place(): void {
        const { cursor } = this.state.get();
        if (cursor > 0 && cursor >= this.deck.state.get().count && this.deck instanceof QueueDeck === false)
            this.state.change({ cursor: Math.max(0, this.deck.state.get().count - 1) });
    }

    // ---- Taking back ----

    // The last decision; null when there is none of this sitting.
    undo(): number | null {
        const step = this.#steps.pop();
        if (step === undefined) return null;
        hideAll();
        this.outbox?.undo(this.deck.caseId, step.entry);
        this.#reopen(step);
        const state = this.state.get();
        this.state.change({ cursor: step.cursor, count: Math.max(0, state.count - 1), undone: state.undone + 1 });
        this.deck.reached(step.cursor);
        return step.media.length;
    }

    // The last act of voting before this sitting: what it was the server knows. Gives for how many media
    // it was, null when that was refused.
    undoEarlier(): Promise<number | null> {
        const { outbox } = this;
        if (outbox === null) return Promise.resolve(null);
        const id = outbox.undoLast(this.deck.caseId);
        return new Promise((resolve) => {
            const stop = () => {
                unwatch();
                unwatchState();
            };
            const unwatch = outbox.watch((entry, result) => {
                if (entry.id !== id) return;
                stop();
                resolve(result.items.length);
            });
            const unwatchState = outbox.state.watch(() => {
                if (!outbox.state.get().refused.some(({ entry }) => entry.id === id)) return;
                stop();
                resolve(null);
            });
        });
    }

    #reopen(step: Step): void {
        const decided = new Map(this.state.get().decided);
        for (const id of step.media) if (decided.get(id)?.entry === step.entry) decided.delete(id);
        this.state.change({ decided });
    }

    // ---- What the server says ----

    #counted(entry: Entry, result: VoteResults): void {
        if (entry.case !== this.deck.caseId) return;
        const states = new Map(result.items.map((item) => [item.media, item.state]));
        const { count } = this.deck.state.get();
        const { cursor } = this.state.get();
        for (let i = Math.max(0, cursor - 300); i < Math.min(count, cursor + 300) && states.size > 0; i++) {
            const tile = this.deck.tile(i);
            const state = tile === null ? undefined : states.get(tile.media);
            if (tile !== null && state !== undefined && tile.state !== state) this.deck.put(i, { ...tile, state });
        }
        if (this.deck instanceof QueueDeck) this.deck.more();
    }

    // A refused decision is none: its tiles are open again.
    #lookAtRefused(outbox: Outbox): void {
        for (const { entry } of outbox.state.get().refused) {
            const at = this.#steps.findIndex((step) => step.entry === entry.id);
            const step = this.#steps[at];
            if (step === undefined) continue;
            this.#steps.splice(at, 1);
            this.#reopen(step);
            this.state.change({ count: Math.max(0, this.state.get().count - 1) });
        }
    }

    // ---- Not mine to see ----

    // The current stack is passed on; its tiles stay where they are, and say so.
    skip(): { stack: number; media: readonly number[] } | null {
        const tile = this.current();
        if (tile === null || tile.stack === null) return null;
        hideAll();
        const media = this.#ofStack(tile.stack);
        const { cursor, skipped } = this.state.get();
        this.state.change({ skipped: new Set([...skipped, ...media]), marked: new Set() });
        this.#advance(cursor);
        return { stack: tile.stack, media };
    }

    unskip(media: readonly number[]): void {
        const skipped = new Set(this.state.get().skipped);
        for (const id of media) skipped.delete(id);
        this.state.change({ skipped });
    }
}

// Why a decision was not taken, where the stack has changed meanwhile.
export function isConflict(error: unknown): boolean {
    return error instanceof Problem && error.status === 409;
}
