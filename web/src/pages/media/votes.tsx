// SPDX-License-Identifier: Apache-2.0
//
// Votes and decisions on one media: voting with the scheme's words, taking one's own vote back, and
// what a decision became in a set.
import { useState } from "preact/hooks";
import { get, post, type Schemas } from "../../api/client.ts";
import { caseChanged } from "../../case.ts";
import { duration } from "../../format.ts";
import { usePersonName, useUnitName } from "../../names.ts";
import { may } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { sentence } from "../../ui/failure.tsx";
import { Choice, TextField } from "../../ui/form.tsx";
import { Await } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Chip, Message, Section, Time, word } from "../../ui/parts.tsx";
import { categoryName, useScheme, type CaseScheme } from "./scheme.ts";

const words = text.media.votes;
const REASON_MOST = 256;
const NOTE_MOST = 4096;

type Ballot = Schemas["Ballot"];
type Vote = Schemas["Vote"];
type Decision = Schemas["Decision"];

// ---- Voting -----------------------------------------------------------------------------------

interface Wish {
    selfGenerated: Vote["self_generated"];
    commercial: Vote["commercial"];
    note: string;
}

const untouched: Wish = { selfGenerated: null, commercial: null, note: "" };

function Besides(props: { scheme: CaseScheme; wish: Wish; onWish: (part: Partial<Wish>) => void }) {
    const { scheme, wish, onWish } = props;
    return (
        <details>
            <summary>{words.besides}</summary>
            <div class="stack besides">
                {scheme.self_generated.length > 0 && (
                    <Choice
                        label={words.selfGenerated}
                        value={wish.selfGenerated ?? ""}
                        onValue={(value) =>
                            onWish({ selfGenerated: scheme.self_generated.find((one) => one === value) ?? null })
                        }
                        options={[
                            ["", text.common.notSaid],
                            ...scheme.self_generated.map((one) => [one, words.selfGeneratedWords[one]] as const),
                        ]}
                    />
                )}
                {scheme.commercial.length > 0 && (
                    <Choice
                        label={words.commercial}
                        value={wish.commercial ?? ""}
                        onValue={(value) =>
                            onWish({ commercial: scheme.commercial.find((one) => one === value) ?? null })
                        }
                        options={[
                            ["", text.common.notSaid],
                            ...scheme.commercial.map((one) => [one, words.commercialWords[one]] as const),
                        ]}
                    />
                )}
                <TextField
                    label={words.note}
                    value={wish.note}
                    onValue={(note) => onWish({ note })}
                    maxLength={NOTE_MOST}
                    autocomplete="off"
                />
            </div>
        </details>
    );
}

function Casting(props: { caseId: number; mediaId: number; scheme: CaseScheme; own: Vote | null; onCast: () => void }) {
    const { scheme } = props;
    const [wish, setWish] = useState<Wish>(untouched);
    const [code, setCode] = useState("");
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<unknown>(null);
    const cast = async (category: string) => {
        setBusy(true);
        setError(null);
        try {
            const reply = await post("/api/v1/cases/{case}/votes", {
                path: { case: props.caseId },
                body: {
                    media: [props.mediaId],
                    category,
                    self_generated: wish.selfGenerated,
                    commercial: wish.commercial,
                    note: wish.note.trim() === "" ? null : wish.note.trim(),
                },
            });
            const result = reply.items[0];
            notify(result?.submitter === true ? words.castSubmitter : words.cast(categoryName(scheme, category)));
            setWish(untouched);
            props.onCast();
        } catch (thrown) {
            setError(thrown);
        } finally {
            setBusy(false);
        }
    };
    const codes = scheme.codes.filter((one) => one.offered);
    return (
        <div class="stack">
            <h3>{props.own === null ? words.yours : words.another}</h3>
            {codes.length > 0 ? (
                <div class="vote-codes" role="group" aria-label={words.yours}>
                    {codes.map((one) => (
                        <Button
                            key={one.code}
                            disabled={busy}
                            aria-pressed={props.own?.category === one.code}
                            onClick={() => void cast(one.code)}
                        >
                            {categoryName(scheme, one.code)}
                        </Button>
                    ))}
                </div>
            ) : (
                <div class="row">
                    <TextField label={words.code} value={code} onValue={setCode} maxLength={64} autocomplete="off" />
                    <Button disabled={busy || code.trim() === ""} onClick={() => void cast(code.trim())}>
                        {words.castCode}
                    </Button>
                </div>
            )}
            <Besides scheme={scheme} wish={wish} onWish={(part) => setWish((old) => ({ ...old, ...part }))} />
            {error !== null && <Message role="alert">{sentence(error)}</Message>}
        </div>
    );
}

