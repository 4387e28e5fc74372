// SPDX-License-Identifier: Apache-2.0
import { savePreferences } from "../../preferences.ts";
import { sentence } from "../../ui/failure.tsx";
import { notify } from "../../ui/notice.tsx";

// For settings that are in force at once: what went wrong is said, and the setting goes back.
export function keep(part: Parameters<typeof savePreferences>[0]): void {
    savePreferences(part).catch((error: unknown) => notify(sentence(error)));
}
