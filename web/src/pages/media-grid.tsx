// SPDX-License-Identifier: Apache-2.0
//
// All media of a case, to look through and to judge: any number of them, filtered and in an order.
import { useEffect, useState } from "preact/hooks";
import { useCase } from "../case.ts";
import { number } from "../format.ts";
import { useCaseScheme } from "../names.ts";
import { ReviewDesk } from "../review/desk.tsx";
import { OrderDeck, type OrderFilter } from "../review/order-deck.ts";
import type { ReviewSession } from "../review/session.ts";
import { reviewOf } from "../review/sessions.ts";
import { hideAll } from "../review/showing.ts";
import { useOutbox } from "../review/unsent.ts";
import { replaceQuery } from "../route.ts";
import type { PageProps } from "../routes.ts";
import { useStore } from "../store.ts";
import { text } from "../text.ts";
import { Choice, TextField } from "../ui/form.tsx";
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

function Filters(props: { query: URLSearchParams }) {
    const now = (name: string) => props.query.get(name) ?? "";
    const set = (name: string, value: string) => {
        const next = Object.fromEntries(props.query);
        replaceQuery({ ...next, [name]: value });
    };
    const choice = (name: keyof typeof CHOICES & string, label: string, field: string) => (
        <Choice
            label={label}
            value={now(name)}
            onValue={(value) => set(name, value)}
            options={[
                ["", text.common.all],
                ...CHOICES[name].map((value) => [value, text.words[field]?.[value] ?? value] as const),
            ]}
        />
    );
    return (
        <div class="form-grid browse-filters">
            {choice("kind", words.kind, "kind")}
            {choice("decision", words.decision, "state")}
            {choice("family", text.review.family, "family")}
            {choice("status", words.status, "status")}
            <TextField
                label={text.review.finding}
                value={now("finding")}
                onValue={(value) => set("finding", value)}
                maxLength={64}
                list="findings"
            />
            <datalist id="findings">
                {Object.entries(text.words["finding"] ?? {}).map(([value, name]) => (
                    <option key={value} value={value}>
                        {name}
                    </option>
                ))}
            </datalist>
            <TextField label={words.tag} value={now("tag")} onValue={(value) => set("tag", value)} maxLength={64} />
            <Choice
                label={words.sort}
                value={now("sort") || "oldest"}
                onValue={(value) => set("sort", value === "oldest" ? "" : value)}
                options={CHOICES.sort.map((value) => [value, words.sorts[value]])}
            />
        </div>
    );
}

function Count(props: { session: ReviewSession }) {
    const count = useStore(props.session.deck.state, (state) => state.count);
    const loading = useStore(props.session.deck.state, (state) => state.loading);
    const more = props.session.deck instanceof OrderDeck && props.session.deck.more;
    return (
        <>
            <p class="muted" role="status">
                {loading ? text.common.loading : words.count(number(count))}
            </p>
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
                <Button look="small" onClick={() => setRound(round + 1)}>
                    {words.refresh}
                </Button>
            }
        >
            <Filters query={props.query} />
            <Await load={load}>
                {() =>
                    session === null ? (
                        <Loading />
                    ) : (
                        <>
                            <Count session={session} />
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