// ---- What was said ----------------------------------------------------------------------------

function Marks(props: { vote: Vote }) {
    const { vote } = props;
    // "unknown" is what is kept where nothing was said.
    const marks = [
        vote.undone && words.undone,
        vote.late && words.late,
        vote.submitter && words.submitter,
        vote.self_generated !== null &&
            vote.self_generated !== "unknown" &&
            words.selfGeneratedIs(words.selfGeneratedWords[vote.self_generated]),
        vote.commercial !== null &&
            vote.commercial !== "unknown" &&
            words.commercialIs(words.commercialWords[vote.commercial]),
    ].filter((mark) => mark !== false);
    return marks.length === 0 ? null : (
        <span class="chips">
            {marks.map((mark) => (
                <Chip key={mark}>{mark}</Chip>
            ))}
        </span>
    );
}

function VoteList(props: { votes: readonly Vote[]; scheme: CaseScheme | null; onUndo: (vote: Vote) => void }) {
    const person = usePersonName();
    const unit = useUnitName();
    return (
        <ul class="vote-list">
            {props.votes
                .filter((vote) => vote.undoes === null)
                .map((vote) => (
                    <li key={vote.id}>
                        <p class="row">
                            <span class={vote.undone ? "muted" : "vote-what"}>
                                {categoryName(props.scheme, vote.category)}
                            </span>
                            {vote.own && !vote.undone && may("review") && (
                                <Button look="small" onClick={() => props.onUndo(vote)}>
                                    {words.undo}
                                </Button>
                            )}
                        </p>
                        <p class="muted">
                            {vote.own ? words.you : `${person(vote.account)}, ${unit(vote.unit)}`}
                            {" · "}
                            <Time at={vote.made} />
                        </p>
                        <Marks vote={vote} />
                    </li>
                ))}
        </ul>
    );
}

interface Edit {
    decision: Decision;
    reinstates: boolean;
}

function EntryDialog(props: { caseId: number; edit: Edit; onClose: () => void; onDone: () => void }) {
    const { edit } = props;
    const [reason, setReason] = useState("");
    const said = edit.reinstates ? words.reinstateDialog : words.withdrawDialog;
    const change = async () => {
        const options = { path: { case: props.caseId, decision: edit.decision.id }, body: { reason: reason.trim() } };
        if (edit.reinstates) await post("/api/v1/cases/{case}/decisions/{decision}/reinstate", options);
        else await post("/api/v1/cases/{case}/decisions/{decision}/withdraw", options);
        notify(said.done);
        props.onDone();
    };
    return (
        <Confirm
            title={said.title}
            submit={said.submit}
            disabled={reason.trim() === ""}
            onConfirm={change}
            onClose={props.onClose}
        >
            <p>{said.what}</p>
            <TextField
                label={text.common.reason}
                hint={text.common.reasonHint}
                at="/reason"
                value={reason}
                onValue={setReason}
                maxLength={REASON_MOST}
                autoFocus
                autocomplete="off"
            />
        </Confirm>
    );
}

function EntryButtons(props: { decision: Decision; onEdit: (edit: Edit) => void }) {
    const { decision } = props;
    if (decision.entry === "none") return null;
    const stands = decision.entry === "standing";
    return (
        <p class="row">
            <span class="muted">{words.entry[decision.entry]}</span>
            <Button look="small" onClick={() => props.onEdit({ decision, reinstates: !stands })}>
                {stands ? words.withdraw : words.reinstate}
            </Button>
        </p>
    );
}

