// SPDX-License-Identifier: Apache-2.0
//
// What others ask about media of this case, and the answers of its people.
import { useState } from "preact/hooks";
import { get, post, type Schemas } from "../../api/client.ts";
import { time } from "../../format.ts";
import { may } from "../../session.ts";
import { text } from "../../text.ts";
import { Failure } from "../../ui/failure.tsx";
import { More, usePages } from "../../ui/load.tsx";
import { MediaCell, useMediaFacts } from "../../ui/media-facts.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Section, Time, word } from "../../ui/parts.tsx";
import { Table } from "../../ui/table.tsx";
import { ContactFacts } from "./contact.tsx";

const words = text.enquiries.questions;
const answers = text.enquiries.answers;
type Question = Schemas["Question"];
const ANSWERS = ["same", "different", "later"] as const;
type Answer = (typeof ANSWERS)[number];
const ANSWERED: readonly Question["state"][] = ["waiting", "same", "different"];

// An answer can be given anew, and takes the place of the old one.
function Buttons(props: { given: Question["state"]; disabled: boolean; onAnswer: (answer: Answer) => void }) {
    return (
        <span class="actions">
            {ANSWERS.map((answer) => (
                <Button
                    key={answer} look="small" aria-pressed={answer === props.given}
                    disabled={props.disabled || answer === props.given} onClick={() => props.onAnswer(answer)}
                >
                    {words[answer]}
                </Button>
            ))}
        </span>
    );
}

export function Questions(props: { case: number; onAnswered: () => void }) {
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/cases/{case}/enquiries/questions", {
                path: { case: props.case }, query: { limit: 50, ...(cursor !== undefined && { cursor }) }, signal,
            }),
        [props.case],
    );
    const [busy, setBusy] = useState<number | null>(null);
    const [error, setError] = useState<unknown>(null);
    const facts = useMediaFacts(pages.items.map((row) => ({ case: props.case, media: row.media })));
    // Those that wait for somebody come first.
    const rows = [...pages.items].sort((a, b) => Number(b.state === "waiting") - Number(a.state === "waiting") || b.id - a.id);
    const isWaiting = rows.some((row) => row.state === "waiting");
    const answer = async (question: Question, said: Answer) => {
        setBusy(question.id);
        setError(null);
        try {
            await post("/api/v1/enquiries/{enquiry}/answer", { path: { enquiry: question.id }, body: { answer: said } });
            notify(words.noted[said]);
            pages.reload();
            props.onAnswered();
        } catch (thrown) {
            setError(thrown);
        } finally {
            setBusy(null);
        }
    };
    return (
        <Section title={words.title}>
            <p class="muted">{words.lead}{isWaiting && ` ${words.sameHint}`}</p>
            {error !== null && <Failure error={error} />}
            {(rows.length > 0 || pages.state === "ready") && (
                <Table
                    caption={words.title} rows={rows} rowKey={(row) => row.id} empty={words.none}
                    columns={[
                        {
                            name: answers.media, heads: true,
                            cell: (row) => (
                                <MediaCell case={props.case} media={row.media} facts={facts({ case: props.case, media: row.media })} />
                            ),
                        },
                        { name: answers.how, cell: (row) => row.near ? answers.near(text.units.bits(row.distance)) : answers.exact },
                        { name: words.asker, cell: (row) => <ContactFacts of={row.asker} /> },
                        { name: answers.reference, cell: (row) => row.asker.reference },
                        { name: words.asked, cell: (row) => <Time at={row.made} /> },
                        {
                            name: words.state,
                            cell: (row) => (
                                <span class="contact">
                                    <span>{word("enquiry", row.state)}</span>
                                    {row.answered !== null && <span class="muted">{words.answered(time(row.answered))}</span>}
                                </span>
                            ),
                        },
                        ...(may("enquire") ? [{
                            name: words.act, quietName: true,
                            cell: (row: Question) => row.near && ANSWERED.includes(row.state) && (
                                <Buttons given={row.state} disabled={busy !== null} onAnswer={(said) => void answer(row, said)} />
                            ),
                        }] : []),
                    ]}
                />
            )}
            <More pages={pages} />
        </Section>
    );
}
