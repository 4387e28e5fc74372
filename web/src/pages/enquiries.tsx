// SPDX-License-Identifier: Apache-2.0
//
// Known elsewhere: asking about media of a case, the answers, what others ask, what is new.
import { useState } from "preact/hooks";
import { all, get, type Schemas } from "../api/client.ts";
import { useCase } from "../case.ts";
import { caseNumber, useCases } from "../names.ts";
import { href } from "../route.ts";
import type { PageProps } from "../routes.ts";
import { may } from "../session.ts";
import { useLoad } from "../store.ts";
import { text } from "../text.ts";
import { Await, More, usePages } from "../ui/load.tsx";
import { MediaCell, useMediaFacts } from "../ui/media-facts.tsx";
import { Button, Page, Section, Time, word } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";
import { Ask } from "./enquiries/ask.tsx";
import { ContactFacts } from "./enquiries/contact.tsx";
import { Questions } from "./enquiries/questions.tsx";

const words = text.enquiries;
const NOTICES_MAX = 2000;
const NOTICES_SHOWN = 20;

function addressOf(place: Schemas["KnownPlace"]): string {
    const path = `/cases/${place.case}`;
    return href(place.known_media === null ? path : `${path}/media/${place.known_media}`);
}

function howAlike(of: { near: boolean; distance: number }): string {
    return of.near ? words.answers.near(text.units.bits(of.distance)) : words.answers.exact;
}

function Answers(props: {
    case: number;
    caption: string;
    places: readonly Schemas["KnownPlace"][];
    cases: readonly Schemas["Case"][] | null;
}) {
    const facts = useMediaFacts(props.places.map((row) => ({ case: props.case, media: row.media })));
    return (
        <Table
            stacks
            caption={props.caption}
            rows={props.places.map((row, i) => ({ ...row, i }))}
            rowKey={(row) => row.i}
            empty={words.answers.none}
            columns={[
                {
                    name: words.answers.media,
                    heads: true,
                    cell: (row) => <MediaCell case={props.case} media={row.media} facts={facts} />,
                },
                { name: words.answers.how, cell: howAlike },
                { name: words.answers.state, cell: (row) => word("victim", row.state) },
                {
                    name: words.answers.owner,
                    cell: (row) =>
                        row.case !== null ? (
                            <a class="target" href={addressOf(row)}>
                                {words.answers.yourCase(caseNumber(props.cases, row.case))}
                            </a>
                        ) : (
                            <ContactFacts of={row.owner} />
                        ),
                },
                { name: words.answers.reference, cell: (row) => row.owner?.reference ?? null },
            ]}
        />
    );
}

function Known(props: { case: number; round: number; cases: readonly Schemas["Case"][] | null }) {
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/cases/{case}/enquiries/known", {
                path: { case: props.case },
                query: { limit: 50, ...(cursor !== undefined && { cursor }) },
                signal,
            }),
        [props.case, props.round],
    );
    return (
        <>
            {(pages.items.length > 0 || pages.state === "ready") && (
                <Answers case={props.case} caption={words.answers.title} places={pages.items} cases={props.cases} />
            )}
            <More pages={pages} />
        </>
    );
}

function said(notice: Schemas["Notice"]): string {
    const sentences = notice.owner ? words.notices.owner : words.notices.asker;
    return sentences[notice.what] ?? notice.what;
}

function Notices(props: { case: number; round: number }) {
    const [shown, setShown] = useState(NOTICES_SHOWN);
    const load = useLoad(
        (signal) =>
            all(
                (cursor) =>
                    get("/api/v1/cases/{case}/enquiries/notices", {
                        path: { case: props.case },
                        query: { limit: 200, ...(cursor !== undefined && { cursor }) },
                        signal,
                    }),
                NOTICES_MAX,
            ),
        [props.case, props.round],
    );
    return (
        <Section title={words.notices.title}>
            <Await load={load}>
                {(notices) =>
                    notices.length === 0 ? (
                        <p class="muted">{words.notices.none}</p>
                    ) : (
                        <>
                            <ul class="notice-list">
                                {notices
                                    .map((notice, i) => ({ ...notice, i }))
                                    .reverse()
                                    .slice(0, shown)
                                    .map((notice) => (
                                        <li key={notice.i}>
                                            <Time at={notice.made} />
                                            <a class="target" href={href(`/cases/${props.case}/media/${notice.media}`)}>
                                                {text.facts.media(String(notice.media))}
                                            </a>
                                            <span>{said(notice)}</span>
                                        </li>
                                    ))}
                            </ul>
                            {notices.length > shown && (
                                <div>
                                    <Button onClick={() => setShown(shown + 100)}>{text.common.more}</Button>
                                </div>
                            )}
                        </>
                    )
                }
            </Await>
        </Section>
    );
}

export function Enquiries(props: PageProps) {
    const caseId = props.ids["case"] ?? 0;
    const isOpen = useCase(caseId).data?.state === "open";
    const cases = useCases();
    const [round, setRound] = useState(0);
    const [visible, setVisible] = useState<readonly Schemas["KnownPlace"][]>([]);
    const mayAsk = may("enquire") && isOpen;
    return (
        <Page title={words.title} lead={words.lead}>
            {mayAsk && (
                <Ask
                    case={caseId}
                    chosen={props.query.get("media") ?? ""}
                    onAnswered={(places) => {
                        setVisible(places.filter((place) => place.case !== null));
                        setRound((count) => count + 1);
                    }}
                />
            )}
            {visible.length > 0 && (
                <Section title={words.answers.visible}>
                    <Answers case={caseId} caption={words.answers.visible} places={visible} cases={cases} />
                </Section>
            )}
            <Section title={words.answers.title}>
                <p class="muted">{words.ask.waitHint}</p>
                <Known case={caseId} round={round} cases={cases} />
            </Section>
            <Questions case={caseId} onAnswered={() => setRound((count) => count + 1)} />
            <Notices case={caseId} round={round} />
        </Page>
    );
}
