// SPDX-License-Identifier: Apache-2.0
//
// One case at a glance: what came in, how far it is, and how it came in.
import { get } from "../api/client.ts";
import { orNull } from "../api/optional.ts";
import { useCase, type CaseWithCounts } from "../case.ts";
import type { PageProps } from "../routes.ts";
import { useLoad } from "../store.ts";
import { text } from "../text.ts";
import { Await } from "../ui/load.tsx";
import { Message, Page, Time, word } from "../ui/parts.tsx";
import { CameIn } from "./overview/came-in.tsx";
import { Evidence, type EvidenceRow } from "./overview/evidence.tsx";
import { Items, Reasons, itemsShown } from "./overview/items.tsx";
import { ReviewProgress } from "./overview/review.tsx";
import { Scans } from "./overview/scans.tsx";

const words = text.overview;

// Evidence and reasons from the methods of the case; from the plain list where there are none.
async function howItCameIn(id: number, signal: AbortSignal) {
    const methods = await orNull(get("/api/v1/cases/{case}/methods", { path: { case: id }, signal }));
    if (methods !== null)
        return {
            evidence: methods.evidence as readonly EvidenceRow[],
            reasons: methods.not_examined,
            more: methods.more,
        };
    const { items } = await get("/api/v1/cases/{case}/evidence", { path: { case: id }, signal });
    return {
        evidence: items.map((one): EvidenceRow => ({ ...one, items: null, not_examined: null })),
        reasons: [],
        more: false,
    };
}

function State(props: { of: CaseWithCounts }) {
    const { state, closed, opened, restricted } = props.of;
    return (
        <>
            {word("state", state)}
            {restricted && `, ${words.restricted}`}; {words.opened} <Time at={opened} />
            {closed !== null && (
                <>
                    ; {words.closed} <Time at={closed} />
                </>
            )}
        </>
    );
}

function Content(props: { of: CaseWithCounts; query: URLSearchParams }) {
    const { id, counts, outcome } = props.of;
    const how = useLoad((signal) => howItCameIn(id, signal), [id, counts.items, counts.not_examined]);
    const shown = itemsShown(props.query);
    const evidence = how.data?.evidence.find((one) => one.id === shown?.evidence)?.name ?? null;
    return (
        <>
            {outcome !== null && (
                <Message calm>
                    <p>
                        <strong>{words.outcome}</strong> {outcome}
                    </p>
                </Message>
            )}
            <CameIn of={props.of} />
            {shown !== null && <Items caseId={id} shown={shown} evidence={evidence} />}
            <ReviewProgress of={props.of} />
            <Scans caseId={id} open={props.of.state === "open"} />
            <Await load={how}>
                {(data) => (
                    <>
                        <Evidence caseId={id} rows={data.evidence} />
                        <Reasons caseId={id} of={data.reasons} more={data.more} />
                    </>
                )}
            </Await>
        </>
    );
}

export function Overview(props: PageProps) {
    const id = props.ids["case"] ?? 0;
    const load = useCase(id);
    const known = load.data;
    return (
        <Page
            title={known === null ? words.title : words.heading(known.number, known.title)}
            {...(known !== null && { lead: <State of={known} /> })}
        >
            <Await load={load}>{(found) => <Content of={found} query={props.query} />}</Await>
        </Page>
    );
}
