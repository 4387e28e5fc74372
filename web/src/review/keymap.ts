// SPDX-License-Identifier: Apache-2.0
//
// The keys of the review as data: what each does, where it lies (KeyboardEvent.code, so by position on
// any layout), and whether it can be moved. What a person moved is kept in their preferences as
// { action: code }; everything here is a pure function of that.
import type { help } from "../text/en/help.ts";

export type KeyLabel = keyof typeof help.keys;
export type KeyGroup = "decide" | "see" | "work" | "move";

export interface KeyAction {
    id: string;
    group: KeyGroup;
    code: string;
    // Do the same, always.
    also?: readonly string[];
    // Held with it; such rows are not moved, they follow the ones without.
    held?: "alt" | "shift";
    // What is pressed, where that is more than one key: shown instead of the code.
    shown?: "altDigit" | "shiftArrow" | "arrow";
    label: KeyLabel;
    // The place of its code among those of the scheme: 0 to 9.
    digit?: number;
    remappable: boolean;
}

const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0] as const;
const OTHER_ARROWS = ["ArrowLeft", "ArrowUp", "ArrowDown"] as const;

export const keyActions: readonly KeyAction[] = [
    ...DIGITS.map((digit): KeyAction => ({
        id: `decide${digit}`,
        group: "decide",
        code: `Digit${digit}`,
        also: [`Numpad${digit}`],
        label: "decide",
        digit,
        remappable: true,
    })),
    {
        id: "decideStack",
        group: "decide",
        code: "Digit1",
        held: "alt",
        shown: "altDigit",
        label: "decideStack",
        remappable: false,
    },
    { id: "undo", group: "decide", code: "KeyU", label: "undo", remappable: true },
    { id: "show", group: "see", code: "KeyS", label: "show", remappable: true },
    { id: "grey", group: "see", code: "KeyG", label: "grey", remappable: true },
    { id: "hideAll", group: "see", code: "KeyH", also: ["Escape"], label: "hideAll", remappable: true },
    { id: "break", group: "see", code: "KeyB", label: "break", remappable: true },
    { id: "note", group: "work", code: "KeyN", label: "note", remappable: true },
    { id: "tag", group: "work", code: "KeyT", label: "tag", remappable: true },
    { id: "notMine", group: "work", code: "KeyX", label: "notMine", remappable: true },
    { id: "open", group: "work", code: "Enter", also: ["NumpadEnter"], label: "open", remappable: false },
    { id: "help", group: "work", code: "Slash", label: "help", remappable: true },
    { id: "view", group: "move", code: "KeyV", label: "view", remappable: true },
    {
        id: "move",
        group: "move",
        code: "ArrowRight",
        also: OTHER_ARROWS,
        shown: "arrow",
        label: "move",
        remappable: false,
    },
    {
        id: "range",
        group: "move",
        code: "ArrowRight",
        also: OTHER_ARROWS,
        held: "shift",
        shown: "shiftArrow",
        label: "range",
        remappable: false,
    },
    { id: "mark", group: "move", code: "Space", label: "mark", remappable: true },
];

// Only what was moved: { action: code }.
export type Moved = Readonly<Record<string, string>>;

const byId = new Map(keyActions.map((action) => [action.id, action]));

export function keyAction(id: string): KeyAction | null {
    return byId.get(id) ?? null;
}

// Where an action lies now.
export function codeOf(action: KeyAction, moved: Moved): string {
    return action.remappable ? (moved[action.id] ?? action.code) : action.code;
}

// Characters and the keypad; what moves the focus or belongs to the browser stays as it is.
const PLACES = /^(Key[A-Z]|Digit[0-9]|Numpad([0-9]|Add|Subtract|Multiply|Divide|Decimal)|Intl(Backslash|Ro|Yen))$/;
const SIGNS: ReadonlySet<string> = new Set([
    "Minus",
    "Equal",
    "BracketLeft",
    "BracketRight",
    "Backslash",
    "Semicolon",
    "Quote",
    "Backquote",
    "Comma",
    "Period",
    "Slash",
    "Space",
    "Backspace",
]);

export function isAssignable(code: string): boolean {
    return PLACES.test(code) || SIGNS.has(code);
}

export type Refusal = { why: "fixed" } | { why: "reserved" } | { why: "taken"; by: KeyAction };

// Why `code` cannot be the key of action `id`; null when it can.
export function refusal(id: string, code: string, moved: Moved): Refusal | null {
    const action = byId.get(id);
    if (action === undefined || !action.remappable) return { why: "fixed" };
    if (!isAssignable(code)) return { why: "reserved" };
    for (const other of keyActions) {
        if (other.held !== undefined || other.id === id) continue;
        if (codeOf(other, moved) === code || other.also?.includes(code) === true) return { why: "taken", by: other };
    }
    return null;
}

// The map with one key moved; back at its own place it needs no entry.
export function move(id: string, code: string, moved: Moved): Moved {
    const { [id]: _before, ...rest } = moved;
    return byId.get(id)?.code === code ? rest : { ...rest, [id]: code };
}

// What the server has, read with care: entries that mean nothing here or clash are left out.
export function readMoved(value: unknown): Record<string, string> {
    if (typeof value !== "object" || value === null) return {};
    const wanted: Record<string, string> = {};
    for (const [id, code] of Object.entries(value))
        if (typeof code === "string" && byId.get(id)?.remappable === true && isAssignable(code)) wanted[id] = code;
    // Two that changed places do not clash, so all are looked at together; what still clashes goes
    // until nothing does.
    for (;;) {
        const clash = Object.entries(wanted).find(([id, code]) => refusal(id, code, wanted) !== null);
        if (clash === undefined) return wanted;
        delete wanted[clash[0]];
    }
}

export interface Pressed {
    code: string;
    altKey: boolean;
    ctrlKey: boolean;
    metaKey: boolean;
    shiftKey: boolean;
}

export interface Meant {
    action: KeyAction;
    // Of a decision: for the whole stack.
    whole: boolean;
}

// What a key press asks for, for the review; null when nothing. Repeats, composition and keys in
// fields are the caller's to leave out.
export function meant(event: Pressed, moved: Moved): Meant | null {
    if (event.ctrlKey || event.metaKey) return null;
    for (const action of keyActions) {
        if (action.id === "decideStack") continue;
        if (codeOf(action, moved) !== event.code && action.also?.includes(event.code) !== true) continue;
        if (event.altKey && action.digit === undefined) continue;
        // Many write the question mark with Shift.
        if ((action.held === "shift") !== event.shiftKey && action.id !== "help") continue;
        return { action, whole: event.altKey };
    }
    return null;
}
