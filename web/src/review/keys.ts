// SPDX-License-Identifier: Apache-2.0
//
// The one listener for the keys of review, there as long as the page is: one that came and went with
// what is drawn would miss keys that come fast. It acts only while the review has the focus, and never
// on what somebody types.
import { preferences } from "../preferences.ts";
import { meant, type Meant } from "./keymap.ts";

export interface KeyTarget {
    region: () => HTMLElement | null;
    // True when the key was for the review.
    down: (meant: Meant, event: KeyboardEvent) => boolean;
    up: (meant: Meant) => void;
}

let target: KeyTarget | null = null;

export function takeKeys(next: KeyTarget): () => void {
    target = next;
    return () => {
        if (target === next) target = null;
    };
}

const TYPING = "input, textarea, select, [contenteditable], dialog *";
const PRESSED = "button, a[href], summary, [role=button]";

function isForReview(event: KeyboardEvent): boolean {
    const element = event.target;
    if (!(element instanceof Element) || target?.region()?.contains(element) !== true) return false;
    if (event.isComposing || element.matches(TYPING)) return false;
    // These keys press what has the focus.
    return !(element.matches(PRESSED) && ["Enter", "NumpadEnter", "Space"].includes(event.code));
}

const REPEATS = new Set(["move", "range"]);

document.addEventListener("keydown", (event) => {
    if (target === null || !isForReview(event)) return;
    const wanted = meant(event, preferences.get().desk.keys);
    if (wanted === null) return;
    if (event.repeat && !REPEATS.has(wanted.action.id)) {
        event.preventDefault();
        return;
    }
    if (target.down(wanted, event)) event.preventDefault();
});

// A held key that is let go anywhere hides what it showed.
document.addEventListener("keyup", (event) => {
    const wanted = target === null ? null : meant(event, preferences.get().desk.keys);
    if (wanted !== null) target?.up(wanted);
});
