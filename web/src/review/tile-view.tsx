// SPDX-License-Identifier: Apache-2.0
//
// One tile: facts in a few neutral words; the picture only while somebody shows it.
import { Component } from "preact";
import { clock, number, size } from "../format.ts";
import { text } from "../text.ts";
import { typeWord } from "../ui/media-facts.tsx";
import { word } from "../ui/parts.tsx";
import { ShownPicture } from "./reveal.tsx";
import { hide, nameOf, show, type Wanted } from "./showing.ts";
import type { Tile } from "./tile.ts";

const words = text.review;
const DWELL_MS = 300;
const FINDINGS_SHOWN = 2;

export function wantedOf(tile: Tile, caseId: number, kind: "192" | "512"): Wanted {
    return { caseId, mediaId: tile.media, kind };
}

// Two to four facts, the telling ones first.
export function tileFacts(tile: Tile): string[] {
    const facts = [typeWord({ media_type: tile.mediaType, family: (tile.family ?? "other") as "picture" })];
    if (tile.durationMs !== null && tile.durationMs > 0) facts.push(clock(tile.durationMs));
    else if (tile.width !== null && tile.height !== null && tile.width > 0)
        facts.push(text.facts.pixels(number(tile.width), number(tile.height)));
    if (tile.sizeBytes !== null) facts.push(size(tile.sizeBytes));
    const findings = [...new Set(tile.findings.map((finding) => word("finding", finding.type)))];
    facts.push(...findings.slice(0, FINDINGS_SHOWN));
    return facts;
}

// How it lies in its stack.
export function tilePlace(tile: Tile): string | null {
    if (tile.leads && tile.stackCount > 1) return words.stackOf(tile.stackCount, tile.distance);
    return tile.distance !== null && !tile.leads ? words.fromLeader(tile.distance) : null;
}

// What is said of it below: what was decided, or what keeps it from being shown.
export function tileState(
    tile: Tile,
    label: (code: string) => string,
    own: string | null,
    skipped: boolean,
): string | null {
    if (skipped) return words.notMineState;
    if (own !== null) return label(own);
    if (tile.kind !== "new") return words.known(word("kind", tile.kind));
    if (tile.state === "decided" && tile.category !== null) return words.decidedAs(label(tile.category));
    if (tile.state !== "open") return word("state", tile.state);
    return tile.hasPreview ? null : (tile.noPreview ?? words.noPreview);
}

export interface TileProps {
    tile: Tile | null;
    caseId: number;
    label: (code: string) => string;
    own: string | null;
    marked: boolean;
    skipped: boolean;
    // Its picture is asked for or shown.
    open: boolean;
    hover: boolean;
}

// The pointer is over one tile at a time.
let dwell: ReturnType<typeof setTimeout> | null = null;

function hovering(wanted: Wanted) {
    return {
        onPointerEnter: () => {
            dwell = setTimeout(() => void show(wanted, true), DWELL_MS);
        },
        onPointerLeave: () => {
            if (dwell !== null) clearTimeout(dwell);
            dwell = null;
            hide(nameOf(wanted));
        },
    };
}

// Without state of its own, and drawn anew only when it changed: there are many, and they come and go
// with each turn of a wheel.
export class TileView extends Component<TileProps> {
    override shouldComponentUpdate(next: TileProps): boolean {
        const names = Object.keys(next) as (keyof TileProps)[];
        return names.some((name) => this.props[name] !== next[name]);
    }

    override render(props: TileProps) {
        return <TileContent {...props} />;
    }
}

function TileContent(props: TileProps) {
    const { tile } = props;
    if (tile === null) return <div class="tile-hidden muted">{text.common.loading}</div>;
    const wanted = wantedOf(tile, props.caseId, "192");
    const state = tileState(tile, props.label, props.own, props.skipped);
    const place = tilePlace(tile);
    const hovers = props.hover && tile.hasPreview && tile.kind === "new" && !props.skipped;
    return (
        <>
            <div class="tile-hidden" {...(hovers && hovering(wanted))}>
                <ul class="tile-facts">
                    {/* The blanks keep the words apart where the tile is read out as one. */}
                    {tileFacts(tile).map((fact, i) => (
                        <li key={i}>{`${fact} `}</li>
                    ))}
                    {tile.tags.slice(0, 2).map((tag) => (
                        <li key={`tag ${tag}`} class="tile-tag">{`${tag} `}</li>
                    ))}
                </ul>
                <div class="tile-picture">
                    {props.open && <ShownPicture wanted={wanted} label={words.pictureOf(tile.media)} />}
                </div>
            </div>
            <div class="tile-foot">
                <span class="tile-state">{`${state ?? ""} `}</span>
                <span class="tile-place muted">{props.marked ? words.marked : place}</span>
            </div>
        </>
    );
}
