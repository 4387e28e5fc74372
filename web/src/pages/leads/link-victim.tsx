// SPDX-License-Identifier: Apache-2.0
//
// Links a victim, one that there is or a new one, to a media of a case or to a series.
import { useState } from "preact/hooks";
import { all, get, post } from "../../api/client.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Choice, Form, TextField } from "../../ui/form.tsx";
import { Await } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { word } from "../../ui/parts.tsx";

const words = text.victims.link;

export type LinkTarget = { series: number } | { case: number; media: number };

function allVictims(signal: AbortSignal) {
    return all((cursor) =>
        get("/api/v1/victims", { query: { limit: 200, ...(cursor !== undefined && { cursor }) }, signal }),
    );
}

export function LinkVictim(props: { target: LinkTarget; onDone: (linked: boolean) => void }) {
    const load = useLoad(allVictims, []);
    const [chosen, setChosen] = useState("");
    const [reference, setReference] = useState("");
    const isNew = chosen === "new";
    return (
        <Dialog title={words.title} onClose={() => props.onDone(false)}>
            <Await load={load}>
                {(victims) => (
                    <Form
                        submit={words.submit}
                        disabled={chosen === "" || (isNew && reference.trim() === "")}
                        onCancel={() => props.onDone(false)}
                        onSubmit={async () => {
                            let victim = victims.find((one) => String(one.id) === chosen);
                            if (isNew) {
                                victim = await post("/api/v1/victims", { body: { reference: reference.trim() } });
                                // When linking fails, a second press must not make it twice.
                                load.put([...victims, victim]);
                                setChosen(String(victim.id));
                            }
                            if (victim === undefined) return;
                            await post("/api/v1/victims/{victim}/links", {
                                path: { victim: victim.id },
                                body: props.target,
                            });
                            notify(words.done(victim.reference));
                            props.onDone(true);
                        }}
                    >
                        <Choice
                            label={words.which}
                            value={chosen}
                            onValue={setChosen}
                            autoFocus
                            options={[
                                ["", words.choose],
                                ["new", words.another],
                                ...victims.map(
                                    (victim) =>
                                        [
                                            String(victim.id),
                                            words.option(victim.reference, word("victim", victim.state)),
                                        ] as const,
                                ),
                            ]}
                        />
                        {isNew && (
                            <TextField
                                label={words.reference}
                                hint={text.victims.referenceHint}
                                at="/reference"
                                value={reference}
                                onValue={setReference}
                                maxLength={256}
                                autocomplete="off"
                            />
                        )}
                    </Form>
                )}
            </Await>
        </Dialog>
    );
}
