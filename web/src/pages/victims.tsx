// SPDX-License-Identifier: Apache-2.0
//
// Victims: the list by state, and one of them with its states, links and sealed name.
import { useState } from "preact/hooks";
import { get, post, type Schemas } from "../api/client.ts";
import { number } from "../format.ts";
import { useUnitName } from "../names.ts";
import { go, href, replaceQuery } from "../route.ts";
import type { PageProps } from "../routes.ts";
import { may } from "../session.ts";
import { useLoad, type Load } from "../store.ts";
import { text } from "../text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Choice, Form, TextField } from "../ui/form.tsx";
import { Await } from "../ui/load.tsx";
import { Button, Facts, Page, Time, word } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";
import { allVictims } from "./leads/link-victim.tsx";
import { VictimLinks } from "./victims/links.tsx";
import { SealedName } from "./victims/sealed-name.tsx";
import { VictimStates } from "./victims/states.tsx";

const words = text.victims;
const STATES: readonly Schemas["VictimState"][] = ["unidentified", "being_worked", "identified", "safeguarded"];
const LIST_MAX = 2000;

function MakeVictim(props: { onClose: () => void }) {
    const [reference, setReference] = useState("");
    return (
        <Dialog title={words.make} onClose={props.onClose}>
            <Form
                submit={words.make}
                disabled={reference.trim() === ""}
                onCancel={props.onClose}
                onSubmit={async () => {
                    const made = await post("/api/v1/victims", { body: { reference: reference.trim() } });
                    go(`/victims/${made.id}`);
                }}
            >
                <TextField
                    label={words.reference}
                    hint={words.referenceHint}
                    at="/reference"
                    value={reference}
                    onValue={setReference}
                    autoFocus
                    maxLength={256}
                    autocomplete="off"
                />
            </Form>
        </Dialog>
    );
}

function VictimTable(props: { victims: readonly Schemas["Victim"][]; state: string }) {
    const unitName = useUnitName();
    const shown = props.victims.filter((one) => props.state === "" || one.state === props.state);
    const count = (state: string) => number(props.victims.filter((one) => one.state === state).length);
    return (
        <>
            <div class="list-filters">
                <Choice
                    label={words.filter}
                    value={props.state}
                    onValue={(state) => replaceQuery({ state })}
                    options={[
                        ["", words.filterAll(number(props.victims.length))],
                        ...STATES.map(
                            (state) => [state, words.filterOne(word("victim", state), count(state))] as const,
                        ),
                    ]}
                />
                <span class="muted" role="status">
                    {words.count(shown.length)}
                </span>
            </div>
            <Table
                stacks
                caption={words.title}
                rows={shown}
                rowKey={(row) => row.id}
                empty={props.victims.length === 0 ? words.none : words.noneOfState}
                columns={[
                    {
                        name: words.reference,
                        heads: true,
                        cell: (row) => (
                            <a class="target" href={href(`/victims/${row.id}`)}>
                                {row.reference}
                            </a>
                        ),
                    },
                    { name: words.state, cell: (row) => word("victim", row.state) },
                    { name: words.unit, cell: (row) => unitName(row.unit) },
                    {
                        name: words.name,
                        cell: (row) => <span class="muted">{row.has_name ? words.nameKept : words.nameNone}</span>,
                    },
                    { name: words.made, cell: (row) => <Time at={row.made} /> },
                ]}
            />
            {props.victims.length >= LIST_MAX && <p class="muted">{words.cut(number(props.victims.length))}</p>}
        </>
    );
}

export function Victims(props: PageProps) {
    const [making, setMaking] = useState(false);
    const load = useLoad(allVictims, []);
    return (
        <Page
            title={words.title}
            lead={words.lead}
            actions={may("case_write") && <Button onClick={() => setMaking(true)}>{words.make}</Button>}
        >
            <Await load={load}>
                {(victims) => <VictimTable victims={victims} state={props.query.get("state") ?? ""} />}
            </Await>
            {making && <MakeVictim onClose={() => setMaking(false)} />}
        </Page>
    );
}

function Content(props: { victim: Schemas["VictimWithLinks"]; load: Load<Schemas["VictimWithLinks"]> }) {
    const { victim, load } = props;
    const unitName = useUnitName();
    return (
        <Page title={words.one(victim.reference)}>
            <Facts
                of={[
                    [words.state, word("victim", victim.state)],
                    [words.unit, unitName(victim.unit)],
                    [words.made, <Time key="made" at={victim.made} />],
                ]}
            />
            <VictimStates victim={victim} onChanged={load.reload} />
            <VictimLinks victim={victim} onChanged={load.reload} />
            <SealedName victim={victim} onChanged={load.reload} />
        </Page>
    );
}

export function VictimPage(props: PageProps) {
    const id = props.ids["victim"] ?? 0;
    const load = useLoad((signal) => get("/api/v1/victims/{victim}", { path: { victim: id }, signal }), [id]);
    if (load.data === null)
        return (
            <Page title={words.title}>
                <Await load={load}>{() => null}</Await>
            </Page>
        );
    return <Content victim={load.data} load={load} />;
}
