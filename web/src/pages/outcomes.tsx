// SPDX-License-Identifier: Apache-2.0
//
// What came of the cases that one worked on. To know how it ended helps those who did the work.
import { get, type Schemas } from "../api/client.ts";
import { number } from "../format.ts";
import { href } from "../route.ts";
import type { PageProps } from "../routes.ts";
import { may } from "../session.ts";
import { text } from "../text.ts";
import { More, usePages } from "../ui/load.tsx";
import { Empty, Page, Time, word } from "../ui/parts.tsx";

const words = text.outcomes;

type CaseOutcome = Schemas["CaseOutcome"];

// The good ones first.
const STATES = ["safeguarded", "identified", "being_worked", "unidentified"] as const;

function Victims(props: { of: CaseOutcome["victims"] }) {
    const known = STATES.filter((state) => props.of[state] > 0);
    if (known.length === 0) return null;
    return (
        <ul class="outcome-victims">
            {known.map((state) => (
                <li key={state}>
                    {words.victims(props.of[state])} {word("victim", state)}
                </li>
            ))}
        </ul>
    );
}

function Outcome(props: { of: CaseOutcome }) {
    const { of } = props;
    const name = of.title === "" ? of.number : `${of.number} · ${of.title}`;
    return (
        <li class="outcome">
            <h2>
                {may("case_read") && of.state !== "expunged" ? <a href={href(`/cases/${of.case}`)}>{name}</a> : name}
            </h2>
            <p class="muted">
                {of.closed !== null ? (
                    <>
                        {word("state", of.state)} <Time at={of.closed} />
                    </>
                ) : (
                    <>
                        {word("state", of.state)}, {words.opened} <Time at={of.opened} />
                    </>
                )}
            </p>
            <p class={of.outcome === null ? "muted" : "outcome-text"}>{of.outcome ?? words.notSaid}</p>
            <Victims of={of.victims} />
            {of.decided > 0 && <p class="muted">{words.decided(number(of.decided))}</p>}
        </li>
    );
}

export function Outcomes(_props: PageProps) {
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/account/outcomes", {
                query: { limit: 50, ...(cursor !== undefined && { cursor }) },
                signal,
            }),
        [],
    );
    return (
        <Page title={words.title} lead={words.lead} shape="narrow">
            {pages.state === "ready" && pages.items.length === 0 && <Empty>{words.none}</Empty>}
            <ul class="outcomes">
                {pages.items.map((one) => (
                    <Outcome key={one.case} of={one} />
                ))}
            </ul>
            <More pages={pages} />
        </Page>
    );
}
