// SPDX-License-Identifier: Apache-2.0
//
// The queue of decisions: what a person decides is kept, in order, until the server has it. One is on
// its way at a time, each under one idempotency key for all its attempts, so that a lost reply, a
// reload or a server that is away loses none and counts none twice.
//
// What the server refuses for good is told and not tried again. What it has not got yet can be taken
// back without its knowledge; what it has, by an undo that goes the same way.
import type { Schemas } from "../api/client.ts";
import { Offline, Problem } from "../api/problem.ts";
import { Store } from "../store.ts";

export type VoteBody = {
    category: string;
    media?: number[];
    stack?: number;
    open_count?: number;
};
export type VoteResults = Schemas["VoteResults"];

// Ids and codes only: it may lie in the browser's storage until it is sent.
export type Entry = {
    id: string; // also the idempotency key
    order: number;
    case: number;
} & ({ kind: "vote"; body: VoteBody } | { kind: "undo"; of: string });

export interface Shelf {
    load(): Promise<Entry[]>;
    put(entry: Entry): Promise<void>;
    remove(id: string): Promise<void>;
    drop(): Promise<void>;
}

export interface Carrier {
    vote(entry: { case: number; key: string; body: VoteBody }): Promise<VoteResults>;
    // `votes` null: the last act of the caller in the case.
    undo(entry: { case: number; key: string; votes: number[] | null }): Promise<VoteResults>;
}

export interface Refused {
    entry: Entry;
    error: unknown;
}

export interface OutboxState {
    waiting: number;
    // Why nothing goes out at present; null while it does.
    stalled: unknown;
    refused: readonly Refused[];
}

const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15000] as const;
// Replies that are remembered for taking votes back.
const REMEMBERED = 1000;
// A fault of the server is tried so often before it counts as a refusal.
const FAULTS_MAX = 8;

type Watcher = (entry: Entry, result: VoteResults) => void;

export class Outbox {
    readonly state = new Store<OutboxState>({ waiting: 0, stalled: null, refused: [] });
    #queue: Entry[] = [];
    #onWay: Entry | null = null;
    #order = 0;
    #attempts = 0;
    #timer: ReturnType<typeof setTimeout> | null = null;
    #closed = false;
    // Sent at least once: the server may have these although it did not say so.
    readonly #tried = new Set<string>();
    readonly #results = new Map<string, number[]>();
    readonly #watchers = new Set<Watcher>();
    readonly #emptied = new Set<() => void>();

    constructor(
        readonly carrier: Carrier,
        readonly shelf: Shelf,
        readonly newId: () => string = () => crypto.randomUUID(),
        readonly waits: readonly number[] = WAITS_MS,
    ) {}

