// SPDX-License-Identifier: Apache-2.0
//
// The review itself: grid or single view over a deck, the scheme's words with their keys, and what the
// person should know of their own work. Everything that must not be missed is done by the session and
// the outbox; this draws it and hands keys on.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Schemas } from "../api/client.ts";
import { number } from "../format.ts";
import { preferences } from "../preferences.ts";
import { go } from "../route.ts";
import { useStore } from "../store.ts";
import { text } from "../text.ts";
import { Failure } from "../ui/failure.tsx";
import { Button, classes } from "../ui/parts.tsx";
import { BreakPage } from "./break.tsx";
import { NoteDialog, NotMineDialog, TagDialog } from "./dialogs.tsx";
import { Grid, type GridShape } from "./grid.tsx";
import { takeKeys } from "./keys.ts";
import { KeyButton, Legend } from "./legend.tsx";
import { Refusals } from "./refusals.tsx";
import { ReviewSession } from "./session.ts";
import { hideAll, nameOf, showing } from "./showing.ts";
import { Single } from "./single.tsx";
import { StatusLine } from "./status-line.tsx";
import type { Tile } from "./tile.ts";
import { wantedOf } from "./tile-view.tsx";
import { useActions } from "./use-actions.ts";
import { useBreaks } from "./use-breaks.ts";

const words = text.review;
// A preview of 192 pixels as it is, and the foot of the tile.
const TILE_MIN_PX = 192;
const TILE_HEIGHT_PX = 236;

type Scheme = Schemas["SchemeWithCodes"];

function labelOf(scheme: Scheme): (code: string) => string {
    const labels = new Map(scheme.codes.map(({ code, label }) => [code, label]));
    return (code) => labels.get(code) ?? code;
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
    const label = useMemo(() => labelOf(scheme), [scheme]);
    const hover = useStore(preferences, (all) => all.desk.hover);
    const shown = useStore(showing, (all) => all);

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
                            return {
                                tile,
                                caseId: deck.caseId,
                                label,
                                own: tile === null ? null : own(tile),
                                marked: tile !== null && state.marked.has(tile.media),
                                skipped: tile !== null && state.skipped.has(tile.media),
                                open: tile !== null && shown.has(nameOf(wantedOf(tile, deck.caseId, "192"))),
                                hover,
                            };
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
            <div class="review-end">
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
            </div>
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
