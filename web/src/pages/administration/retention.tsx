// SPDX-License-Identifier: Apache-2.0
//
// General rules of retention: for every case without a rule of its own.
import { useState } from "preact/hooks";
import { get, put, type Schemas } from "../../api/client.ts";
import { href } from "../../route.ts";
import { may } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { Choice, Form, TextField } from "../../ui/form.tsx";
import { Await } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Section, Time } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";

type Kind = Schemas["ExpungeKind"];

const words = text.administration.retention;
const KINDS: readonly Kind[] = ["preview", "item", "note", "identifier", "case"];

const columns: readonly Column<Schemas["RetentionRule"]>[] = [
    { name: words.kind, heads: true, cell: (rule) => words.kinds[rule.kind] ?? rule.kind },
    { name: words.after, cell: (rule) => text.units.days(rule.days) },
    { name: words.from, cell: (rule) => words.froms[rule.from] },
    { name: words.reason, cell: (rule) => rule.reason },
    { name: words.made, cell: (rule) => <Time at={rule.made} /> },
];

export function Retention() {
    const rules = useLoad((signal) => get("/api/v1/retention", { signal }), []);
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
                    {words.policy} {may("case_read") && <a href={href("/cases")}>{words.cases}</a>}
                </p>
            </div>
            <Section title={words.rules}>
                <Await load={rules}>
                    {({ items }) => (
                        <Table
                            caption={words.rulesTable}
                            columns={columns}
                            rows={items}
                            rowKey={(rule) => rule.kind}
                            empty={words.noRules}
                        />
                    )}
                </Await>
            </Section>
            <Section title={words.title} panel>
                <Form
                    submit={words.submit}
                    disabled={!isDays || reason.trim() === ""}
                    onSubmit={async () => setAsks(true)}
                >
                    <div class="form-grid">
                        <Choice
                            label={words.kind}
                            value={kind}
                            onValue={(value) => setKind(KINDS.find((known) => known === value) ?? "preview")}
                            options={KINDS.map((value) => [value, words.kinds[value] ?? value])}
                        />
                        <TextField
                            label={words.days}
                            hint={words.daysHint}
                            type="number"
                            min={1}
                            max={36525}
                            step={1}
                            value={days}
                            onValue={setDays}
                        />
                        <Choice
                            label={words.from}
                            value={from}
                            onValue={(value) => setFrom(value === "opened" ? "opened" : "closed")}
                            options={Object.entries(words.froms)}
                        />
                    </div>
                    <TextField
                        label={words.reason}
                        hint={words.reasonHint}
                        value={reason}
                        onValue={setReason}
                        maxLength={256}
                    />
                </Form>
            </Section>
            {asks && (
                <Confirm
                    title={words.sureTitle}
                    submit={words.submit}
                    onClose={() => setAsks(false)}
                    onConfirm={async () => {
                        await put("/api/v1/retention", {
                            body: { kind, days: Number(days), from, reason: reason.trim() },
                        });
                        notify(words.done);
                        rules.reload();
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
