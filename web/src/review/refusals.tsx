// SPDX-License-Identifier: Apache-2.0
import { text } from "../text.ts";
import { sentence } from "../ui/failure.tsx";
import { Button, Message } from "../ui/parts.tsx";
import { isConflict } from "./session.ts";
import { unsent, useOutboxState } from "./unsent.ts";

// Decisions that the server did not take: said until somebody has read it.
export function Refusals() {
    const { refused } = useOutboxState();
    if (refused.length === 0) return null;
    const reasons = [
        ...new Set(refused.map(({ error }) => (isConflict(error) ? text.review.refusedChanged : sentence(error)))),
    ];
    return (
        <Message role="alert">
            <p>{text.review.refused(refused.length)}</p>
            <ul>
                {reasons.map((reason) => (
                    <li key={reason}>{reason}</li>
                ))}
            </ul>
            <Button look="small" onClick={() => unsent()?.dismissRefused()}>
                {text.review.dismiss}
            </Button>
        </Message>
    );
}
