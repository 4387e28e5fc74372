// SPDX-License-Identifier: Apache-2.0
//
// What review knows of one media before anybody looks: facts, and what became of it.
import type { Schemas } from "../api/client.ts";

export interface Tile {
    media: number;
    stack: number | null;
    // Of those in its stack this one stands for, open ones; 1 for a single media.
    openCount: number;
    stackCount: number;
    leads: boolean;
    mediaType: string;
    family: string | null;
    sizeBytes: number | null;
    width: number | null;
    height: number | null;
    durationMs: number | null;
    findings: readonly { type: string }[];
    tags: readonly string[];
    // To the leader of its stack, in bits; of a leader: of the farthest in its stack.
    distance: number | null;
    // "notable" is known: it is not shown.
    kind: "new" | "notable" | "ignorable";
    state: "open" | "disputed" | "decided";
    // What was decided.
    category: string | null;
    hasPreview: boolean;
    // Why there is nothing to show.
    noPreview: string | null;
}

export function tileOfLease(lease: Schemas["Lease"] | Schemas["Stack"]): Tile | null {
    const { leader } = lease;
    if (leader.media === null) return null;
    return {
        media: leader.media,
        stack: lease.stack,
        openCount: lease.open_count,
        stackCount: lease.media_count,
        leads: true,
        mediaType: leader.media_type ?? "",
        family: leader.family,
        sizeBytes: leader.size_bytes,
        width: leader.width,
        height: leader.height,
        durationMs: leader.duration_ms,
        findings: leader.findings,
        tags: leader.tags,
        distance: lease.distance?.most ?? null,
        kind: "new",
        state: lease.disputed_count > 0 ? "disputed" : "open",
        category: null,
        hasPreview: leader.has_preview,
        noPreview: leader.no_preview,
    };
}

export function tileOfStackMedia(media: Schemas["StackMedia"], stack: number): Tile {
    return {
        media: media.media,
        stack,
        openCount: media.state === "decided" ? 0 : 1,
        stackCount: 1,
        leads: false,
        mediaType: media.media_type,
        family: media.family,
        sizeBytes: media.size_bytes,
        width: media.width,
        height: media.height,
        durationMs: media.duration_ms,
        findings: media.findings,
        tags: media.tags,
        distance: media.distance,
        kind: media.kind,
        state: media.state,
        category: media.category,
        hasPreview: media.has_preview,
        noPreview: media.no_preview,
    };
}

export function tileOfMedia(media: Schemas["MediaOfCase"]): Tile {
    return {
        media: media.media,
        stack: media.stack,
        openCount: media.kind === "new" && media.decision !== "decided" ? 1 : 0,
        stackCount: 1,
        leads: false,
        mediaType: media.media_type,
        family: media.family,
        sizeBytes: media.size_bytes,
        width: media.width,
        height: media.height,
        durationMs: media.duration_ms,
        findings: media.findings,
        tags: media.tags,
        distance: media.likeness?.distance ?? null,
        kind: media.kind,
        state: media.decision ?? "open",
        category: media.category,
        hasPreview: media.has_preview,
        noPreview: media.no_preview,
    };
}
