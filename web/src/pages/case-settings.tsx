// SPDX-License-Identifier: Apache-2.0
//
// What a case is called, who works on it and by which rules, and how it ends.
import { useCase } from "../case.ts";
import type { PageProps } from "../routes.ts";
import { may } from "../session.ts";
import { text } from "../text.ts";
import { Await } from "../ui/load.tsx";
import { Message, Page } from "../ui/parts.tsx";
import { Documents } from "./settings/documents.tsx";
import { Expunges } from "./settings/expunge.tsx";
import { Members } from "./settings/members.tsx";
import { Retention } from "./settings/retention.tsx";
import { Outcome, Policy, StateOfCase, Texts } from "./settings/texts.tsx";

const words = text.settings;

export function CaseSettings(props: PageProps) {
    const id = props.ids["case"] ?? 0;
    const load = useCase(id);
    return (
        <Page title={words.title}>
            <Await load={load}>
                {(of) => {
                    const editable = of.state === "open" && may("case_write");
                    return (
                        <>
                            {of.state === "closed" && may("case_write") && <Message calm>{words.closedHint}</Message>}
                            <div class="columns">
                                <Texts of={of} editable={editable} />
                                <div class="stack">
                                    <Policy of={of} editable={editable} />
                                    <StateOfCase of={of} />
                                    <Outcome of={of} />
                                </div>
                            </div>
                            <Members caseId={id} editable={of.state === "open"} />
                            <Documents of={of} />
                            <Retention caseId={id} />
                            <Expunges caseId={id} state={of.state} />
                        </>
                    );
                }}
            </Await>
        </Page>
    );
}
