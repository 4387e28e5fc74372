// SPDX-License-Identifier: Apache-2.0
//
// The form that asks whether media of the case are known elsewhere.
import { useState } from "preact/hooks";
import { get, post, type Schemas } from "../../api/client.ts";
import { number } from "../../format.ts";
import { text } from "../../text.ts";
import { Choice, Form, TextField } from "../../ui/form.tsx";
import { Section } from "../../ui/parts.tsx";
import { numbersOf } from "../leads/entry.ts";

const words = text.enquiries.ask;
const AT_ONCE = 1000;

type Which = keyof typeof words.kinds;
const KINDS: readonly Which[] = ["notable", "decided", "chosen"];

async function mediaOf(caseId: number, which: Which) {
    return get("/api/v1/cases/{case}/media/order", {
        path: { case: caseId },
        query: which === "notable" ? { kind: "notable" } : { decision: "decided" },
    });
}

export function Ask(props: {
    case: number;
    // Numbers that another page chose, with commas.
    chosen: string;
    onAnswered: (places: readonly Schemas["KnownPlace"][]) => void;
}) {
    const [which, setWhich] = useState<Which>(props.chosen === "" ? "notable" : "chosen");
    const [typed, setTyped] = useState(props.chosen.replaceAll(",", ", "));
    const [said, setSaid] = useState<string | null>(null);
    const numbers = numbersOf(typed);
    const ask = async () => {
        setSaid(null);
        const order = which === "chosen" ? { ids: numbers ?? [], more: false } : await mediaOf(props.case, which);
        const places: Schemas["KnownPlace"][] = [];
        if (order.ids.length === 0) {
            setSaid(words.nothing);
            return;
        }
        try {
            for (let i = 0; i < order.ids.length; i += AT_ONCE) {
                const part = order.ids.slice(i, i + AT_ONCE);
                const reply = await post("/api/v1/cases/{case}/enquiries", {
                    path: { case: props.case },
                    body: { media: part },
                });
                places.push(...reply.items);
                setSaid(words.asking(number(i + part.length), number(order.ids.length)));
            }
            setSaid(words.done(order.ids.length, places.length) + (order.more ? ` ${words.more}` : ""));
        } finally {
            // What was asked before something went wrong was answered.
            props.onAnswered(places);
        }
    };
    return (
        <Section title={words.title} panel>
            <Form
                submit={words.submit}
                onSubmit={ask}
                disabled={which === "chosen" && (numbers === null || numbers.length === 0)}
                end={
                    <span role="status" class="muted">
                        {said}
                    </span>
                }
            >
                <div class="form-grid ask">
                    <Choice
                        label={words.which}
                        value={which}
                        onValue={(value) => setWhich(KINDS.find((one) => one === value) ?? "notable")}
                        options={KINDS.map((one) => [one, words.kinds[one]] as const)}
                    />
                    {which === "chosen" && (
                        <TextField
                            label={words.numbers}
                            hint={words.numbersHint}
                            value={typed}
                            onValue={setTyped}
                            at="/media"
                            autocomplete="off"
                        />
                    )}
                </div>
            </Form>
        </Section>
    );
}
