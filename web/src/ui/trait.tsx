// SPDX-License-Identifier: Apache-2.0
//
// The value of a trait as people read it.
import type { Schemas } from "../api/client.ts";
import { text } from "../text.ts";

const CELL = 900; // millionths of a degree
const MICRO = 1_000_000;
const POLAR_COSINE = 0.01;

// The middle of a cell "ROW:COLUMN"; null when it is none. Columns are as wide as rows are high.
export function middleOfCell(value: string): { latitude: number; longitude: number } | null {
    const parts = /^(-?[0-9]+):(-?[0-9]+)$/.exec(value);
    if (parts === null) return null;
    const latitude = ((Number(parts[1]) + 0.5) * CELL) / MICRO;
    // Whole millionths, as the server has it: over 200,000 columns a fraction would become kilometres.
    const width = Math.round(CELL / Math.max(Math.cos((latitude * Math.PI) / 180), POLAR_COSINE));
    return { latitude, longitude: ((Number(parts[2]) + 0.5) * width) / MICRO };
}

const degrees = (value: number) => value.toFixed(4);

export function traitWords(kind: Schemas["TraitKind"], value: string): string {
    if (kind === "taken") return value.replace("T", " ");
    const middle = kind === "place" ? middleOfCell(value) : null;
    return middle === null ? value : text.links.about(degrees(middle.latitude), degrees(middle.longitude));
}

export function TraitValue(props: { kind: Schemas["TraitKind"]; value: string }) {
    const said = traitWords(props.kind, props.value);
    if (props.kind === "jpeg_tables") return <code class="value-cell">{said}</code>;
    return <span class="value-cell">{said}</span>;
}
