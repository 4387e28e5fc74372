// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { giveSecondFactor } from "../session.ts";
import { text } from "../text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Form, TextField } from "../ui/form.tsx";

const words = text.common.secondFactor;

export function SecondFactor(props: { onDone: (given: boolean) => void }) {
    const [code, setCode] = useState("");
    return (
        <Dialog title={words.title} onClose={() => props.onDone(false)}>
            <p>{words.why}</p>
            <Form
                submit={words.confirm}
                disabled={code.trim() === ""}
                onCancel={() => props.onDone(false)}
                onSubmit={async () => {
                    await giveSecondFactor(code.trim());
                    props.onDone(true);
                }}
            >
                <TextField
                    label={words.code}
                    value={code}
                    onValue={setCode}
                    autoFocus
                    autocomplete="one-time-code"
                    inputMode="numeric"
                    maxLength={64}
                />
            </Form>
        </Dialog>
    );
}
