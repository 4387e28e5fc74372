// SPDX-License-Identifier: Apache-2.0
//
// The queue of review: stacks leased to this person, a few ahead, facts only. A stack of several media
// is one tile until it is opened; then its other media stand behind it.
import { get, post, type Schemas } from "../api/client.ts";
import { isAbort } from "../api/problem.ts";
import { Deck } from "./deck.ts";
import { tileOfLease, tileOfStackMedia, type Tile } from "./tile.ts";

export interface QueueFilter {
    order: "case" | "size" | "newest";
    family: "picture" | "video" | "other" | null;
    finding: string | null;
}

// What one person may hold in a case, and how few ahead are too few.
const LEASES = 20;
const AHEAD = 10;
// Done tiles that are kept to look back at.
const BEHIND = 500;
const ASK_AGAIN_MS = 15_000;

export class QueueDeck extends Deck {
    readonly #tiles: (Tile | null)[] = [];
    readonly #stacks = new Set<number>();
    readonly #opened = new Set<number>();
    readonly #control = new AbortController();
    #cursor = 0;
    #asking = false;
    #dropped = 0;
    #timer: ReturnType<typeof setInterval> | null = null;

    constructor(
        caseId: number,
        readonly filter: QueueFilter,
    ) {
        super(caseId);
        void this.#ask(true);
    }

    tile(index: number): Tile | null {
        return this.#tiles[index] ?? null;
    }

    want(): void {
        // All of it is here.
    }

    put(index: number, tile: Tile): void {
        this.#tiles[index] = tile;
        this.tell();
    }

    reached(index: number): void {
        this.#cursor = index;
        this.#drop(index - BEHIND);
        if (this.#tiles.length - index <= AHEAD) void this.#ask(false);
    }

    // Asks anew, as when a vote was counted and its lease is free.
    more(): void {
        this.reached(this.#cursor);
    }

    // The other media of a stack, behind the tile that leads it. How many came.
    async open(index: number): Promise<number> {
        const leader = this.#tiles[index];
        if (
            leader === null ||
            leader === undefined ||
            leader.stack === null ||
            leader.stackCount < 2 ||
            this.#opened.has(leader.stack)
        )
            return 0;
        const { stack } = leader;
        this.#opened.add(stack);
        const reply = await get("/api/v1/cases/{case}/stacks/{stack}/media", {
            path: { case: this.caseId, stack },
            query: { limit: 200 },
            signal: this.#control.signal,
        });
        const others = reply.items
            .filter((media) => media.media !== leader.media && media.kind === "new" && media.state !== "decided")
            .map((media) => tileOfStackMedia(media, stack));
        // The tile may have moved while the reply was on its way, never away from its stack.
        const at = this.#tiles.findIndex((tile) => tile?.stack === stack && tile.leads);
        if (at < 0) return 0;
        this.#tiles[at] = { ...leader, ...this.#tiles[at], stackCount: 1, openCount: 1 };
        this.#tiles.splice(at + 1, 0, ...others);
        this.tell({ count: this.#tiles.length });
        return others.length;
    }

    // Stacks that are not done, given back to the queue.
    release(stacks: number[] | null = null): Promise<unknown> {
        return post("/api/v1/cases/{case}/leases/release", {
            path: { case: this.caseId },
            body: { stacks },
            keepalive: true,
        }).catch(() => undefined);
    }

    // A stack leaves the row of what is to be done; its tile keeps its place.
    forget(stack: number): void {
        this.#stacks.delete(stack);
    }

    close(): void {
        this.#control.abort();
        if (this.#timer !== null) clearInterval(this.#timer);
    }

    #drop(before: number): void {
        for (; this.#dropped < before; this.#dropped++) {
            const stack = this.#tiles[this.#dropped]?.stack;
            if (stack !== null && stack !== undefined) this.#stacks.delete(stack);
            this.#tiles[this.#dropped] = null;
        }
    }

    async #leases(first: boolean): Promise<Schemas["Lease"][]> {
        const path = { case: this.caseId };
        const { signal } = this.#control;
        const held = first ? (await get("/api/v1/cases/{case}/leases", { path, signal })).items : [];
        if (held.length >= LEASES) return held;
        const { order, family, finding } = this.filter;
        const reply = await post("/api/v1/cases/{case}/leases", {
            path,
            signal,
            body: { count: LEASES - held.length, order, family, finding },
        });
        return [...held, ...reply.items];
    }

    async #ask(first: boolean): Promise<void> {
        if (this.#asking) return;
        this.#asking = true;
        this.tell({ loading: true });
        try {
            const leases = await this.#leases(first);
            const before = this.#tiles.length;
            for (const lease of leases) this.#take(lease);
            const finished = this.#tiles.length === before;
            this.tell({ count: this.#tiles.length, loading: false, finished, error: null });
            this.#look(finished);
        } catch (error) {
            if (!isAbort(error)) {
                this.tell({ loading: false, error });
                this.#look(true);
            }
        } finally {
            this.#asking = false;
        }
    }

    #take(lease: Schemas["Lease"]): void {
        const tile = tileOfLease(lease);
        if (tile === null || this.#stacks.has(lease.stack)) return;
        this.#stacks.add(lease.stack);
        this.#tiles.push(tile);
    }

    // Stacks come while others give theirs back or a scan goes on: asked about now and then.
    #look(again: boolean): void {
        if (again && this.#timer === null) {
            this.#timer = setInterval(() => {
                if (this.#tiles.length - this.#cursor <= AHEAD) void this.#ask(false);
            }, ASK_AGAIN_MS);
        } else if (!again && this.#timer !== null) {
            clearInterval(this.#timer);
            this.#timer = null;
        }
    }
}
