// SPDX-License-Identifier: Apache-2.0

export const media = {
    notes: {
        title: "Notes and tags",
        tags: "Tags",
        noTags: "No tags.",
        none: "No notes.",
        tag: "Tag",
        addTag: "Set tag",
        note: "Note",
        addNote: "Add note",
        added: "It is there.",
        gone: "It is gone.",
        removeTag: (tag: string) => `Remove the tag ${tag}`,
        removeTitle: "Remove it?",
        removeWhat: "Its words go; that it was there, and who removed it, stays on record.",
        removed: (who: string) => `A note, removed by ${who}.`,
        tagRemoved: (who: string) => `A tag, removed by ${who}.`,
    },
};
