// SPDX-License-Identifier: Apache-2.0
//
// Words of a report.
import { text } from "../text.ts";
import type { ReportBlock } from "./document.ts";

// A report is read elsewhere: its times are UTC.
export function utc(when: string): string {
    return `${when.slice(0, 10)} ${when.slice(11, 19)} UTC`;
}

export function said(field: string, value: string): string {
    return text.words[field]?.[value] ?? value.replaceAll("_", " ");
}

export const say = (content: string): ReportBlock => ({ kind: "text", text: content });
