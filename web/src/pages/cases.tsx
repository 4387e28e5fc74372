// SPDX-License-Identifier: Apache-2.0
//
// The cases one may see, and opening a new one.
import { useState } from "preact/hooks";
import { all, get, post, type Schemas } from "../api/client.ts";
import { number } from "../format.ts";
import { useUnitName } from "../names.ts";
import { go, href, replaceQuery } from "../route.ts";
import type { PageProps } from "../routes.ts";
import { may } from "../session.ts";
import { useLoad } from "../store.ts";
import { text } from "../text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Check, Choice, Form, TextField } from "../ui/form.tsx";
import { Await } from "../ui/load.tsx";
import { Button, Empty, Page, Time, word } from "../ui/parts.tsx";
import { Table, type Column } from "../ui/table.tsx";

const words = text.cases;
// Enough for one unit; beyond it a case is found by its exact number.
const LISTED = 2000;

type Case = Schemas["Case"];

function NewCase(props: { onClose: () => void }) {
    const schemes = useLoad((signal) => get("/api/v1/schemes", { signal }), []);
    const [caseNumber, setCaseNumber] = useState("");
    const [title, setTitle] = useState("");
    const [scheme, setScheme] = useState("");
    const [voters, setVoters] = useState("1");
    const [units, setUnits] = useState("1");
    const [reference, setReference] = useState("");
    const [restricted, setRestricted] = useState(false);
    const open = async () => {
        const opened = await post("/api/v1/cases", {
            body: {
                number: caseNumber.trim(),
                title: title.trim() === "" ? null : title.trim(),
                scheme,
                voters: Number(voters),
                voter_units: Number(units),
                restricted,
                reference: reference.trim() === "" ? null : reference.trim(),
            },
        });
        go(`/cases/${opened.id}`);
    };
    return (
        <Dialog title={words.open} onClose={props.onClose}>
            <Await load={schemes}>
                {({ items }) => (
                    <Form
                        submit={words.openIt}
                        onSubmit={open}
                        onCancel={props.onClose}
                        disabled={caseNumber.trim() === "" || scheme === ""}
                    >
                        <TextField
                            label={words.number}
                            hint={words.numberHint}
                            value={caseNumber}
                            onValue={setCaseNumber}
                            at="/number"
                            maxLength={64}
                            autoFocus
                            autocomplete="off"
                        />
                        <TextField
                            label={words.caseTitle}
                            value={title}
                            onValue={setTitle}
                            at="/title"
                            maxLength={256}
                            autocomplete="off"
                        />
                        <Choice
                            label={words.scheme}
                            hint={words.schemeHint}
                            value={scheme}
                            onValue={setScheme}
                            at="/scheme"
                            options={[["", words.chooseScheme], ...items.map((one) => [one.id, one.name] as const)]}
                        />
                        <div class="form-grid">
                            <TextField
                                label={words.voters}
                                hint={words.votersHint}
                                value={voters}
                                onValue={setVoters}
                                at="/voters"
                                type="number"
                                min={1}
                                max={9}
                            />
                            <TextField
                                label={words.voterUnits}
                                hint={words.voterUnitsHint}
                                value={units}
                                onValue={setUnits}
                                at="/voter_units"
                                type="number"
                                min={1}
                                max={9}
                            />
                        </div>
                        <TextField
                            label={words.reference}
                            hint={words.referenceHint}
                            value={reference}
                            onValue={setReference}
                            at="/reference"
                            maxLength={256}
                            autocomplete="off"
                        />
                        <Check label={words.restricted} checked={restricted} onValue={setRestricted} />
                    </Form>
                )}
            </Await>
        </Dialog>
    );
}

function CaseTable(props: { cases: readonly Case[]; filtered: boolean }) {
    const unitName = useUnitName();
    const columns: Column<Case>[] = [
        { name: words.number, cell: (one) => <a href={href(`/cases/${one.id}`)}>{one.number}</a>, heads: true },
        { name: words.caseTitle, cell: (one) => one.title },
        {
            name: words.state,
            cell: (one) => word("state", one.state) + (one.restricted ? `, ${words.isRestricted}` : ""),
        },
        { name: words.unit, cell: (one) => unitName(one.unit) },
        { name: words.opened, cell: (one) => <Time at={one.opened} /> },
    ];
    return (
        <Table
            caption={words.list}
            columns={columns}
            rows={props.cases}
            rowKey={(one) => one.id}
            empty={props.filtered ? words.noneFits : words.none}
        />
    );
}

function fits(one: Case, wanted: string, state: string): boolean {
    const sought = wanted.trim().toLocaleLowerCase(text.locale);
    return (
        (state === "" || one.state === state) &&
        (sought === "" || `${one.number}\n${one.title}`.toLocaleLowerCase(text.locale).includes(sought))
    );
}

// With more cases than are listed, one of exactly this number is asked for besides.
function useCases(wanted: string) {
    const listed = useLoad(
        (signal) =>
            all(
                (cursor) =>
                    get("/api/v1/cases", {
                        query: { limit: 200, ...(cursor !== undefined && { cursor }) },
                        signal,
                    }),
                LISTED,
            ),
        [],
    );
    const more = (listed.data?.length ?? 0) >= LISTED && wanted.trim() !== "" ? wanted.trim() : null;
    const exact = useLoad(
        async (signal) =>
            more === null ? [] : (await get("/api/v1/cases", { query: { number: more }, signal })).items,
        [more],
    );
    return { listed, exact: exact.data ?? [] };
}

export function Cases(props: PageProps) {
    const [opening, setOpening] = useState(false);
    const wanted = props.query.get("number") ?? "";
    const state = props.query.get("state") ?? "";
    if (!may("case_read"))
        return (
            <Page title={words.title} shape="narrow">
                <Empty>{words.notYours}</Empty>
            </Page>
        );
    return (
        <Page
            title={words.title}
            actions={
                may("case_create") && (
                    <Button look="primary" onClick={() => setOpening(true)}>
                        {words.open}
                    </Button>
                )
            }
        >
            <CaseList wanted={wanted} state={state} />
            {opening && <NewCase onClose={() => setOpening(false)} />}
        </Page>
    );
}

function CaseList(props: { wanted: string; state: string }) {
    const { wanted, state } = props;
    const { listed, exact } = useCases(wanted);
    const states = ["open", "closed", "expunged"] as const;
    return (
        <>
            <div class="case-filter" role="search" aria-label={words.filter}>
                <TextField
                    label={words.find}
                    value={wanted}
                    type="search"
                    maxLength={64}
                    autocomplete="off"
                    onValue={(value) => replaceQuery({ number: value, state })}
                />
                <Choice
                    label={words.state}
                    value={state}
                    onValue={(value) => replaceQuery({ number: wanted, state: value })}
                    options={[["", text.common.all], ...states.map((one) => [one, word("state", one)] as const)]}
                />
            </div>
            <Await load={listed}>
                {(cases) => {
                    const known = new Set(cases.map((one) => one.id));
                    const shown = [...cases, ...exact.filter((one) => !known.has(one.id))]
                        .filter((one) => fits(one, wanted, state))
                        .sort((a, b) => b.opened.localeCompare(a.opened) || b.id - a.id);
                    return (
                        <>
                            <p class="muted" role="status">
                                {words.shown(number(shown.length), number(cases.length))}
                                {cases.length >= LISTED && ` ${words.exactOnly}`}
                            </p>
                            <CaseTable cases={shown} filtered={wanted !== "" || state !== ""} />
                        </>
                    );
                }}
            </Await>
        </>
    );
}
