// SPDX-License-Identifier: Apache-2.0
//
// The review itself: grid or single view over a deck, the scheme's words with their keys, and what the
// person should know of their own work. Everything that must not be missed is done by the session and
// the outbox; this draws it and hands keys on.
import { useEffect, useRef, useState } from "preact/hooks";
import { del, post, type Schemas } from "../api/client.ts";
import { number } from "../format.ts";
import { preferences, savePreferences } from "../preferences.ts";
import { go } from "../route.ts";
import { useStore } from "../store.ts";
import { text } from "../text.ts";
import { Failure } from "../ui/failure.tsx";
import { notify } from "../ui/notice.tsx";
import { Button, classes } from "../ui/parts.tsx";
import { BreakPage } from "./break.tsx";
import { keyedCodes } from "./codes.ts";
import { NoteDialog, NotMineDialog, TagDialog, type Asked } from "./dialogs.tsx";
import { Grid, type GridShape } from "./grid.tsx";
import type { Meant } from "./keymap.ts";
import { takeKeys } from "./keys.ts";
import { KeyButton, Legend } from "./legend.tsx";
import { Refusals } from "./refusals.tsx";
import { ReviewSession } from "./session.ts";
import { hideAll, isShown, nameOf, show } from "./showing.ts";
import { Single } from "./single.tsx";
import { StatusLine } from "./status-line.tsx";
import { picturesOf } from "./strips.ts";
import type { Tile } from "./tile.ts";
import { TileView } from "./tile-view.tsx";
import { useBreaks } from "./use-breaks.ts";

const words = text.review;
const TILE_MIN_PX = 168;
const TILE_HEIGHT_PX = 236;

type Scheme = Schemas["SchemeWithCodes"];

function labelOf(scheme: Scheme): (code: string) => string {
    const labels = new Map(scheme.codes.map(({ code, label }) => [code, label]));
    return (code) => labels.get(code) ?? code;
}

