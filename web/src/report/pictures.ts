// SPDX-License-Identifier: Apache-2.0
//
// Pictures for a report: asked for one by one, each a reveal on record with its purpose, and turned
// into text without being shown.
import { post, raw } from "../api/client.ts";

export type PictureKind = "192" | "512";

function dataAddress(bytes: Blob): Promise<string> {
    return new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.addEventListener("load", () => resolve(String(reader.result)));
        reader.addEventListener("error", () => reject(reader.error ?? new Error("the picture cannot be read")));
        reader.readAsDataURL(bytes);
    });
}

export async function pictureForReport(
    caseId: number,
    media: number,
    kind: PictureKind,
    purpose: string,
    signal: AbortSignal,
): Promise<string> {
    const path = { case: caseId, media };
    const reply = await raw("post", "/api/v1/cases/{case}/media/{media}/reveals", {
        path,
        body: { kind, purpose },
        signal,
    });
    const data = await dataAddress(new Blob([await reply.arrayBuffer()], { type: "image/jpeg" }));
    const reveal = Number(reply.headers.get("Clew-Reveal"));
    // It was on no screen.
    if (Number.isSafeInteger(reveal) && reveal > 0)
        await post("/api/v1/cases/{case}/media/{media}/reveals/{reveal}/end", {
            path: { ...path, reveal },
            body: { shown_ms: 0 },
        });
    return data;
}
