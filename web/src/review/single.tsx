// SPDX-License-Identifier: Apache-2.0
//
// The single view: one media, its facts beside the frame in which it is shown on request.
import { useEffect } from "preact/hooks";
import { clock, size } from "../format.ts";
import { href } from "../route.ts";
import { useStore } from "../store.ts";
import { text } from "../text.ts";
import { typeWord } from "../ui/media-facts.tsx";
import { Button, Chip, Facts, classes, word } from "../ui/parts.tsx";
import { ShownPicture } from "./reveal.tsx";
import { nameOf, show, showing } from "./showing.ts";
import type { ReviewSession } from "./session.ts";
import { picturesOf, strips, wantStrip } from "./strips.ts";
import type { Tile } from "./tile.ts";
import { tilePlace, tileState } from "./tile-view.tsx";

const words = text.review;

function Frame(props: { tile: Tile; caseId: number }) {
    const { tile, caseId } = props;
    const scenes = useStore(strips, (all) => all.get(tile.media) ?? null);
    useEffect(() => wantStrip(caseId, tile), [caseId, tile.media]);
    const pictures = picturesOf(tile, caseId, false);
    const isOpen = useStore(showing, (all) => pictures.some((wanted) => all.has(nameOf(wanted))));
    const isStrip = scenes !== null && scenes.length > 0;
    if (tile.kind !== "new" || !tile.hasPreview)
        return (
            <div class="single-frame">
                <p class="reveal-note">
                    {tile.kind !== "new" ? words.knownNotShown : (tile.noPreview ?? words.noPreview)}
                </p>
            </div>
        );
    return (
        <div class={classes("single-frame", isStrip && isOpen && "strip")}>
            {pictures.map((wanted, i) => {
                const at = scenes?.[i]?.milliseconds ?? null;
                return (
                    <span class="single-scene" key={nameOf(wanted)}>
                        <ShownPicture wanted={wanted} label={words.pictureOf(tile.media)} />
                        {isStrip && isOpen && at !== null && <span class="muted">{clock(at)}</span>}
                    </span>
                );
            })}
            {!isOpen && (
                <Button onClick={() => pictures.forEach((wanted) => void show(wanted))}>
                    {isStrip ? words.showStrip(scenes.length) : words.show}
                </Button>
            )}
        </div>
    );
}

export function Single(props: {
    session: ReviewSession;
    tile: Tile | null;
    label: (code: string) => string;
    position: string;
}) {
    const { tile, session } = props;
    const own = useStore(session.state, (state) => (tile === null ? undefined : state.decided.get(tile.media)));
    const skipped = useStore(session.state, (state) => tile !== null && state.skipped.has(tile.media));
    const marked = useStore(session.state, (state) => tile !== null && state.marked.has(tile.media));
    if (tile === null)
        return (
            <div class="single" tabIndex={0} role="group" aria-label={words.single}>
                <p class="quiet-place">{words.end}</p>
            </div>
        );
    const state = tileState(tile, props.label, own?.category ?? null, skipped);
    const pixels =
        tile.width !== null && tile.height !== null ? text.facts.pixels(String(tile.width), String(tile.height)) : null;
    return (
        <div class="single" tabIndex={0} role="group" aria-label={words.single}>
            <Frame key={tile.media} tile={tile} caseId={session.deck.caseId} />
            <div class="single-facts">
                <p class="muted">{props.position}</p>
                <p class="single-state" aria-live="polite">
                    {[state, marked ? words.marked : null].filter(Boolean).join(", ") || " "}
                </p>
                <Facts
                    of={[
                        [
                            words.factNames.type,
                            typeWord({ media_type: tile.mediaType, family: (tile.family ?? "other") as "picture" }),
                        ],
                        [words.factNames.measure, pixels],
                        [words.factNames.size, tile.sizeBytes === null ? null : size(tile.sizeBytes)],
                        [words.factNames.alike, tilePlace(tile)],
                        [
                            words.finding,
                            tile.findings.length === 0 ? null : (
                                <span class="chips">
                                    {[...new Set(tile.findings.map((finding) => finding.type))].map((type) => (
                                        <Chip key={type}>{word("finding", type)}</Chip>
                                    ))}
                                </span>
                            ),
                        ],
                        [
                            words.tagText,
                            tile.tags.length === 0 ? null : (
                                <span class="chips">
                                    {tile.tags.map((tag) => (
                                        <Chip key={tag}>{tag}</Chip>
                                    ))}
                                </span>
                            ),
                        ],
                    ]}
                />
                <a href={href(`/cases/${session.deck.caseId}/media/${tile.media}`)}>{words.actions.open}</a>
            </div>
        </div>
    );
}
