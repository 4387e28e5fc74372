// SPDX-License-Identifier: Apache-2.0
//
// Short words in the corner that are also read out: what happened, perhaps with one thing to do.
import { Store, useStore } from "../store.ts";
import { Button } from "./parts.tsx";

const SHOWN_MS = 6000;

interface Notice {
    id: number;
    words: string;
    action?: { label: string; run: () => void };
}

const notices = new Store<readonly Notice[]>([]);
let last = 0;

export function notify(words: string, action?: Notice["action"]): void {
    const notice: Notice = { id: ++last, words, ...(action !== undefined && { action }) };
    notices.set([...notices.get().slice(-2), notice]);
    setTimeout(() => notices.set(notices.get().filter((other) => other.id !== notice.id)), SHOWN_MS);
}

export function Notices() {
    const shown = useStore(notices, (list) => list);
    return (
        <div class="notices" role="status" aria-live="polite">
            {shown.map((notice) => (
                <div class="notice" key={notice.id}>
                    <span>{notice.words}</span>
                    {notice.action !== undefined && (
                        <Button look="small" onClick={notice.action.run}>
                            {notice.action.label}
                        </Button>
                    )}
                </div>
            ))}
        </div>
    );
}
