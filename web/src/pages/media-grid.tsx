// SPDX-License-Identifier: Apache-2.0
//
// All media of a case, to look through and to judge: any number of them, filtered and in an order.
import { useEffect, useState } from "preact/hooks";
import { useCase } from "../case.ts";
import { number } from "../format.ts";
import { useCaseScheme } from "../names.ts";
import { ReviewDesk } from "../review/desk.tsx";
import { anyFinding, anyOf, FilterPanel, type FilterField } from "../review/filter-panel.tsx";
import { OrderDeck, type OrderFilter } from "../review/order-deck.ts";
import type { ReviewSession } from "../review/session.ts";
import { reviewOf } from "../review/sessions.ts";
import { hideAll } from "../review/showing.ts";
import { useOutbox } from "../review/unsent.ts";
import type { PageProps } from "../routes.ts";
import { useStore } from "../store.ts";
import { text } from "../text.ts";
import { Await } from "../ui/load.tsx";
import { Button, Empty, Loading, Message, Page } from "../ui/parts.tsx";

const words = text.review.browse;
const CHOICES = {
    kind: ["new", "notable", "ignorable"],
    decision: ["open", "disputed", "decided"],
    family: ["picture", "video", "other"],
    status: ["ok", "unsupported", "corrupt", "encrypted", "limit", "timeout", "crashed", "unreadable"],
    sort: ["oldest", "newest", "largest", "stack"],
} as const;

function oneOf<T extends string>(values: readonly T[], value: string | null): { is: T } | null {
    const found = values.find((one) => one === value);
    return found === undefined ? null : { is: found };
}

function filterOf(query: URLSearchParams): OrderFilter {
    const kind = oneOf(CHOICES.kind, query.get("kind"));
    const decision = oneOf(CHOICES.decision, query.get("decision"));
    const family = oneOf(CHOICES.family, query.get("family"));
    const status = oneOf(CHOICES.status, query.get("status"));
    const sort = oneOf(CHOICES.sort, query.get("sort"));
    const finding = query.get("finding");
    const tag = query.get("tag");
    const stack = Number(query.get("stack") ?? 0);
    return {
        ...(kind && { kind: kind.is }),
        ...(decision && { decision: decision.is }),
        ...(family && { family: family.is }),
        ...(status && { status: status.is }),
        ...(sort && { sort: sort.is }),
        ...(finding && { finding }),
        ...(tag && { tag }),
        ...(stack > 0 && { stack }),
    };
}

const FIELDS: readonly FilterField[] = [
    { name: "kind", label: words.kind, options: anyOf(CHOICES.kind, text.words["kind"]) },
    { name: "decision", label: words.decision, options: anyOf(CHOICES.decision, text.words["state"]) },
    { name: "family", label: text.review.family, options: anyOf(CHOICES.family, text.words["family"]) },
    { name: "status", label: words.status, options: anyOf(CHOICES.status, text.words["status"]) },
    { name: "finding", label: text.review.finding, options: anyFinding },
    { name: "tag", label: words.tag },
    {
        name: "sort",
        label: words.sort,
        options: CHOICES.sort.map((value) => [value, words.sorts[value]]),
        otherwise: "oldest",
    },
];

function Count(props: { session: ReviewSession }) {
    const count = useStore(props.session.deck.state, (state) => state.count);
    const loading = useStore(props.session.deck.state, (state) => state.loading);
    return (
        <span class="muted" role="status">
            {loading ? text.common.loading : words.count(number(count))}
        </span>
    );
}

// What the grid itself does not say.
function Remarks(props: { session: ReviewSession }) {
    const count = useStore(props.session.deck.state, (state) => state.count);
    const loading = useStore(props.session.deck.state, (state) => state.loading);
    const more = props.session.deck instanceof OrderDeck && props.session.deck.more;
    return (
        <>
            {more && <Message calm>{words.more}</Message>}
            {!loading && count === 0 && <Empty>{words.none}</Empty>}
        </>
    );
}

export function MediaGrid(props: PageProps) {
    const caseId = props.ids["case"] ?? 0;
    const load = useCase(caseId);
    const schemeLoad = useCaseScheme(load.data?.scheme);
    const [round, setRound] = useState(0);
    useOutbox();
    const filter = filterOf(props.query);
    const name = `${caseId} media ${JSON.stringify(filter)} ${round}`;
    const session = reviewOf(name, () => new OrderDeck(caseId, filter));
    useEffect(() => hideAll, []);
    return (
        <Page
            title={words.title}
            shape="wide"
            actions={
                <>
                    {session !== null && <Count session={session} />}
                    <FilterPanel key={name} fields={FIELDS} query={props.query} />
                    <Button look="small" onClick={() => setRound(round + 1)}>
                        {words.refresh}
                    </Button>
                </>
            }
        >
            <Await load={load}>
                {() =>
                    session === null ? (
                        <Loading />
                    ) : (
                        <>
                            <Remarks session={session} />
                            <Await load={schemeLoad}>
                                {(found) => <ReviewDesk key={name} session={session} scheme={found} />}
                            </Await>
                        </>
                    )
                }
            </Await>
        </Page>
    );
}
