// SPDX-License-Identifier: Apache-2.0
//
// What went wrong with a call, in whole sentences: the server's own where there is one.
import { Offline, Problem } from "../api/problem.ts";
import { duration } from "../format.ts";
import { text } from "../text.ts";
import { Button, Message } from "./parts.tsx";

export function sentence(error: unknown): string {
    if (error instanceof Offline) return text.common.offlineLoad;
    if (error instanceof Problem) {
        const detail = error.details.detail;
        const said = detail.charAt(0).toUpperCase() + detail.slice(1) + (/[.!?]$/.test(detail) ? "" : ".");
        const id = error.details.id !== undefined ? ` ${text.common.faultId(error.details.id)}` : "";
        const wait = error.retryAfter !== null ? ` ${text.common.retryIn(duration(error.retryAfter))}` : "";
        return said + id + wait;
    }
    return error instanceof Error ? `${text.common.failed} ${error.message}` : text.common.failed;
}

export function Failure(props: { error: unknown; retry?: () => void }) {
    return (
        <Message role="alert">
            <p>{sentence(props.error)}</p>
            {props.retry !== undefined && (
                <Button look="small" onClick={props.retry}>
                    {text.common.again}
                </Button>
            )}
        </Message>
    );
}
