// SPDX-License-Identifier: Apache-2.0
//
// What a review goes through, as a numbered row of tiles: the queue of stacks, or media in an order.
// A tile keeps its number, so nothing jumps on the screen; only where a stack is opened do its media
// come in between, behind the one that leads it.
import { Store } from "../store.ts";
import type { Tile } from "./tile.ts";

export interface DeckState {
    count: number;
    // More may come at the end.
    loading: boolean;
    // Nothing more to do, for now.
    finished: boolean;
    error: unknown;
    // Changes with any tile.
    round: number;
}

export abstract class Deck {
    readonly state = new Store<DeckState>({ count: 0, loading: false, finished: false, error: null, round: 0 });

    constructor(readonly caseId: number) {}

    // null: not loaded yet, or long done.
    abstract tile(index: number): Tile | null;
    // These are on the screen.
    abstract want(first: number, last: number): void;
    // The cursor stands here: what is needed next may be fetched.
    abstract reached(index: number): void;
    abstract close(): void;

    // Another tile in its place, as when its tags changed.
    abstract put(index: number, tile: Tile): void;

    protected tell(part: Partial<DeckState> = {}): void {
        this.state.change({ ...part, round: this.state.get().round + 1 });
    }
}
