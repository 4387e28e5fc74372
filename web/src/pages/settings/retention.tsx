// SPDX-License-Identifier: Apache-2.0
//
// How long things are kept and what is due. Nothing goes by itself.
import { useState } from "preact/hooks";
import { get, put, type Schemas } from "../../api/client.ts";
import { number } from "../../format.ts";
import { may } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Choice, Form, TextField } from "../../ui/form.tsx";
import { Await } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Message, Section, Time, word } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";

const words = text.settings;

export type Kind = Schemas["ExpungeKind"];
export const KINDS: readonly Kind[] = ["preview", "item", "note", "identifier", "case"];
type Rule = Schemas["RetentionRule"];

function SetRule(props: { caseId: number; onDone: (set: boolean) => void }) {
    const [kind, setKind] = useState<Kind>("preview");
    const [days, setDays] = useState("365");
    const [from, setFrom] = useState<"closed" | "opened">("closed");
    const [reason, setReason] = useState("");
    return (
        <Dialog title={words.setRule} onClose={() => props.onDone(false)}>
            <Form
                submit={text.common.save}
                disabled={reason.trim() === "" || !(Number(days) >= 1)}
                onCancel={() => props.onDone(false)}
                onSubmit={async () => {
                    await put("/api/v1/cases/{case}/retention", {
                        path: { case: props.caseId },
                        body: { kind, days: Number(days), from, reason: reason.trim() },
                    });
                    props.onDone(true);
                }}
            >
                <p>{words.ruleFollows}</p>
                <Choice
                    label={words.what}
                    value={kind}
                    at="/kind"
                    options={KINDS.map((one) => [one, word("expunge", one)] as const)}
                    onValue={(value) => setKind(KINDS.find((one) => one === value) ?? "preview")}
                />
                <div class="form-grid">
                    <TextField
                        label={words.days}
                        value={days}
                        onValue={setDays}
                        at="/days"
                        type="number"
                        min={1}
                        max={36525}
                    />
                    <Choice
                        label={words.from}
                        value={from}
                        at="/from"
                        options={[
                            ["closed", words.fromClosed],
                            ["opened", words.fromOpened],
                        ]}
                        onValue={(value) => setFrom(value === "opened" ? "opened" : "closed")}
                    />
                </div>
                <TextField
                    label={text.common.reason}
                    hint={text.common.reasonHint}
                    value={reason}
                    onValue={setReason}
                    at="/reason"
                    maxLength={256}
                />
            </Form>
        </Dialog>
    );
}

export function Retention(props: { caseId: number }) {
    const { caseId } = props;
    const load = useLoad(
        async (signal) => {
            const rules = await get("/api/v1/cases/{case}/retention", { path: { case: caseId }, signal });
            const due = await get("/api/v1/retention/due", { signal });
            return { rules: rules.items, due: due.items.filter((one) => one.case === caseId) };
        },
        [caseId],
    );
    const [setting, setSetting] = useState(false);
    const columns: Column<Rule>[] = [
        { name: words.what, cell: (one) => word("expunge", one.kind), heads: true },
        { name: words.kept, cell: (one) => words.keptFor(number(one.days), one.from) },
        { name: words.rule, cell: (one) => (one.general ? words.general : words.ownRule) },
        { name: text.common.reason, cell: (one) => one.reason },
        { name: words.since, cell: (one) => <Time at={one.made} /> },
    ];
    return (
        <Section
            title={words.retention}
            actions={may("case_write") && <Button onClick={() => setSetting(true)}>{words.setRule}</Button>}
        >
            <Await load={load}>
                {({ rules, due }) => (
                    <>
                        <Table
                            caption={words.retention}
                            columns={columns}
                            rows={rules}
                            rowKey={(one) => `${one.kind} ${one.general}`}
                            empty={words.noRules}
                        />
                        {due.length > 0 && (
                            <Message calm>
                                <p>{words.due}</p>
                                <ul>
                                    {due.map((one) => (
                                        <li key={one.kind}>
                                            {word("expunge", one.kind)}, {words.dueSince} <Time at={one.since} />
                                        </li>
                                    ))}
                                </ul>
                            </Message>
                        )}
                    </>
                )}
            </Await>
            {setting && (
                <SetRule
                    caseId={caseId}
                    onDone={(done) => {
                        setSetting(false);
                        if (!done) return;
                        notify(words.saved);
                        load.reload();
                    }}
                />
            )}
        </Section>
    );
}
