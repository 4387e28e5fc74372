// SPDX-License-Identifier: Apache-2.0
//
// A question before something far-reaching: what will happen, fields it needs, go on or leave it.
import type { ComponentChildren } from "preact";
import { Dialog } from "./dialog.tsx";
import { Form } from "./form.tsx";

export function Confirm(props: {
    title: string;
    submit: string;
    disabled?: boolean;
    // Closes when it is done; what it throws is shown.
    onConfirm: () => Promise<void>;
    onClose: () => void;
    children: ComponentChildren;
}) {
    return (
        <Dialog title={props.title} onClose={props.onClose}>
            <Form
                submit={props.submit}
                disabled={props.disabled === true}
                onCancel={props.onClose}
                onSubmit={async () => {
                    await props.onConfirm();
                    props.onClose();
                }}
            >
                {props.children}
            </Form>
        </Dialog>
    );
}
