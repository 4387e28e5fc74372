// SPDX-License-Identifier: Apache-2.0
//
// What stands on a key, for people: by the keyboard's own layout where the browser tells it, else as
// on an American one. Digits are called by their number wherever their row has other signs unshifted.

const NAMED: Record<string, string> = {
    Enter: "Enter", NumpadEnter: "Enter", Space: "Space", Escape: "Esc", Slash: "/", Backslash: "\\", Minus: "-",
    Equal: "=", BracketLeft: "[", BracketRight: "]", Semicolon: ";", Quote: "'", Backquote: "`", Comma: ",",
    Period: ".", Backspace: "⌫", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓",
};

let layout: ReadonlyMap<string, string> | null = null;

interface WithKeyboard {
    keyboard?: { getLayoutMap?: () => Promise<ReadonlyMap<string, string>> };
}

void (navigator as WithKeyboard).keyboard?.getLayoutMap?.().then(
    (map) => { layout = map; },
    () => undefined,
);

export function keyName(code: string): string {
    const digit = /^(Digit|Numpad)([0-9])$/.exec(code);
    if (digit !== null)
        return digit[2] ?? code;
    const letter = layout?.get(code);
    if (letter !== undefined && letter.trim() !== "")
        return letter.toUpperCase();
    return NAMED[code] ?? code.replace(/^Key/, "");
}
