// SPDX-License-Identifier: Apache-2.0
//
// A modal dialog: the browser's own, so focus stays inside, Escape closes and focus returns.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { classes } from "./parts.tsx";

export function Dialog(props: { title: string; wide?: boolean; onClose: () => void; children: ComponentChildren }) {
    const dialog = useRef<HTMLDialogElement>(null);
    const id = useId();
    useEffect(() => {
        const element = dialog.current;
        const before = document.activeElement;
        element?.showModal();
        return () => {
            element?.close();
            if (before instanceof HTMLElement && before.isConnected)
                before.focus({ preventScroll: true });
        };
    }, []);
    return (
        <dialog
            ref={dialog} class={classes("dialog", props.wide === true && "wide")} aria-labelledby={id}
            onCancel={(event) => {
                event.preventDefault();
                props.onClose();
            }}
        >
            <div class="dialog-body">
                <h2 id={id}>{props.title}</h2>
                {props.children}
            </div>
        </dialog>
    );
}
