// SPDX-License-Identifier: Apache-2.0
//
// All media of a case in an order, as they were when it was asked: ids at once, facts in pages as they
// come into view. What came into the case since shows when it is asked again.
import { get, type Schemas } from "../api/client.ts";
import { isAbort } from "../api/problem.ts";
import { Deck } from "./deck.ts";
import { tileOfMedia, type Tile } from "./tile.ts";

export interface OrderFilter {
    kind?: "new" | "notable" | "ignorable";
    decision?: "open" | "decided" | "disputed";
    family?: "picture" | "video" | "other";
    status?: string;
    finding?: string;
    tag?: string;
    stack?: number;
    sort?: "oldest" | "newest" | "largest" | "stack";
}

const PAGE = 100;
const PAGES_KEPT = 40;
const PAGES_AT_ONCE = 4;
// What only flies past while somebody scrolls is not fetched.
const SETTLE_MS = 60;
// After a page that could not be had.
const AGAIN_MS = 4000;

export class OrderDeck extends Deck {
    #ids: number[] = [];
    readonly #pages = new Map<number, (Tile | null)[]>(); // in order of use
    readonly #onWay = new Set<number>();
    readonly #control = new AbortController();
    #wanted: [number, number] = [0, 0];
    #timer: ReturnType<typeof setTimeout> | null = null;

    constructor(
        caseId: number,
        readonly filter: OrderFilter,
    ) {
        super(caseId);
        void this.#begin();
    }

    // More media than the server lists.
    more = false;

    tile(index: number): Tile | null {
        return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE] ?? null;
    }

    put(index: number, tile: Tile): void {
        const page = this.#pages.get(Math.floor(index / PAGE));
        if (page !== undefined) page[index % PAGE] = tile;
        this.tell();
    }

    reached(): void {
        // want() sees to it.
    }

    want(first: number, last: number): void {
        this.#wanted = [Math.floor(first / PAGE), Math.floor(Math.max(first, last) / PAGE)];
        this.#soon(SETTLE_MS);
    }

    #soon(waitMs: number): void {
        if (this.#timer === null && this.#missing().length > 0 && !this.#control.signal.aborted)
            this.#timer = setTimeout(() => this.#fetch(), waitMs);
    }

    close(): void {
        this.#control.abort();
        if (this.#timer !== null) clearTimeout(this.#timer);
    }

    async #begin(): Promise<void> {
        this.tell({ loading: true });
        try {
            const reply = await get("/api/v1/cases/{case}/media/order", {
                path: { case: this.caseId },
                query: this.filter,
                signal: this.#control.signal,
            });
            this.#ids = reply.ids;
            this.more = reply.more;
            this.tell({ count: reply.ids.length, loading: false, finished: reply.ids.length === 0 });
            this.want(0, PAGE - 1);
        } catch (error) {
            if (!isAbort(error)) this.tell({ loading: false, error });
        }
    }

    #missing(): number[] {
        const [first, last] = this.#wanted;
        const missing: number[] = [];
        for (let page = first; page <= last && page * PAGE < this.#ids.length; page++)
            if (!this.#pages.has(page) && !this.#onWay.has(page)) missing.push(page);
        return missing;
    }

    #fetch(): void {
        this.#timer = null;
        for (const page of this.#missing().slice(0, PAGES_AT_ONCE - this.#onWay.size)) void this.#fetchPage(page);
    }

    async #fetchPage(page: number): Promise<void> {
        this.#onWay.add(page);
        const ids = this.#ids.slice(page * PAGE, (page + 1) * PAGE);
        try {
            const reply = await get("/api/v1/cases/{case}/media", {
                path: { case: this.caseId },
                query: { ids: ids.join(",") },
                signal: this.#control.signal,
            });
            const found = new Map<number, Schemas["MediaOfCase"]>(reply.items.map((media) => [media.media, media]));
            this.#keep(
                page,
                ids.map((id) => {
                    const media = found.get(id);
                    return media === undefined ? null : tileOfMedia(media);
                }),
            );
            this.tell({ error: null });
            this.#onWay.delete(page);
            this.#soon(SETTLE_MS);
        } catch (error) {
            this.#onWay.delete(page);
            if (isAbort(error)) return;
            this.tell({ error });
            this.#soon(AGAIN_MS);
        }
    }

    #keep(page: number, tiles: (Tile | null)[]): void {
        this.#pages.set(page, tiles);
        const [first, last] = this.#wanted;
        for (const old of this.#pages.keys()) {
            if (this.#pages.size <= PAGES_KEPT) break;
            if (old < first || old > last) this.#pages.delete(old);
        }
    }
}
