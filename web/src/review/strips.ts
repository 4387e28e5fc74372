// SPDX-License-Identifier: Apache-2.0
//
// Which pictures stand for a media in the single view: of a film a strip of its scenes, of anything
// else one. Only their times are known before somebody shows them.
import { get } from "../api/client.ts";
import { onSignOut } from "../session.ts";
import { Store } from "../store.ts";
import type { Wanted } from "./showing.ts";
import type { Tile } from "./tile.ts";

export interface Scene {
    ordinal: number;
    milliseconds: number | null;
}

const KEPT = 100;

// By media id; null while it is asked for.
export const strips = new Store<ReadonlyMap<number, readonly Scene[] | null>>(new Map());
onSignOut(() => strips.set(new Map()));

export function wantStrip(caseId: number, tile: Tile): void {
    if (tile.family !== "video" || tile.kind !== "new" || !tile.hasPreview || strips.get().has(tile.media)) return;
    const keep = (scenes: readonly Scene[] | null) => {
        const next = new Map(strips.get());
        next.delete(tile.media);
        next.set(tile.media, scenes);
        const oldest = next.keys().next().value;
        if (next.size > KEPT && oldest !== undefined) next.delete(oldest);
        strips.set(next);
    };
    keep(null);
    get("/api/v1/cases/{case}/media/{media}", { path: { case: caseId, media: tile.media } }).then(
        (media) => keep(media.previews.filter(({ kind }) => kind === "strip")),
        () => keep([]), // then the one picture it has
    );
}

export function picturesOf(tile: Tile, caseId: number, isGrid: boolean): Wanted[] {
    const scenes = isGrid ? null : strips.get().get(tile.media);
    if (scenes === null || scenes === undefined || scenes.length === 0)
        return [{ caseId, mediaId: tile.media, kind: isGrid ? "192" : "512" }];
    return scenes.map(({ ordinal }) => ({ caseId, mediaId: tile.media, kind: "strip", ordinal }));
}
