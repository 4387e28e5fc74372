// SPDX-License-Identifier: Apache-2.0
//
// What keys and buttons of the review ask for, done: by the session, on the server, on the screen.
import { useState } from "preact/hooks";
import { del, post, type Schemas } from "../api/client.ts";
import { preferences, savePreferences } from "../preferences.ts";
import { go } from "../route.ts";
import { text } from "../text.ts";
import { notify } from "../ui/notice.tsx";
import { keyedCodes } from "./codes.ts";
import type { Asked } from "./dialogs.tsx";
import type { GridShape } from "./grid.tsx";
import type { Meant } from "./keymap.ts";
import type { ReviewSession } from "./session.ts";
import { hideAll, isShown, nameOf, show } from "./showing.ts";
import { picturesOf } from "./strips.ts";

const words = text.review;

export function useActions(
    session: ReviewSession,
    scheme: Schemas["SchemeWithCodes"],
    shape: { current: GridShape },
    isGrid: boolean,
) {
    const [asked, setAsked] = useState<Asked | null>(null);
    const [resting, setResting] = useState(false);
    const codes = keyedCodes(scheme);

    const decide = (code: string, whole: boolean) => {
        if (!session.decide(code, whole))
            notify(session.current()?.kind === "notable" ? words.knownNotShown : words.nothingToDecide);
    };
    const undo = () => {
        const taken = session.undo();
        if (taken !== null) notify(words.undone(taken));
        else
            notify(words.undoNothing, {
                label: words.undoEarlier,
                run: () =>
                    void session.undoEarlier().then((count) => {
                        if (count !== null) notify(words.undone(count));
                    }),
            });
    };
    const wanted = () => {
        const tile = session.current();
        if (tile === null) return null;
        if (tile.kind !== "new" || !tile.hasPreview) {
            notify(tile.kind !== "new" ? words.knownNotShown : words.cannotShow);
            return null;
        }
        return picturesOf(tile, session.deck.caseId, isGrid);
    };
    const showCurrent = () => {
        const pictures = wanted() ?? [];
        const isOpen = pictures.some((one) => isShown(nameOf(one)));
        hideAll();
        if (!isOpen) for (const one of pictures) void show(one, preferences.get().desk.show === "hold");
    };
    const moveBy = (code: string, ranging: boolean) => {
        const { columns } = isGrid ? shape.current : { columns: 1 };
        const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
        session.move(steps[code] ?? 0, ranging);
    };
    const pass = () => {
        setAsked(null);
        const passed = session.skip();
        if (passed === null) return;
        const path = { case: session.deck.caseId, stack: passed.stack };
        const takeBack = () =>
            void del("/api/v1/cases/{case}/stacks/{stack}/skip", { path }).then(
                () => session.unskip(passed.media),
                () => undefined,
            );
        post("/api/v1/cases/{case}/stacks/{stack}/skip", { path }).then(
            () => notify(words.notMine.done, { label: words.notMine.takeBack, run: takeBack }),
            () => session.unskip(passed.media),
        );
    };
    const ask = (what: Asked) => {
        if (session.current() === null) return;
        hideAll();
        setAsked(what);
    };
    const open = () => {
        const tile = session.current();
        if (tile !== null) go(`/cases/${session.deck.caseId}/media/${tile.media}`);
    };
    const toggleView = () => {
        hideAll();
        void savePreferences({ desk: { grid: isGrid ? "single" : "grid" } }).catch(() => undefined);
    };
    const rest = () => {
        hideAll();
        setResting(true);
    };
    const run = (meant: Meant, event: KeyboardEvent): boolean => {
        const { action } = meant;
        const decides = action.digit !== undefined || ["undo", "note", "tag", "notMine"].includes(action.id);
        if (decides && session.outbox === null) return false;
        if (action.digit !== undefined) {
            const code = codes.find(({ digit }) => digit === action.digit);
            if (code !== undefined) decide(code.code, meant.whole);
            return true;
        }
        const acts: Record<string, () => void> = {
            undo,
            show: showCurrent,
            open,
            view: toggleView,
            break: rest,
            grey: () => void savePreferences({ desk: { grey: !preferences.get().desk.grey } }).catch(() => undefined),
            note: () => ask("note"),
            tag: () => ask("tag"),
            notMine: () => ask("notMine"),
            mark: () => session.toggleMark(),
            move: () => moveBy(event.code, false),
            range: () => moveBy(event.code, true),
            help: () => go("/help"),
            hideAll: () => {
                hideAll();
                if (event.code === "Escape") session.clearMarks();
            },
        };
        acts[action.id]?.();
        return acts[action.id] !== undefined;
    };
    const release = (meant: Meant) => {
        if (meant.action.id === "show" && preferences.get().desk.show === "hold") hideAll();
    };
    return {
        asked,
        setAsked,
        resting,
        setResting,
        codes,
        decide,
        undo,
        showCurrent,
        pass,
        ask,
        open,
        toggleView,
        rest,
        run,
        release,
    };
}
