// SPDX-License-Identifier: Apache-2.0
//
// Numbers of cases behind their ids, for leaves of many cases: each asked for once in a session.
import { get } from "../../api/client.ts";
import { onSignOut } from "../../session.ts";
import { Store, useStore } from "../../store.ts";

const known = new Store<ReadonlyMap<number, string>>(new Map());
const wanted = new Set<number>();

onSignOut(() => {
    wanted.clear();
    known.set(new Map());
});

function want(id: number): void {
    if (wanted.has(id)) return;
    wanted.add(id);
    get("/api/v1/cases/{case}", { path: { case: id } }).then(
        (found) => known.set(new Map([...known.get(), [id, found.number]])),
        // A case that was expunged, or is not theirs: its id says enough.
        () => undefined,
    );
}

export function useCaseNumber(): (id: number) => string {
    const numbers = useStore(known, (map) => map);
    return (id) => {
        want(id);
        return numbers.get(id) ?? `#${id}`;
    };
}