function DecisionItem(props: { decision: Decision; scheme: CaseScheme | null; onEdit: (edit: Edit) => void }) {
    const { decision, scheme } = props;
    const stands = decision.withdrawn === null;
    return (
        <li>
            <p class={stands ? "vote-what" : "muted"}>
                {decision.state === "disputed" ? word("state", "disputed") : categoryName(scheme, decision.category)}
            </p>
            <p class="muted">
                {words.tally(decision.in_favour, decision.against, decision.units)} · <Time at={decision.made} />
                {" · "}
                {words.waited(duration(decision.waited_seconds))}
            </p>
            {decision.withdrawn !== null && (
                <p class="muted">
                    {words.replaced} <Time at={decision.withdrawn} />
                    {decision.withdrawn_why !== null && `: ${decision.withdrawn_why}`}
                </p>
            )}
            {stands && may("case_write") && <EntryButtons decision={decision} onEdit={props.onEdit} />}
        </li>
    );
}

function UndoDialog(props: { caseId: number; vote: Vote; onClose: () => void; onDone: () => void }) {
    const undo = async () => {
        await post("/api/v1/cases/{case}/votes/{vote}/undo", { path: { case: props.caseId, vote: props.vote.id } });
        notify(words.undoDone);
        props.onDone();
    };
    return (
        <Confirm title={words.undoTitle} submit={words.undo} onConfirm={undo} onClose={props.onClose}>
            <p>{words.undoWhat}</p>
        </Confirm>
    );
}

function Content(props: {
    caseId: number;
    media: Schemas["MediaWhole"];
    ballot: Ballot;
    scheme: CaseScheme | null;
    onChange: () => void;
}) {
    const { caseId, media, ballot, scheme } = props;
    const [undoing, setUndoing] = useState<Vote | null>(null);
    const [edit, setEdit] = useState<Edit | null>(null);
    const own = ballot.votes.filter((vote) => vote.own && vote.undoes === null && !vote.undone).at(-1) ?? null;
    const decisions = [...ballot.decisions].reverse();
    const votes = media.kind === "new" && may("review");
    return (
        <>
            <p>{media.kind === "new" ? words.states[ballot.state] : words.notNew(word("kind", media.kind))}</p>
            {ballot.blind && votes && <p class="muted">{words.blind}</p>}
            {votes && scheme !== null && (
                <Casting caseId={caseId} mediaId={media.media} scheme={scheme} own={own} onCast={props.onChange} />
            )}
            {decisions.length > 0 && (
                <div class="stack">
                    <h3>{words.decisions}</h3>
                    <ul class="vote-list">
                        {decisions.map((decision) => (
                            <DecisionItem key={decision.id} decision={decision} scheme={scheme} onEdit={setEdit} />
                        ))}
                    </ul>
                </div>
            )}
            {ballot.votes.length > 0 && (
                <div class="stack">
                    <h3>{words.given}</h3>
                    <VoteList votes={ballot.votes} scheme={scheme} onUndo={setUndoing} />
                </div>
            )}
            {undoing !== null && (
                <UndoDialog caseId={caseId} vote={undoing} onClose={() => setUndoing(null)} onDone={props.onChange} />
            )}
            {edit !== null && (
                <EntryDialog caseId={caseId} edit={edit} onClose={() => setEdit(null)} onDone={props.onChange} />
            )}
        </>
    );
}

export function Votes(props: { caseId: number; media: Schemas["MediaWhole"]; onChange: () => void }) {
    const { caseId, media } = props;
    const scheme = useScheme(caseId);
    const load = useLoad(
        (signal) =>
            get("/api/v1/cases/{case}/media/{media}/votes", { path: { case: caseId, media: media.media }, signal }),
        [caseId, media.media],
    );
    const changed = () => {
        load.reload();
        caseChanged();
        props.onChange();
    };
    return (
        <Section title={words.title} panel>
            <Await load={load}>
                {(ballot) => (
                    <Content caseId={caseId} media={media} ballot={ballot} scheme={scheme.data} onChange={changed} />
                )}
            </Await>
        </Section>
    );
}
