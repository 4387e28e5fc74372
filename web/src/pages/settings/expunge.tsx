// SPDX-License-Identifier: Apache-2.0
//
// What shall go for ever: one person asks, another approves or refuses; what went leaves a trace.
import { useState } from "preact/hooks";
import { get, post, type Schemas } from "../../api/client.ts";
import { caseChanged } from "../../case.ts";
import { number } from "../../format.ts";
import { usePersonName } from "../../names.ts";
import { may, sessionStore } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Choice, Form, TextField } from "../../ui/form.tsx";
import { Await } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Section, Time, word } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";
import { KINDS, type Kind } from "./retention.tsx";

const words = text.settings;

type Expunge = Schemas["Expunge"];
type Tombstone = Schemas["Tombstone"];

function AskExpunge(props: { caseId: number; onDone: (asked: boolean) => void }) {
    const [kind, setKind] = useState<Kind>("preview");
    const [reason, setReason] = useState("");
    return (
        <Dialog title={words.askExpunge} onClose={() => props.onDone(false)}>
            <Form
                submit={words.ask}
                disabled={reason.trim() === ""}
                onCancel={() => props.onDone(false)}
                onSubmit={async () => {
                    await post("/api/v1/cases/{case}/expunges", {
                        path: { case: props.caseId },
                        body: { kind, reason: reason.trim() },
                    });
                    props.onDone(true);
                }}
            >
                <p>{words.askFollows}</p>
                <Choice
                    label={words.what}
                    value={kind}
                    at="/kind"
                    autoFocus
                    options={KINDS.map((one) => [one, word("expunge", one)] as const)}
                    onValue={(value) => setKind(KINDS.find((one) => one === value) ?? "preview")}
                />
                <p class="muted">{words.expungeHints[kind]}</p>
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

interface Answering {
    expunge: Expunge;
    approve: boolean;
}

function Answer(props: { of: Answering; onDone: (answered: boolean) => void }) {
    const { expunge, approve } = props.of;
    const name = approve ? words.approve : words.refuse;
    return (
        <Dialog title={name} onClose={() => props.onDone(false)}>
            <Form
                submit={approve ? words.approveIt : words.refuseIt}
                onCancel={() => props.onDone(false)}
                onSubmit={async () => {
                    const path = { expunge: expunge.id };
                    await (approve
                        ? post("/api/v1/expunges/{expunge}/approve", { path })
                        : post("/api/v1/expunges/{expunge}/refuse", { path }));
                    props.onDone(true);
                }}
            >
                <p>{approve ? words.approveFollows(word("expunge", expunge.kind)) : words.refuseFollows}</p>
                {approve && <p class="muted">{words.expungeHints[expunge.kind]}</p>}
                <p>{words.because(expunge.reason)}</p>
            </Form>
        </Dialog>
    );
}

function Asked(props: { rows: readonly Expunge[]; onAnswer: (answering: Answering) => void }) {
    const personName = usePersonName();
    const self = sessionStore.get().session?.account ?? null;
    const actions = (one: Expunge) => {
        if (one.state !== "asked" || !may("expunge")) return null;
        return (
            <div class="actions">
                {one.asked_by === self ? (
                    <span class="muted">{words.another}</span>
                ) : (
                    <Button look="small" onClick={() => props.onAnswer({ expunge: one, approve: true })}>
                        {words.approve}
                    </Button>
                )}
                <Button look="small" onClick={() => props.onAnswer({ expunge: one, approve: false })}>
                    {words.refuse}
                </Button>
            </div>
        );
    };
    const columns: Column<Expunge>[] = [
        { name: words.what, cell: (one) => word("expunge", one.kind), heads: true },
        { name: text.common.reason, cell: (one) => one.reason },
        {
            name: words.askedBy,
            cell: (one) => (
                <>
                    {personName(one.asked_by)}, <Time at={one.asked} />
                </>
            ),
        },
        { name: words.state, cell: (one) => word("expunge_state", one.state) },
        {
            name: words.answered,
            cell: (one) =>
                one.decided === null ? (
                    "–"
                ) : (
                    <>
                        {personName(one.decided_by)}, <Time at={one.decided} />
                    </>
                ),
        },
        { name: words.answer, quietName: true, cell: actions },
    ];
    return (
        <Table
            caption={words.expunge}
            columns={columns}
            rows={props.rows}
            rowKey={(one) => one.id}
            empty={words.noExpunges}
        />
    );
}

function Gone(props: { rows: readonly Tombstone[] }) {
    const columns: Column<Tombstone>[] = [
        { name: words.what, cell: (one) => word("expunge", one.what), heads: true },
        { name: words.detail, cell: (one) => <span class="break">{one.detail ?? "–"}</span> },
        { name: words.howMany, cell: (one) => number(one.count), number: true },
        { name: words.went, cell: (one) => <Time at={one.made} /> },
    ];
    return (
        <Section title={words.tombstones}>
            <Table
                caption={words.tombstones}
                columns={columns}
                rows={props.rows}
                rowKey={(one) => one.id}
                empty={words.noTombstones}
            />
        </Section>
    );
}

export function Expunges(props: { caseId: number; state: string }) {
    const { caseId } = props;
    const load = useLoad(
        async (signal) => {
            const asked = await get("/api/v1/cases/{case}/expunges", { path: { case: caseId }, signal });
            const gone = await get("/api/v1/cases/{case}/tombstones", { path: { case: caseId }, signal });
            return { asked: asked.items, gone: gone.items };
        },
        [caseId],
    );
    const [asking, setAsking] = useState(false);
    const [answering, setAnswering] = useState<Answering | null>(null);
    const done = (say: string) => (changed: boolean) => {
        setAsking(false);
        setAnswering(null);
        if (!changed) return;
        notify(say);
        load.reload();
        caseChanged();
    };
    return (
        <>
            <Section
                title={words.expunge}
                actions={
                    may("expunge") &&
                    props.state !== "expunged" && <Button onClick={() => setAsking(true)}>{words.askExpunge}</Button>
                }
            >
                <p class="muted">{words.expungeLead}</p>
                <Await load={load}>{({ asked }) => <Asked rows={asked} onAnswer={setAnswering} />}</Await>
            </Section>
            {load.data !== null && load.data.gone.length > 0 && <Gone rows={load.data.gone} />}
            {asking && <AskExpunge caseId={caseId} onDone={done(words.askedIt)} />}
            {answering !== null && (
                <Answer of={answering} onDone={done(answering.approve ? words.wentNow : words.refusedNow)} />
            )}
        </>
    );
}