// What keys and buttons ask for.
function useActions(session: ReviewSession, scheme: Scheme, shape: { current: GridShape }, isGrid: boolean) {
    const [asked, setAsked] = useState<Asked | null>(null);
    const [resting, setResting] = useState(false);
    const codes = keyedCodes(scheme);

    const decide = (code: string, whole: boolean) => {
        if (!session.decide(code, whole))
            notify(session.current()?.kind === "notable" ? words.knownNotShown : words.nothingToDecide);
    };
    const undo = () => {
        const taken = session.undo();
        notify(taken === null ? words.undoNothing : words.undone(taken));
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
        const tile = session.current();
        const stack = session.skip();
        if (tile === null || stack === null) return;
        const path = { case: session.deck.caseId, stack };
        post("/api/v1/cases/{case}/stacks/{stack}/skip", { path }).then(
            () =>
                notify(words.notMine.done, {
                    label: words.notMine.takeBack,
                    run: () =>
                        void del("/api/v1/cases/{case}/stacks/{stack}/skip", { path }).then(
                            () => session.unskip([tile.media]),
                            () => undefined,
                        ),
                }),
            () => session.unskip([tile.media]),
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

function Notices(props: {
    session: ReviewSession;
    codes: Scheme;
    isEmpty: boolean;
    finished: boolean;
    error: unknown;
}) {
    if (props.error !== null) return <Failure error={props.error} />;
    if (!props.isEmpty) return null;
    return props.finished ? (
        <div class="quiet-place">
            <p>{words.nothing}</p>
            <p>{words.nothingHint}</p>
        </div>
    ) : (
        <p class="quiet-place" role="status">
            {words.stillLoading}
        </p>
    );
}

export function ReviewDesk(props: { session: ReviewSession; scheme: Scheme }) {
    const { session, scheme } = props;
    const { deck } = session;
    const region = useRef<HTMLElement>(null);
    const shape = useRef<GridShape>({ columns: 1, rows: 1 });
    const isGrid = useStore(preferences, (all) => all.desk.grid === "grid");
    const state = useStore(session.state, (value) => value);
    const deckState = useStore(deck.state, (value) => value);
    const [focused, setFocused] = useState(false);
    const actions = useActions(session, scheme, shape, isGrid);
    const latest = useRef(actions);
    latest.current = actions;
    const breaks = useBreaks(actions.resting);
    const label = labelOf(scheme);

    useEffect(
        () =>
            takeKeys({
                region: () => region.current,
                down: (meant, event) => latest.current.run(meant, event),
                up: (meant) => latest.current.release(meant),
            }),
        [],
    );
    const focusBack = () => region.current?.querySelector<HTMLElement>("[role=grid], .single")?.focus();
    // The keys are ready as soon as there is something to judge.
    const isReady = deckState.count > 0 && !actions.resting;
    useEffect(() => {
        if (
            isReady &&
            (document.activeElement === document.body || document.activeElement?.matches("h1, main") === true)
        )
            focusBack();
    }, [isReady, isGrid]);

    if (actions.resting)
        return (
            <BreakPage
                count={state.count}
                onResume={() => {
                    actions.setResting(false);
                    breaks.restart();
                }}
            />
        );
    const current: Tile | null = deck.tile(state.cursor);
    const own = (tile: Tile) => state.decided.get(tile.media)?.category ?? null;
    const hint =
        state.marked.size > 0
            ? words.forMarked(state.marked.size)
            : current !== null && current.leads && current.stackCount > 1
              ? words.whole(current.openCount)
              : words.wholeHint;
    return (
        <section
            ref={region}
            class="review"
            aria-label={words.region}
            onFocusIn={(event) => setFocused((event.target as Element).closest("[data-goes-on]") === null)}
            onFocusOut={(event) => setFocused(region.current?.contains(event.relatedTarget as Node | null) === true)}
        >
            <Refusals />
            {breaks.due !== null && (
                <div class="message calm" role="status">
                    <p>{words.break.propose(breaks.due)}</p>
                    <div class="form-end">
                        <Button onClick={actions.rest}>{words.break.take}</Button>
                        <Button look="quiet" onClick={breaks.later}>
                            {words.break.later}
                        </Button>
                    </div>
                </div>
            )}
            <Notices
                session={session}
                codes={scheme}
                isEmpty={deckState.count === 0}
                finished={deckState.finished}
                error={deckState.error}
            />
            {deckState.count > 0 &&
                (isGrid ? (
                    <Grid
                        count={deckState.count}
                        cursor={state.cursor}
                        minWidth={TILE_MIN_PX}
                        tileHeight={TILE_HEIGHT_PX}
                        label={words.grid}
                        tile={(index) => {
                            const tile = deck.tile(index);
                            return (
                                <TileView
                                    tile={tile}
                                    caseId={deck.caseId}
                                    label={label}
                                    own={tile === null ? null : own(tile)}
                                    marked={tile !== null && state.marked.has(tile.media)}
                                    skipped={tile !== null && state.skipped.has(tile.media)}
                                />
                            );
                        }}
                        tileClass={(index) => {
                            const tile = deck.tile(index);
                            return tile === null
                                ? ""
                                : classes(
                                      state.marked.has(tile.media) && "marked",
                                      (own(tile) !== null || tile.state === "decided" || tile.kind !== "new") &&
                                          "settled",
                                  );
                        }}
                        onView={(first, last) => deck.want(first, last)}
                        onShape={(next) => {
                            shape.current = next;
                        }}
                        onPress={(index, event) => {
                            session.to(index, event.shiftKey);
                            if (event.ctrlKey || event.metaKey) session.toggleMark();
                        }}
                        onOpen={(index) => {
                            session.to(index);
                            actions.open();
                        }}
                    />
                ) : (
                    <Single
                        session={session}
                        tile={current}
                        label={label}
                        position={words.position(
                            number(Math.min(state.cursor + 1, deckState.count)),
                            number(deckState.count),
                        )}
                    />
                ))}
            {deckState.count > 0 && state.cursor >= deckState.count && isGrid && (
                <p class="muted" role="status">
                    {words.end}
                </p>
            )}
            {session.outbox !== null && <Legend codes={actions.codes} hint={hint} onDecide={actions.decide} />}
            <div class="review-acts">
                <KeyButton action="show" label={words.actions.show} onPress={actions.showCurrent} />
                <KeyButton action="hideAll" label={words.actions.hideAll} onPress={hideAll} />
                {session.outbox !== null && (
                    <>
                        <KeyButton action="undo" label={words.actions.undo} onPress={actions.undo} />
                        <KeyButton action="note" label={words.actions.note} onPress={() => actions.ask("note")} />
                        <KeyButton action="tag" label={words.actions.tag} onPress={() => actions.ask("tag")} />
                        <KeyButton
                            action="notMine"
                            label={words.actions.notMine}
                            onPress={() => actions.ask("notMine")}
                        />
                    </>
                )}
                <KeyButton
                    action="view"
                    label={isGrid ? words.actions.single : words.actions.grid}
                    onPress={actions.toggleView}
                />
                <KeyButton action="break" label={words.actions.break} onPress={actions.rest} />
                <KeyButton action="help" label={words.actions.help} onPress={() => go("/help")} />
            </div>
            <StatusLine count={state.count}>
                {focused ? null : (
                    <Button look="small" data-goes-on="" onClick={focusBack}>
                        {words.focusBack}
                    </Button>
                )}
            </StatusLine>
            {current !== null && actions.asked === "note" && (
                <NoteDialog caseId={deck.caseId} tile={current} onClose={() => actions.setAsked(null)} />
            )}
            {current !== null && actions.asked === "tag" && (
                <TagDialog
                    caseId={deck.caseId}
                    tile={current}
                    onClose={() => actions.setAsked(null)}
                    onDone={(tag) => {
                        deck.put(state.cursor, { ...current, tags: [...new Set([...current.tags, tag])] });
                        actions.setAsked(null);
                    }}
                />
            )}
            {current !== null && actions.asked === "notMine" && (
                <NotMineDialog
                    caseId={deck.caseId}
                    tile={current}
                    onPass={actions.pass}
                    onClose={() => actions.setAsked(null)}
                />
            )}
        </section>
    );
}
