// SPDX-License-Identifier: Apache-2.0
//
// What keys and their actions are called. Where the browser knows the layout, a key is named by what
// is printed on it.
import { useEffect } from "preact/hooks";
import { Store, useStore } from "../store.ts";
import { text } from "../text.ts";
import type { KeyAction } from "./keymap.ts";

export type Layout = ReadonlyMap<string, string>;

interface KeyboardOfNavigator {
    keyboard?: { getLayoutMap?: () => Promise<Layout> };
}

const known = new Store<Layout | null>(null);
let asked = false;

// Null where it is not known: keys have the names of their places then.
export function useLayout(): Layout | null {
    useEffect(() => {
        if (asked) return;
        asked = true;
        (navigator as KeyboardOfNavigator).keyboard?.getLayoutMap?.().then(
            (layout) => known.set(layout),
            () => undefined,
        );
    }, []);
    return useStore(known, (layout) => layout);
}

export function keyName(code: string, layout: Layout | null): string {
    const named = text.help.keyNames[code];
    if (named !== undefined) return named;
    const pad = /^Numpad([0-9])$/.exec(code)?.[1];
    if (pad !== undefined) return text.help.keypad(pad);
    // Digits are meant by place: what a French row has on them without Shift would mislead.
    const place = /^(?:Digit([0-9])|Key([A-Z]))$/.exec(code);
    if (place?.[1] !== undefined) return place[1];
    const printed = layout?.get(code);
    return printed !== undefined && printed.trim() !== "" ? printed.toUpperCase() : (place?.[2] ?? code);
}

export function actionName(action: KeyAction): string {
    return action.digit !== undefined ? text.help.decideAt(String(action.digit)) : text.help.keys[action.label];
}
