// SPDX-License-Identifier: Apache-2.0
//
// For what an older server does not have yet, or a role may not read: null in place of the error.
import { Problem } from "./problem.ts";

const ABSENT = new Set(["not_found", "method_not_allowed", "denied", "unsupported"]);

export async function orNull<T>(reply: Promise<T>): Promise<T | null> {
    try {
        return await reply;
    } catch (error) {
        if (error instanceof Problem && ABSENT.has(error.code)) return null;
        throw error;
    }
}
