// SPDX-License-Identifier: Apache-2.0
//
// General rules of retention: for every case without a rule of its own.
import { useState } from "preact/hooks";
import { put, type Schemas } from "../../api/client.ts";
import { href } from "../../route.ts";
import { may } from "../../session.ts";
import { text } from "../../text.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { Choice, Form, TextField } from "../../ui/form.tsx";
import { notify } from "../../ui/notice.tsx";
import { Section } from "../../ui/parts.tsx";

type Kind = Schemas["ExpungeKind"];

const words = text.administration.retention;
const KINDS: readonly Kind[] = ["preview", "item", "note", "identifier", "case"];

export function Retention() {
    const [kind, setKind] = useState<Kind>("preview");
    const [days, setDays] = useState("");
    const [from, setFrom] = useState<"closed" | "opened">("closed");
    const [reason, setReason] = useState("");
    const [asks, setAsks] = useState(false);
    const isDays = /^\d{1,5}$/.test(days) && Number(days) >= 1 && Number(days) <= 36525;
    return (
        <>
            <div class="stack">
                <p class="page-lead">{words.lead}</p>
                <p class="page-lead">
                    {words.policy}{" "}
                    {may("case_read") && <a href={href("/cases")}>{words.cases}</a>}
                </p>
            </div>
            <Section title={words.title} panel>
                <Form
                    submit={words.submit} disabled={!isDays || reason.trim() === ""}
                    onSubmit={async () => setAsks(true)}
                >
                    <div class="form-grid">
                        <Choice
                            label={words.kind} value={kind}
                            onValue={(value) => setKind(KINDS.find((known) => known === value) ?? "preview")}
                            options={KINDS.map((value) => [value, words.kinds[value] ?? value])}
                        />
                        <TextField
                            label={words.days} hint={words.daysHint} type="number" min={1} max={36525} step={1}
                            value={days} onValue={setDays}
                        />
                        <Choice
                            label={words.from} value={from}
                            onValue={(value) => setFrom(value === "opened" ? "opened" : "closed")}
                            options={Object.entries(words.froms)}
                        />
                    </div>
                    <TextField
                        label={words.reason} hint={words.reasonHint} value={reason} onValue={setReason} maxLength={256}
                    />
                </Form>
                <p class="muted">{words.present}</p>
            </Section>
            {asks && (
                <Confirm
                    title={words.sureTitle} submit={words.submit} onClose={() => setAsks(false)}
                    onConfirm={async () => {
                        await put("/api/v1/retention", {
                            body: { kind, days: Number(days), from, reason: reason.trim() },
                        });
                        notify(words.done);
                        setDays("");
                        setReason("");
                    }}
                >
                    <p>{words.sure(words.kinds[kind] ?? kind, text.units.days(Number(days)), words.froms[from])}</p>
                </Confirm>
            )}
        </>
    );
}
