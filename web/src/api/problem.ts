// SPDX-License-Identifier: Apache-2.0
//
// What can go wrong with a call: the server said no (Problem), or could not be reached (Offline).
import type { components } from "./schema.ts";

export type ProblemDetails = components["schemas"]["Problem"];

export class Problem extends Error {
    constructor(
        readonly details: ProblemDetails,
        // Seconds to wait, where the server said so.
        readonly retryAfter: number | null,
    ) {
        super(details.detail);
    }

    get status(): number {
        return this.details.status;
    }
    get code(): ProblemDetails["code"] {
        return this.details.code;
    }
    // The same request may succeed later.
    get passing(): boolean {
        return this.status === 429 || this.status === 503 || this.status === 502 || this.status === 504;
    }
}

export class Offline extends Error {}

// Whether something is a call that was given up on purpose.
export function isAbort(error: unknown): boolean {
    return error instanceof DOMException && error.name === "AbortError";
}
