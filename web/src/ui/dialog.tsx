// SPDX-License-Identifier: Apache-2.0
//
// A modal dialog: the browser's own, so focus stays inside, Escape closes and focus returns.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { classes } from "./parts.tsx";

export function Dialog(props: {
    title: string;
    wide?: boolean;
    onClose: () => void;
    // What it shows is lost when it closes: only its own buttons do that.
    stays?: boolean;
    children: ComponentChildren;
}) {
    const dialog = useRef<HTMLDialogElement>(null);
    const isLeaving = useRef(false);
    const id = useId();
    useEffect(() => {
        const element = dialog.current;
        const before = document.activeElement;
        element?.showModal();
        return () => {
            isLeaving.current = true;
            element?.close();
            if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
        };
    }, []);
    const leave = () => {
        if (props.stays !== true) props.onClose();
    };
    return (
        <dialog
            ref={dialog}
            class={classes("dialog", props.wide === true && "wide")}
            aria-labelledby={id}
            onKeyDown={(event) => {
                // Taken here: browsers close by the second Escape in a row whatever is said to the first.
                if (event.key !== "Escape" || event.isComposing) return;
                event.preventDefault();
                leave();
            }}
            onCancel={(event) => {
                // A file field inside cancels, too.
                if (event.target !== event.currentTarget) return;
                event.preventDefault();
                leave();
            }}
            onClose={() => {
                if (isLeaving.current) return;
                if (props.stays === true) dialog.current?.showModal();
                else props.onClose();
            }}
        >
            <div class="dialog-body">
                <h2 id={id}>{props.title}</h2>
                {props.children}
            </div>
        </dialog>
    );
}
