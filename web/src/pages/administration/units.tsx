// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { get, post, put, type Schemas } from "../../api/client.ts";
import { forgetNames } from "../../names.ts";
import { text } from "../../text.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Check, Form, TextArea, TextField } from "../../ui/form.tsx";
import { More, usePages } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, word } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";

type Unit = Schemas["Unit"];

const common = text.administration;
const words = common.units;

// A new unit, or a change of one.
function UnitForm(props: { unit: Unit | null; onDone: (said: string) => void; onClose: () => void }) {
    const { unit } = props;
    const [name, setName] = useState(unit?.name ?? "");
    const [agency, setAgency] = useState(unit?.agency ?? "");
    const [country, setCountry] = useState(unit?.country ?? "");
    const [contact, setContact] = useState(unit?.contact ?? "");
    const isCountry = /^[A-Z]{2}$/.test(country);
    const send = async () => {
        const body = { name: name.trim(), agency: agency.trim(), country, contact: contact.trim() };
        if (unit === null) await post("/api/v1/units", { body });
        else await put("/api/v1/units/{unit}", { path: { unit: unit.id }, version: unit.version, body });
        props.onDone(unit === null ? words.made : words.changed);
    };
    return (
        <Dialog title={unit === null ? words.makeTitle : words.changeTitle} onClose={props.onClose}>
            <Form
                submit={unit === null ? words.submitMake : text.common.save}
                onSubmit={send}
                onCancel={props.onClose}
                disabled={name.trim() === "" || !isCountry}
            >
                <TextField label={words.name} value={name} onValue={setName} at="/name" autoFocus maxLength={200} />
                <TextField label={words.agency} value={agency} onValue={setAgency} at="/agency" maxLength={200} />
                <TextField
                    label={words.country}
                    hint={words.countryHint}
                    value={country}
                    at="/country"
                    maxLength={2}
                    onValue={(value) => setCountry(value.toUpperCase())}
                    spellcheck={false}
                    error={country.length === 2 && !isCountry ? words.countryWrong : null}
                />
                <TextArea
                    label={words.contact}
                    hint={words.contactHint}
                    value={contact}
                    onValue={setContact}
                    at="/contact"
                    maxLength={1000}
                />
            </Form>
        </Dialog>
    );
}

export function Units() {
    const [round, setRound] = useState(0);
    const [withClosed, setWithClosed] = useState(false);
    const [editing, setEditing] = useState<Unit | "new" | null>(null);
    const [closing, setClosing] = useState<Unit | null>(null);
    const pages = usePages<Unit>(
        (cursor, signal) =>
            get("/api/v1/units", { query: { limit: 100, ...(cursor !== undefined && { cursor }) }, signal }),
        [round],
    );
    const done = (said: string) => {
        notify(said);
        setEditing(null);
        forgetNames();
        setRound(round + 1);
    };
    const columns: readonly Column<Unit>[] = [
        { name: words.columns.name, cell: (unit) => unit.name, heads: true },
        { name: words.columns.agency, cell: (unit) => unit.agency || "–" },
        { name: words.columns.country, cell: (unit) => unit.country },
        { name: words.columns.contact, cell: (unit) => unit.contact || "–" },
        { name: words.columns.state, cell: (unit) => word("state", unit.state) },
        {
            name: words.columns.acts,
            quietName: true,
            cell: (unit) =>
                unit.state === "active" && (
                    <span class="actions administration-acts">
                        <Button look="small" aria-label={common.changeOf(unit.name)} onClick={() => setEditing(unit)}>
                            {common.change}
                        </Button>
                        <Button look="small" aria-label={common.closeOf(unit.name)} onClick={() => setClosing(unit)}>
                            {common.close}
                        </Button>
                    </span>
                ),
        },
    ];
    return (
        <div class="stack">
            <p class="page-lead">{words.lead}</p>
            <div class="row">
                <Button look="primary" onClick={() => setEditing("new")}>
                    {words.make}
                </Button>
                <Check label={common.closed} checked={withClosed} onValue={setWithClosed} />
            </div>
            {(pages.items.length > 0 || pages.state === "ready") && (
                <Table
                    caption={words.table}
                    columns={columns}
                    rowKey={(unit) => unit.id}
                    empty={words.empty}
                    rows={pages.items.filter((unit) => withClosed || unit.state !== "closed")}
                />
            )}
            <More pages={pages} />
            {editing !== null && (
                <UnitForm unit={editing === "new" ? null : editing} onDone={done} onClose={() => setEditing(null)} />
            )}
            {closing !== null && (
                <Confirm
                    title={words.closeTitle}
                    submit={common.close}
                    onClose={() => setClosing(null)}
                    onConfirm={async () => {
                        await post("/api/v1/units/{unit}/close", { path: { unit: closing.id } });
                        done(words.closed);
                    }}
                >
                    <p>{words.closeWhy(closing.name)}</p>
                </Confirm>
            )}
        </div>
    );
}
