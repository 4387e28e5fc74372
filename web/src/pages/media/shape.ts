// SPDX-License-Identifier: Apache-2.0
//
// The proportions of a media as it stands upright, which are those of its previews.
import type { Schemas } from "../../api/client.ts";
import { isKnown, numberOf } from "./known.ts";

const PREVIEW_SIDE = 512;

export interface Shape {
    width: number;
    height: number;
}

// Whether what is stored lies on its side: EXIF orientations 5 to 8, a quarter turn of a video.
function liesOnSide(facts: Schemas["Known"]): boolean {
    const exif = facts?.["exif"];
    const video = facts?.["video"];
    const orientation = isKnown(exif) ? numberOf(exif["orientation"]) : null;
    const rotation = isKnown(video) ? numberOf(video["rotation"]) : null;
    return (orientation !== null && orientation >= 5) || rotation === 90 || rotation === 270;
}

// Of the preview of 512 pixels; null when its proportions are not known.
export function previewShape(media: Schemas["MediaWhole"]): Shape | null {
    const { width, height } = media;
    if (width === null || height === null || width <= 0 || height <= 0) return null;
    const scale = Math.min(1, PREVIEW_SIDE / Math.max(width, height));
    const [across, down] = liesOnSide(media.facts) ? [height, width] : [width, height];
    return { width: Math.max(1, Math.round(across * scale)), height: Math.max(1, Math.round(down * scale)) };
}
