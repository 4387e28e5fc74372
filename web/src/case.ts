// SPDX-License-Identifier: Apache-2.0
//
// The case that is open: loaded once for all pages below "/cases/N", again when it changed.
import { get, type Schemas } from "./api/client.ts";
import { onSignOut } from "./session.ts";
import { Store, useLoad, useStore, type Load } from "./store.ts";

export type CaseWithCounts = Schemas["CaseWithCounts"];

const rounds = new Store(0);
const last = new Store<CaseWithCounts | null>(null);

onSignOut(() => last.set(null));

export function useCase(id: number): Load<CaseWithCounts> {
    const round = useStore(rounds, (count) => count);
    const load = useLoad(
        async (signal) => {
            const found = await get("/api/v1/cases/{case}", { path: { case: id }, signal });
            last.set(found);
            return found;
        },
        [id, round],
    );
    // While it loads anew, what was known of it stays.
    const known = last.get();
    return load.state !== "ready" && load.data === null && known?.id === id
        ? ({ ...load, data: known } as Load<CaseWithCounts>)
        : load;
}

// After something was done that changes a case's numbers or texts.
export function caseChanged(): void {
    rounds.set(rounds.get() + 1);
}
