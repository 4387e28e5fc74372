// SPDX-License-Identifier: Apache-2.0

export const help = {
    title: "Help",
    keysTitle: "Keys of the review",
    keysHint: "They work while the review has the focus, never while you type. Most can be moved:",
    keysLink: "change the keys",
    keysTable: "All keys of the review",
    keysColumns: { key: "Key", action: "What it does" },
    groups: { decide: "Deciding", see: "Seeing and hiding", work: "Working on it", move: "Moving about" },
    altDigit: "Alt + digit",
    shiftArrow: "Shift + arrows",
    arrow: "Arrows",
    keypad: (digit: string) => `keypad ${digit}`,
    everywhere: "Everywhere else Tab goes on, Shift + Tab goes back, Enter opens, Escape closes what was opened.",
    decideAt: (digit: string) => `Decide by the category with key ${digit}, and go on`,
    keyNames: {
        Escape: "Esc", Enter: "Enter", NumpadEnter: "keypad Enter", Space: "Space", Backspace: "Backspace",
        ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Tab: "Tab",
        NumpadAdd: "keypad +", NumpadSubtract: "keypad −", NumpadMultiply: "keypad ×", NumpadDivide: "keypad ÷",
        NumpadDecimal: "keypad .",
        ...(Object.fromEntries(
            [
                ["Minus", "-"], ["Equal", "="], ["BracketLeft", "["], ["BracketRight", "]"], ["Backslash", "\\"],
                ["Semicolon", ";"], ["Quote", "'"], ["Backquote", "`"], ["Comma", ","], ["Period", "."], ["Slash", "/"],
            ],
        ) as Record<string, string>),
    } as Record<string, string>,
    keys: {
        decide: "Decide by the category at this place, and go on",
        decideStack: "Decide the whole stack the same way",
        undo: "Take back the last decision",
        show: "Show the picture; it hides again by itself, or when the key is let go",
        grey: "Show in grey, or in colour again",
        hideAll: "Hide everything at once",
        break: "Take a break",
        note: "Write a note",
        tag: "Set tags",
        notMine: "Not mine to see: give it to somebody else",
        open: "Open what is selected",
        help: "Show the keys",
        view: "One at a time, or as a grid",
        move: "Go to the next one in that direction",
        range: "Mark a range while going",
        mark: "Mark or unmark",
    },
    sections: [
        {
            id: "review",
            title: "How review works",
            paragraphs: [
                "What is known already does not come to you. What is new comes in stacks: copies and near copies of one thing lie together, so one decision can settle many.",
                "Everything is hidden until you ask for it. A tile says in a few words what it is: its kind, its size, what was found in it, how many lie in its stack. Often that is enough to decide.",
                "The scheme's words for the digits are always on screen. A decision counts at once and goes on to the next; one key takes it back, as often as you like.",
                "Decisions are kept and sent again when the server cannot be reached for a while, or when the page is loaded anew. None is lost.",
                "Where a case asks for two people, neither sees what the other decided. If they differ, a third person decides.",
            ],
        },
        {
            id: "seeing",
            title: "Seeing",
            paragraphs: [
                "A picture is fetched when you ask to see it, and shown small. It hides again by itself after a few seconds, or when you let the key go: as you have set it in your account.",
                "Esc hides everything at once. So does leaving the window. There is no sound, and videos are shown as strips of still frames.",
                "Something you would rather not see can be given to somebody else with one key. Whole kinds can be left out in your account. No reason is asked.",
                "You may stop at any time. Breaks during the work, talking to colleagues, and knowing how a case ended do people good; What came of it shows the last.",
            ],
        },
        {
            id: "matches",
            title: "What exact and near mean",
            paragraphs: [
                "Exact: the file is the same, byte for byte, as one on a list. Its digests agree.",
                "Near: it looks alike. Its picture was compared by features that survive scaling, compression and small changes, and the distance says how far apart they are, in bits. Zero is the closest.",
                "A near match is a hint, not a finding. Pictures can look alike by chance, most of all flat or dark ones; look at both before you rely on it.",
                "What could not be examined is said as such, with the reason. Nothing found is not the same as nothing there.",
            ],
        },
        {
            id: "record",
            title: "What is on record",
            paragraphs: [
                "Acts on casework are on record with the time and your name: signing in, each picture shown and for how long, votes and taking them back, notes, searches, exports, changes of sets, and expunging. The record cannot be changed unseen.",
                "Of a search, its kind, its length and the number of hits are on record, not what was searched for.",
                "Auditors of the unit read the record. It is there to show a court that the work was done properly, and to protect those who did it.",
            ],
        },
        {
            id: "private",
            title: "What is private",
            paragraphs: [
                "How many pictures you saw and for how long is counted for you alone, and shown to nobody else. Nobody's pace is shown or compared.",
                "Your settings, and the kinds you left out, are yours: nobody else can read them, and they are not on record.",
                "Nothing of a picture stays in the browser. What is after the # in the address never reaches the server.",
            ],
        },
    ],
};
