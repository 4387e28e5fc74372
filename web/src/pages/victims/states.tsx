// SPDX-License-Identifier: Apache-2.0
//
// How far the work on a victim is: every state that was entered, and entering another.
import { useState } from "preact/hooks";
import { post, type Schemas } from "../../api/client.ts";
import { useUnitName } from "../../names.ts";
import { may } from "../../session.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Choice, Form, TextField } from "../../ui/form.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Section, Time, word } from "../../ui/parts.tsx";
import { Table } from "../../ui/table.tsx";
import { momentOf } from "../leads/entry.ts";

const words = text.victims;
const STATES: readonly Schemas["VictimState"][] = ["unidentified", "being_worked", "identified", "safeguarded"];

function EnterState(props: { victim: Schemas["VictimWithLinks"]; onDone: (entered: boolean) => void }) {
    const { victim } = props;
    const [state, setState] = useState<Schemas["VictimState"]>(victim.state);
    const [since, setSince] = useState("");
    const [reason, setReason] = useState("");
    return (
        <Dialog title={words.history.set} onClose={() => props.onDone(false)}>
            <Form
                submit={text.common.save}
                disabled={reason.trim() === ""}
                onCancel={() => props.onDone(false)}
                onSubmit={async () => {
                    await post("/api/v1/victims/{victim}/states", {
                        path: { victim: victim.id },
                        version: victim.version,
                        body: { state, since: momentOf(since), reason: reason.trim() },
                    });
                    notify(words.history.done);
                    props.onDone(true);
                }}
            >
                <Choice
                    label={words.state}
                    value={state}
                    autoFocus
                    at="/state"
                    onValue={(value) => setState(STATES.find((one) => one === value) ?? victim.state)}
                    options={STATES.map((one) => [one, word("victim", one)] as const)}
                />
                <TextField
                    label={words.history.since}
                    hint={words.history.sinceHint}
                    at="/since"
                    type="datetime-local"
                    value={since}
                    onValue={setSince}
                />
                <TextField
                    label={text.common.reason}
                    hint={text.common.reasonHint}
                    at="/reason"
                    value={reason}
                    onValue={setReason}
                    maxLength={256}
                    autocomplete="off"
                />
            </Form>
        </Dialog>
    );
}

export function VictimStates(props: { victim: Schemas["VictimWithLinks"]; onChanged: () => void }) {
    const { victim } = props;
    const [entering, setEntering] = useState(false);
    const unitName = useUnitName();
    // The newest first: it is the one that counts.
    const rows = victim.history.map((row, i) => ({ ...row, i })).reverse();
    return (
        <Section
            title={words.history.title}
            actions={
                may("case_write") && (
                    <Button look="small" onClick={() => setEntering(true)}>
                        {words.history.set}
                    </Button>
                )
            }
        >
            <Table
                stacks
                caption={words.history.title}
                rows={rows}
                rowKey={(row) => row.i}
                empty={words.history.none}
                columns={[
                    { name: words.state, heads: true, cell: (row) => word("victim", row.state) },
                    { name: words.history.since, cell: (row) => <Time at={row.since} /> },
                    { name: words.unit, cell: (row) => unitName(row.unit) },
                    { name: words.history.reason, cell: (row) => <span class="value-cell">{row.reason}</span> },
                    { name: words.history.recorded, cell: (row) => <Time at={row.made} /> },
                ]}
            />
            {entering && (
                <EnterState
                    victim={victim}
                    onDone={(entered) => {
                        setEntering(false);
                        if (entered) props.onChanged();
                    }}
                />
            )}
        </Section>
    );
}
