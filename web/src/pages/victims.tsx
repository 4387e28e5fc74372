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
import { Await, More, usePages } from "../ui/load.tsx";
import { Button, Facts, Page, Time, word } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";
import { VictimLinks } from "./victims/links.tsx";
import { SealedName } from "./victims/sealed-name.tsx";
import { VictimStates } from "./victims/states.tsx";

const words = text.victims;
const STATES: readonly Schemas["VictimState"][] = ["unidentified", "being_worked", "identified", "safeguarded"];
const PAGE = 100;

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

type State = (typeof STATES)[number];

function VictimTable(props: { victims: readonly Schemas["Victim"][]; empty: string }) {
    const unitName = useUnitName();
    return (
        <Table
            stacks
            caption={words.title}
            rows={props.victims}
            rowKey={(row) => row.id}
            empty={props.empty}
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
    );
}

function VictimList(props: { state: State | null }) {
    const { state } = props;
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/victims", {
                query: {
                    limit: PAGE,
                    ...(state !== null && { state }),
                    ...(cursor !== undefined && { cursor }),
                },
                signal,
            }),
        [state],
    );
    const count = pages.items.length;
    const isShown = count > 0 || pages.state === "ready";
    return (
        <>
            <div class="list-filters">
                <Choice
                    label={words.filter}
                    value={state ?? ""}
                    onValue={(value) => replaceQuery({ state: value })}
                    options={[["", words.filterAll], ...STATES.map((one) => [one, word("victim", one)] as const)]}
                />
                <span class="muted" role="status">
                    {isShown && (pages.hasMore ? words.soFar(number(count)) : words.count(count))}
                </span>
            </div>
            {isShown && <VictimTable victims={pages.items} empty={state === null ? words.none : words.noneOfState} />}
            <More pages={pages} />
        </>
    );
}

export function Victims(props: PageProps) {
    const [making, setMaking] = useState(false);
    const asked = props.query.get("state");
    return (
        <Page
            title={words.title}
            lead={words.lead}
            actions={may("case_write") && <Button onClick={() => setMaking(true)}>{words.make}</Button>}
        >
            <VictimList state={STATES.find((one) => one === asked) ?? null} />
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