    // Takes up what was not sent before the page was left.
    async open(): Promise<void> {
        const known = new Set(this.#queue.map((entry) => entry.id));
        const loaded = await this.shelf.load().catch(() => []);
        for (const entry of this.#queue) known.add(entry.id);
        const kept = loaded.filter((entry) => !known.has(entry.id));
        if (this.#closed) return;
        kept.sort((a, b) => a.order - b.order);
        for (const entry of kept) this.#tried.add(entry.id);
        this.#order = Math.max(this.#order, ...kept.map((entry) => entry.order));
        // What was decided meanwhile comes after it, on the shelf too.
        if (kept.length > 0) for (const entry of this.#queue) this.#keep(entry);
        this.#queue = [...kept, ...this.#queue];
        this.#tell();
        this.#go();
    }

    vote(caseId: number, body: VoteBody): string {
        return this.#add({ id: this.newId(), order: 0, case: caseId, kind: "vote", body });
    }

    // Takes back what `id` decided: never sent, it just goes; else an undo follows it. False when it was
    // refused, so that there is nothing to take back.
    undo(caseId: number, id: string): boolean {
        const waiting = this.#queue.findIndex((entry) => entry.id === id);
        if (waiting >= 0 && !this.#tried.has(id)) {
            this.#queue.splice(waiting, 1);
            this.shelf.remove(id).catch(() => undefined);
            this.#tell();
            return true;
        }
        if (this.state.get().refused.some((refused) => refused.entry.id === id)) return false;
        this.#add({ id: this.newId(), order: 0, case: caseId, kind: "undo", of: id });
        return true;
    }

    // Takes back the last act of voting that the server knows of, as after a reload.
    undoLast(caseId: number): string {
        return this.#add({ id: this.newId(), order: 0, case: caseId, kind: "undo", of: "" });
    }

    // Tried again at once, as when somebody has signed in or given a code.
    retry(): void {
        this.#attempts = 0;
        this.#wake();
    }

    dismissRefused(): void {
        this.state.change({ refused: [] });
    }

    watch(watcher: Watcher): () => void {
        this.#watchers.add(watcher);
        return () => this.#watchers.delete(watcher);
    }

    // Resolves with whether everything was sent, after `limitMs` at the latest.
    settled(limitMs: number): Promise<boolean> {
        if (this.#queue.length === 0) return Promise.resolve(true);
        return new Promise((resolve) => {
            const done = () => {
                clearTimeout(timer);
                this.#emptied.delete(done);
                resolve(true);
            };
            const timer = setTimeout(() => {
                this.#emptied.delete(done);
                resolve(false);
            }, limitMs);
            this.#emptied.add(done);
        });
    }

    // Forgets everything, here and on the shelf.
    async close(): Promise<void> {
        this.#closed = true;
        this.#queue = [];
        if (this.#timer !== null) clearTimeout(this.#timer);
        this.#tell();
        await this.shelf.drop();
    }

    #add(entry: Entry): string {
        this.#queue.push(entry);
        this.#keep(entry);
        this.#tell();
        this.#go();
        return entry.id;
    }

    #keep(entry: Entry): void {
        entry.order = ++this.#order;
        this.shelf.put(entry).catch(() => undefined); // full or forbidden storage: memory has it still
    }

    #tell(): void {
        this.state.change({ waiting: this.#queue.length });
        if (this.#queue.length === 0) for (const done of [...this.#emptied]) done();
    }

    #wake(): void {
        if (this.#timer !== null) clearTimeout(this.#timer);
        this.#timer = null;
        this.#go();
    }

    #go(): void {
        const entry = this.#queue[0];
        if (entry === undefined || this.#onWay !== null || this.#timer !== null || this.#closed) return;
        this.#onWay = entry;
        this.#tried.add(entry.id);
        this.#send(entry).then(
            (result) => this.#done(entry, result),
            (error: unknown) => this.#failed(entry, error),
        );
    }

    #send(entry: Entry): Promise<VoteResults> {
        if (entry.kind === "vote") return this.carrier.vote({ case: entry.case, key: entry.id, body: entry.body });
        return this.carrier.undo({ case: entry.case, key: entry.id, votes: this.#results.get(entry.of) ?? null });
    }

    #finish(entry: Entry): void {
        this.#queue = this.#queue.filter((other) => other !== entry);
        this.#tried.delete(entry.id);
        this.shelf.remove(entry.id).catch(() => undefined);
        this.#onWay = null;
        this.#attempts = 0;
    }

    #done(entry: Entry, result: VoteResults): void {
        if (this.#closed) return; // the shelf is gone, and stays gone
        this.#finish(entry);
        if (entry.kind === "vote")
            this.#remember(
                entry.id,
                result.items.map((item) => item.vote),
            );
        if (this.state.get().stalled !== null) this.state.change({ stalled: null });
        for (const watcher of [...this.#watchers]) watcher(entry, result);
        this.#tell();
        this.#go();
    }

    #remember(id: string, votes: number[]): void {
        this.#results.set(id, votes);
        const oldest = this.#results.keys().next().value;
        if (this.#results.size > REMEMBERED && oldest !== undefined) this.#results.delete(oldest);
    }

    #failed(entry: Entry, error: unknown): void {
        if (this.#closed) return;
        if (this.#isForGood(error)) {
            this.#finish(entry);
            // What was refused needs no undo.
            for (const later of this.#queue.filter((other) => other.kind === "undo" && other.of === entry.id))
                this.#finish(later);
            this.state.change({ refused: [...this.state.get().refused, { entry, error }] });
            this.#tell();
            this.#go();
            return;
        }
        this.#onWay = null;
        this.state.change({ stalled: error });
        const told = error instanceof Problem && error.retryAfter !== null ? error.retryAfter * 1000 : 0;
        const wait = this.waits[Math.min(this.#attempts, this.waits.length - 1)] ?? 0;
        this.#attempts++;
        this.#timer = setTimeout(() => this.#wake(), Math.max(told, wait));
    }

    #isForGood(error: unknown): boolean {
        if (error instanceof Offline || !(error instanceof Problem)) return false;
        if (error.passing || ["unauthenticated", "second_factor", "csrf"].includes(error.code)) return false;
        return error.status < 500 || this.#attempts >= FAULTS_MAX;
    }
}
