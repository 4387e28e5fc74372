// SPDX-License-Identifier: Apache-2.0
//
// What others ask about media of this case, and the answers of its people.
import { useState } from "preact/hooks";
import { all, get, post, type Schemas } from "../../api/client.ts";
import { time } from "../../format.ts";
import { may } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Form } from "../../ui/form.tsx";
import { Await } from "../../ui/load.tsx";
import { MediaCell, useMediaFacts } from "../../ui/media-facts.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Section, Time, word } from "../../ui/parts.tsx";
import { Table } from "../../ui/table.tsx";
import { ContactFacts } from "./contact.tsx";

const words = text.enquiries.questions;
const answers = text.enquiries.answers;
type Question = Schemas["Question"];
const QUESTIONS_MAX = 5000;
const SHOWN = 20;
const ANSWERS = ["same", "different", "later"] as const;
type Answer = (typeof ANSWERS)[number];
const ANSWERED: readonly Question["state"][] = ["waiting", "same", "different"];

// An answer can be given anew, and takes the place of the old one.
function Buttons(props: { given: Question["state"]; onAnswer: (answer: Answer) => void }) {
    return (
        <span class="row" role="group" aria-label={words.act}>
            {ANSWERS.map((answer) => (
                <Button
                    key={answer}
                    look="small"
                    aria-pressed={answer === props.given}
                    onClick={() => answer !== props.given && props.onAnswer(answer)}
                >
                    {words[answer]}
                </Button>
            ))}
        </span>
    );
}

// What was told cannot be taken back, so it is asked once.
function Tell(props: { of: Question; onClose: () => void; onTell: () => Promise<void> }) {
    return (
        <Dialog title={words.tellTitle} onClose={props.onClose}>
            <Form submit={words.tell} onSubmit={props.onTell} onCancel={props.onClose}>
                <ContactFacts of={props.of.asker} />
                <p>{words.sameHint}</p>
            </Form>
        </Dialog>
    );
}

// Those that wait for somebody come first, then the newest.
function inOrder(questions: readonly Question[]): Question[] {
    return [...questions].sort((a, b) => Number(b.state === "waiting") - Number(a.state === "waiting") || b.id - a.id);
}

function QuestionTable(props: { case: number; rows: readonly Question[]; onAnswered: () => void }) {
    const [telling, setTelling] = useState<Question | null>(null);
    const [error, setError] = useState<unknown>(null);
    const facts = useMediaFacts(props.rows.map((row) => ({ case: props.case, media: row.media })));
    const send = async (question: Question, said: Answer) => {
        await post("/api/v1/enquiries/{enquiry}/answer", { path: { enquiry: question.id }, body: { answer: said } });
        notify(words.noted[said]);
        props.onAnswered();
    };
    const answer = async (question: Question, said: Answer) => {
        setError(null);
        await send(question, said).catch(setError);
    };
    return (
        <>
            {error !== null && <Failure error={error} />}
            <Table
                stacks
                caption={words.title}
                rows={props.rows}
                rowKey={(row) => row.id}
                empty={words.none}
                columns={[
                    {
                        name: answers.media,
                        heads: true,
                        cell: (row) => <MediaCell case={props.case} media={row.media} facts={facts} />,
                    },
                    {
                        name: answers.how,
                        cell: (row) => (row.near ? answers.near(text.units.bits(row.distance)) : answers.exact),
                    },
                    { name: words.asker, cell: (row) => <ContactFacts of={row.asker} /> },
                    { name: answers.reference, cell: (row) => row.asker.reference },
                    { name: words.asked, cell: (row) => <Time at={row.made} /> },
                    {
                        name: words.state,
                        cell: (row) => (
                            <span class="contact">
                                <span>{word("enquiry", row.state)}</span>
                                {row.answered !== null && (
                                    <span class="muted">{words.answered(time(row.answered))}</span>
                                )}
                                {may("enquire") && row.near && ANSWERED.includes(row.state) && (
                                    <Buttons
                                        given={row.state}
                                        onAnswer={(said) =>
                                            said === "same" ? setTelling(row) : void answer(row, said)
                                        }
                                    />
                                )}
                            </span>
                        ),
                    },
                ]}
            />
            {telling !== null && (
                <Tell
                    of={telling}
                    onClose={() => setTelling(null)}
                    onTell={async () => {
                        await send(telling, "same");
                        setTelling(null);
                    }}
                />
            )}
        </>
    );
}

export function Questions(props: { case: number; onAnswered: () => void }) {
    const [shown, setShown] = useState(SHOWN);
    const load = useLoad(
        (signal) =>
            all(
                (cursor) =>
                    get("/api/v1/cases/{case}/enquiries/questions", {
                        path: { case: props.case },
                        query: { limit: 200, ...(cursor !== undefined && { cursor }) },
                        signal,
                    }),
                QUESTIONS_MAX,
            ).then(inOrder),
        [props.case],
    );
    const answered = () => {
        load.reload();
        props.onAnswered();
    };
    return (
        <Section title={words.title}>
            <p class="muted">{words.lead}</p>
            <Await load={load}>
                {(rows) => (
                    <>
                        <QuestionTable case={props.case} rows={rows.slice(0, shown)} onAnswered={answered} />
                        {rows.length > shown && (
                            <div>
                                <Button onClick={() => setShown(shown + 100)}>{text.common.more}</Button>
                            </div>
                        )}
                    </>
                )}
            </Await>
        </Section>
    );
}
