// SPDX-License-Identifier: Apache-2.0
//
// Is it known elsewhere? Asked only by the person's own act, because others learn of it.
import { useState } from "preact/hooks";
import { post, type Schemas } from "../../api/client.ts";
import { useCase } from "../../case.ts";
import { caseNumber, useCases } from "../../names.ts";
import { href } from "../../route.ts";
import { may } from "../../session.ts";
import { text } from "../../text.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { Button, Facts, Section, word } from "../../ui/parts.tsx";

const words = text.media.enquiry;

type KnownPlace = Schemas["KnownPlace"];

function Answer(props: { of: KnownPlace; cases: ReturnType<typeof useCases> }) {
    const { of, cases } = props;
    const { owner } = of;
    return (
        <li>
            <Facts
                of={[
                    [words.likeness, of.near ? words.near(text.units.bits(of.distance)) : words.exact],
                    [words.state, word("victim", of.state)],
                    [
                        words.where,
                        of.case === null ? null : (
                            <a
                                href={href(
                                    of.known_media === null
                                        ? `/cases/${of.case}`
                                        : `/cases/${of.case}/media/${of.known_media}`,
                                )}
                            >
                                {text.common.within(caseNumber(cases, of.case))}
                                {of.known_media !== null && `, ${text.facts.media(String(of.known_media))}`}
                            </a>
                        ),
                    ],
                    [words.unit, owner?.unit],
                    [words.agency, [owner?.agency, owner?.country].filter((part) => part != null).join(", ") || null],
                    [words.contact, owner?.contact],
                    [words.reference, owner?.reference],
                ]}
            />
        </li>
    );
}

function Answers(props: { of: readonly KnownPlace[] }) {
    const cases = useCases();
    return (
        <ul class="answer-list">
            {props.of.map((answer, i) => (
                <Answer key={i} of={answer} cases={cases} />
            ))}
        </ul>
    );
}

export function Enquiry(props: { caseId: number; mediaId: number }) {
    const { caseId } = props;
    const isOpen = useCase(caseId).data?.state === "open";
    const [asking, setAsking] = useState(false);
    const [answers, setAnswers] = useState<readonly KnownPlace[] | null>(null);
    const ask = async () => {
        const reply = await post("/api/v1/cases/{case}/enquiries", {
            path: { case: caseId },
            body: { media: [props.mediaId] },
        });
        setAnswers(reply.items);
    };
    return (
        <Section
            title={words.title}
            panel
            {...(may("enquire") &&
                isOpen && {
                    actions: (
                        <Button look="small" onClick={() => setAsking(true)}>
                            {words.ask}
                        </Button>
                    ),
                })}
        >
            <div role="status" class="stack">
                {answers === null && <p class="muted">{words.notAsked}</p>}
                {answers?.length === 0 && <p>{words.nothing}</p>}
                {answers !== null && answers.length > 0 && <Answers of={answers} />}
            </div>
            <p>
                <a href={href(`/cases/${caseId}/enquiries`)}>{words.all}</a>
            </p>
            {asking && (
                <Confirm title={words.askTitle} submit={words.ask} onConfirm={ask} onClose={() => setAsking(false)}>
                    <p>{words.what}</p>
                </Confirm>
            )}
        </Section>
    );
}
