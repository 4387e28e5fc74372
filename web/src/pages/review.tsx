// SPDX-License-Identifier: Apache-2.0
//
// Review of a case: of the queue, or of one stack (?stack=N).
import { useEffect } from "preact/hooks";
import { useCase } from "../case.ts";
import { useCaseScheme } from "../names.ts";
import { ReviewDesk } from "../review/desk.tsx";
import { anyFinding, anyOf, FilterPanel, type FilterField } from "../review/filter-panel.tsx";
import { OrderDeck } from "../review/order-deck.ts";
import { QueueDeck, type QueueFilter } from "../review/queue-deck.ts";
import { reviewOf } from "../review/sessions.ts";
import { hideAll } from "../review/showing.ts";
import { useLeases } from "../review/use-leases.ts";
import { useOutbox } from "../review/unsent.ts";
import type { PageProps } from "../routes.ts";
import { text } from "../text.ts";
import { Await } from "../ui/load.tsx";
import { Loading, Message, Page } from "../ui/parts.tsx";

const words = text.review;
const ORDERS = ["case", "size", "newest"] as const;
const FAMILIES = ["picture", "video", "other"] as const;

function filterOf(query: URLSearchParams): QueueFilter {
    return {
        order: ORDERS.find((order) => order === query.get("order")) ?? "case",
        family: FAMILIES.find((family) => family === query.get("family")) ?? null,
        finding: query.get("finding"),
    };
}

const FIELDS: readonly FilterField[] = [
    {
        name: "order",
        label: words.order,
        options: ORDERS.map((value) => [value, words.orders[value]]),
        otherwise: "case",
    },
    { name: "family", label: words.family, options: anyOf(FAMILIES, text.words["family"]) },
    { name: "finding", label: words.finding, options: anyFinding },
];

export function Review(props: PageProps) {
    const caseId = props.ids["case"] ?? 0;
    const load = useCase(caseId);
    const schemeLoad = useCaseScheme(load.data?.scheme);
    const outbox = useOutbox();
    const stack = Number(props.query.get("stack") ?? 0);
    const filter = filterOf(props.query);
    const name = stack > 0 ? `${caseId} stack ${stack}` : `${caseId} queue ${JSON.stringify(filter)}`;
    const session =
        outbox === null
            ? null
            : reviewOf(name, () =>
                  stack > 0 ? new OrderDeck(caseId, { stack, sort: "stack" }) : new QueueDeck(caseId, filter),
              );
    const ends = useLeases(session);
    useEffect(() => hideAll, []);
    return (
        <Page
            title={stack > 0 ? words.titleStack(String(stack)) : words.title}
            shape="wide"
            actions={stack > 0 ? undefined : <FilterPanel key={name} fields={FIELDS} query={props.query} />}
        >
            {ends !== null && (
                <Message calm role="status">
                    <p>{words.leaseEnds(ends.toLocaleTimeString(text.locale))}</p>
                </Message>
            )}
            <Await load={load}>
                {() => (
                    <Await load={schemeLoad}>
                        {(found) =>
                            session === null ? <Loading /> : <ReviewDesk key={name} session={session} scheme={found} />
                        }
                    </Await>
                )}
            </Await>
        </Page>
    );
}
