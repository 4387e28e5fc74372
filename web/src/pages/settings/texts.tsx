// SPDX-License-Identifier: Apache-2.0
//
// Texts, policy, outcome and state of a case. Each form sends only what it changes, with the version
// that it shows, so that nobody overwrites what another person wrote meanwhile.
import { useState } from "preact/hooks";
import { patch, type Schemas } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { caseChanged, type CaseWithCounts } from "../../case.ts";
import { scheme } from "../../names.ts";
import { may } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Check, Form, TextArea, TextField } from "../../ui/form.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Empty, Facts, Message, Section, Time, word } from "../../ui/parts.tsx";

const words = text.settings;

interface CaseChange {
    title?: string;
    reference?: string;
    voters?: number;
    voter_units?: number;
    restricted?: boolean;
    outcome?: string;
    state?: "open" | "closed";
}

async function change(of: Schemas["Case"], what: CaseChange): Promise<void> {
    try {
        await patch("/api/v1/cases/{case}", { path: { case: of.id }, body: what, version: of.version });
    } catch (error) {
        if (!(error instanceof Problem) || error.code !== "precondition_failed") throw error;
        caseChanged();
        throw new Error(text.common.changed);
    }
    notify(words.saved);
    caseChanged();
}

function TextsForm(props: { of: CaseWithCounts }) {
    const { of } = props;
    const [title, setTitle] = useState(of.title);
    const [reference, setReference] = useState(of.reference ?? "");
    const [restricted, setRestricted] = useState(of.restricted);
    const same = title.trim() === of.title && reference.trim() === (of.reference ?? "") && restricted === of.restricted;
    return (
        <Form
            submit={text.common.save}
            disabled={same}
            onSubmit={() =>
                change(of, {
                    ...(title.trim() !== of.title && { title: title.trim() }),
                    ...(reference.trim() !== (of.reference ?? "") && { reference: reference.trim() }),
                    ...(restricted !== of.restricted && { restricted }),
                })
            }
        >
            <TextField
                label={words.caseTitle}
                value={title}
                onValue={setTitle}
                at="/title"
                maxLength={256}
                autocomplete="off"
            />
            <TextField
                label={words.reference}
                hint={words.referenceHint}
                value={reference}
                onValue={setReference}
                at="/reference"
                maxLength={256}
                autocomplete="off"
            />
            <Check label={words.restrict} checked={restricted} onValue={setRestricted} />
        </Form>
    );
}

export function Texts(props: { of: CaseWithCounts; editable: boolean }) {
    const { of } = props;
    const known = useLoad(() => scheme(of.scheme), [of.scheme]);
    return (
        <Section title={words.texts} panel>
            <Facts
                of={[
                    [words.number, of.number],
                    [words.scheme, known.data?.name ?? of.scheme],
                    [words.opened, <Time at={of.opened} />],
                    [words.closed, of.closed === null ? null : <Time at={of.closed} />],
                    [words.caseTitle, props.editable ? null : of.title === "" ? text.common.none : of.title],
                    [words.reference, props.editable ? null : (of.reference ?? text.common.none)],
                    [words.restricted, props.editable ? null : of.restricted ? text.common.yes : text.common.no],
                ]}
            />
            {props.editable && <TextsForm key={of.version} of={of} />}
        </Section>
    );
}

function PolicyForm(props: { of: CaseWithCounts }) {
    const { of } = props;
    const [voters, setVoters] = useState(String(of.voters));
    const [units, setUnits] = useState(String(of.voter_units));
    const [asked, setAsked] = useState(false);
    const body = {
        ...(Number(voters) !== of.voters && { voters: Number(voters) }),
        ...(Number(units) !== of.voter_units && { voter_units: Number(units) }),
    };
    return (
        <>
            <Form
                submit={words.changePolicy}
                disabled={Object.keys(body).length === 0}
                onSubmit={async () => setAsked(true)}
            >
                <div class="form-grid">
                    <TextField label={words.voters} value={voters} onValue={setVoters} type="number" min={1} max={9} />
                    <TextField
                        label={words.voterUnits}
                        value={units}
                        onValue={setUnits}
                        type="number"
                        min={1}
                        max={9}
                    />
                </div>
            </Form>
            {asked && (
                <Dialog title={words.changePolicy} onClose={() => setAsked(false)}>
                    <Form
                        submit={words.changePolicy}
                        onCancel={() => setAsked(false)}
                        onSubmit={() => change(of, body)}
                    >
                        <p>{words.policyFollows}</p>
                    </Form>
                </Dialog>
            )}
        </>
    );
}

export function Policy(props: { of: CaseWithCounts; editable: boolean }) {
    const { of } = props;
    return (
        <Section title={words.policy} panel>
            <p>{words.policyNow(of.voters, of.voter_units)}</p>
            {props.editable && <PolicyForm key={of.version} of={of} />}
        </Section>
    );
}

function OutcomeForm(props: { of: CaseWithCounts }) {
    const { of } = props;
    const [outcome, setOutcome] = useState(of.outcome ?? "");
    return (
        <Form
            submit={text.common.save}
            disabled={outcome.trim() === (of.outcome ?? "")}
            onSubmit={() => change(of, { outcome: outcome.trim() })}
        >
            <TextArea
                label={words.outcomeText}
                hint={words.outcomeHint}
                value={outcome}
                onValue={setOutcome}
                at="/outcome"
                maxLength={2000}
            />
        </Form>
    );
}

export function Outcome(props: { of: CaseWithCounts }) {
    const { of } = props;
    const editable = may("case_write") && of.state !== "expunged";
    return (
        <Section title={words.outcome} panel>
            {editable ? (
                <OutcomeForm key={of.version} of={of} />
            ) : of.outcome === null ? (
                <Empty>{words.noOutcome}</Empty>
            ) : (
                <p class="prose">{of.outcome}</p>
            )}
        </Section>
    );
}

function Ask(props: { of: CaseWithCounts; onClose: () => void }) {
    const closing = props.of.state === "open";
    const name = closing ? words.close : words.reopen;
    return (
        <Dialog title={name} onClose={props.onClose}>
            <Form
                submit={name}
                onCancel={props.onClose}
                onSubmit={async () => {
                    await change(props.of, { state: closing ? "closed" : "open" });
                    props.onClose();
                }}
            >
                <p>
                    {closing
                        ? words.closeFollows(props.of.counts.open + props.of.counts.disputed)
                        : words.reopenFollows}
                </p>
            </Form>
        </Dialog>
    );
}

export function StateOfCase(props: { of: CaseWithCounts }) {
    const { state } = props.of;
    const [asked, setAsked] = useState(false);
    return (
        <Section title={words.state} panel>
            <p>{words.stateNow(word("state", state))}</p>
            {state === "expunged" ? (
                <Message calm>{words.expungedHint}</Message>
            ) : (
                may("case_write") && (
                    <div>
                        <Button onClick={() => setAsked(true)}>{state === "open" ? words.close : words.reopen}</Button>
                    </div>
                )
            )}
            {asked && <Ask of={props.of} onClose={() => setAsked(false)} />}
        </Section>
    );
}
