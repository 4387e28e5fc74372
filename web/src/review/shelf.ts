// SPDX-License-Identifier: Apache-2.0
//
// Where unsent decisions outlive a reload: a database of the browser for each account, with ids and
// codes in it and nothing else, dropped when its owner signs out.
import type { Entry, Shelf } from "./outbox.ts";

const STORE = "unsent";

function finished<T>(request: IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
    });
}

export class BrowserShelf implements Shelf {
    readonly #name: string;
    #database: Promise<IDBDatabase> | null = null;

    constructor(account: number) {
        this.#name = `clew-unsent-${account}`;
    }

    #open(): Promise<IDBDatabase> {
        this.#database ??= (() => {
            const request = indexedDB.open(this.#name, 1);
            request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
            return finished(request).then((database) => {
                // The owner signs out in another window: what stays open there holds nothing back.
                database.onversionchange = () => {
                    database.close();
                    this.#database = null;
                };
                return database;
            });
        })();
        return this.#database;
    }

    // What is kept need not have reached the disk before the next key.
    async #store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
        const database = await this.#open();
        return database.transaction(STORE, mode, { durability: "relaxed" }).objectStore(STORE);
    }

    async load(): Promise<Entry[]> {
        return (await finished((await this.#store("readonly")).getAll())) as Entry[];
    }

    async put(entry: Entry): Promise<void> {
        await finished((await this.#store("readwrite")).put(entry));
    }

    async remove(id: string): Promise<void> {
        await finished((await this.#store("readwrite")).delete(id));
    }

    async drop(): Promise<void> {
        const database = await this.#database?.catch(() => null);
        database?.close();
        this.#database = null;
        await finished(indexedDB.deleteDatabase(this.#name));
    }
}
