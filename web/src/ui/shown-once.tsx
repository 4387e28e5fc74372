// SPDX-License-Identifier: Apache-2.0
//
// A secret that the server gives out once: what it is, copied by a press, and gone with the dialog.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { text } from "../text.ts";
import { Dialog } from "./dialog.tsx";
import { Button } from "./parts.tsx";

// `of`: what it copies, where several stand side by side.
export function CopyButton(props: { value: string; look?: "small"; of?: string }) {
    const [done, setDone] = useState(false);
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(props.value);
            setDone(true);
        } catch {
            // Without leave to write there it can still be marked and copied by hand.
            setDone(false);
        }
    };
    return (
        <Button {...(props.look !== undefined && { look: props.look })} onClick={() => void copy()}>
            <span aria-live="polite">{done ? text.common.copied : text.common.copy}</span>
            {props.of !== undefined && <span class="hidden-text">{props.of}</span>}
        </Button>
    );
}

export function ShownOnce(props: { title: string; value: string; children: ComponentChildren; onClose: () => void }) {
    return (
        <Dialog title={props.title} onClose={props.onClose}>
            {props.children}
            <p class="secret mono break">{props.value}</p>
            <div class="form-end">
                <CopyButton value={props.value} />
                <Button onClick={props.onClose}>{text.common.close}</Button>
            </div>
        </Dialog>
    );
}
