// SPDX-License-Identifier: Apache-2.0

export const help = {
    title: "Help",
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
};
