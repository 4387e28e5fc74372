// SPDX-License-Identifier: Apache-2.0
//
// Regions of a picture as numbered outlines: on an empty frame, and over the picture while it is shown.
import type { Schemas } from "../../api/client.ts";
import { classes } from "../../ui/parts.tsx";
import type { Shape } from "./shape.ts";

export type Region = Schemas["PreviewComparison"]["regions"][number];

const LABEL_ROOM = 4;

// Drawn in pixels of the preview, so that lines and numbers have one thickness in any proportion.
export function RegionBoxes(props: { regions: readonly Region[]; shape: Shape; label: string; over?: boolean }) {
    const { width, height } = props.shape;
    return (
        <svg
            class={classes("region-boxes", props.over === true && "over")}
            role="img"
            aria-label={props.label}
            viewBox={`0 0 ${width} ${height}`}
            style={{ width: `${width}px`, aspectRatio: `${width} / ${height}` }}
        >
            {props.regions.map((region, i) => {
                const x = region.left * width;
                const y = region.top * height;
                const box = {
                    x,
                    y,
                    width: (region.right - region.left) * width,
                    height: (region.bottom - region.top) * height,
                };
                return (
                    <g key={i}>
                        <rect {...box} class="region-edge" />
                        <rect {...box} class="region-box" />
                        <text x={x + LABEL_ROOM} y={y + LABEL_ROOM} dominant-baseline="hanging" class="region-number">
                            {i + 1}
                        </text>
                    </g>
                );
            })}
        </svg>
    );
}
