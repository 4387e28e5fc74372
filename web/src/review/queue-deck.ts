// SPDX-License-Identifier: Apache-2.0
//
// The queue of review: stacks leased to this person, a few ahead, facts only. A stack of several media
// is one tile until it is opened; then its other media stand behind it.
import { all, get, post, type Schemas } from "../api/client.ts";
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
const FILL_AGAIN_MS = 3000;
const FORESEEN = 3;
// Of one stack; more of them are judged together, or on the stack's page.
const MEMBERS_MOST = 2000;

export class QueueDeck extends Deck {
    readonly #tiles: (Tile | null)[] = [];
    readonly #stacks = new Set<number>();
    readonly #opened = new Set<number>();
    // The other media of stacks that may be opened next, by stack.
    readonly #members = new Map<number, readonly Tile[]>();
    readonly #asked = new Set<number>();
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
        this.#foresee(index);
        if (this.#tiles.length - index <= AHEAD) void this.#ask(false);
    }

    // Asks anew, as when a vote was counted and its lease is free.
    more(): void {
        this.reached(this.#cursor);
    }

    // The other media of a stack come in behind the tile that leads it: at once, so that no key can mean
    // another tile than the one under the cursor. Without their facts yet, they are loading.
    open(index: number): void {
        const leader = this.#tiles[index] ?? null;
        if (leader === null || leader.stack === null || !this.#canOpen(leader)) return;
        const { stack } = leader;
        this.#opened.add(stack);
        const others = this.#members.get(stack) ?? null;
        const room = Math.min(leader.openCount - 1, MEMBERS_MOST);
        this.#tiles[index] = { ...leader, stackCount: 1, openCount: 1 };
        this.#tiles.splice(index + 1, 0, ...(others ?? new Array<null>(Math.max(0, room)).fill(null)));
        this.#members.delete(stack);
        this.tell({ count: this.#tiles.length });
        if (others === null) void this.#fill(stack, leader.media, room);
    }

    #canOpen(tile: Tile): boolean {
        return tile.leads && tile.stackCount > 1 && tile.stack !== null && !this.#opened.has(tile.stack);
    }

    async #membersOf(stack: number, leader: number): Promise<Tile[]> {
        const items = await all(
            (cursor) =>
                get("/api/v1/cases/{case}/stacks/{stack}/media", {
                    path: { case: this.caseId, stack },
                    query: { limit: 200, ...(cursor !== undefined && { cursor }) },
                    signal: this.#control.signal,
                }),
            MEMBERS_MOST,
        );
        return items
            .filter((media) => media.media !== leader && media.kind === "new" && media.state !== "decided")
            .map((media) => tileOfStackMedia(media, stack));
    }

    async #fill(stack: number, leader: number, room: number): Promise<void> {
        try {
            const others = await this.#membersOf(stack, leader);
            const at = this.#tiles.findIndex((tile) => tile?.media === leader);
            if (at >= 0) this.#tiles.splice(at + 1, room, ...others);
            this.tell({ count: this.#tiles.length, error: null });
        } catch (error) {
            if (isAbort(error)) return;
            this.tell({ error });
            setTimeout(() => void this.#fill(stack, leader, room), FILL_AGAIN_MS);
        }
    }

    // Facts of what may be opened next are here before a key asks for them.
    #foresee(index: number): void {
        for (const tile of this.#tiles.slice(index, index + FORESEEN)) {
            if (tile === null || tile.stack === null || !this.#canOpen(tile) || this.#asked.has(tile.stack)) continue;
            const { stack } = tile;
            this.#asked.add(stack);
            this.#membersOf(stack, tile.media).then(
                (others) => {
                    if (!this.#opened.has(stack)) this.#members.set(stack, others);
                },
                () => this.#asked.delete(stack),
            );
        }
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
            this.#foresee(this.#cursor);
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
