// SPDX-License-Identifier: Apache-2.0
//
// Search over the cases one may see: by words and values, and by a picture that is not kept. Nothing
// is searched for before somebody asks, because each search is on record; an address that was kept
// fills in the form and no more.
import { useEffect, useRef, useState } from "preact/hooks";
import { post, type Schemas } from "../api/client.ts";
import { number } from "../format.ts";
import { useCases } from "../names.ts";
import { replaceQuery } from "../route.ts";
import type { PageProps } from "../routes.ts";
import { text } from "../text.ts";
import { More, usePages } from "../ui/load.tsx";
import { Page, Section } from "../ui/parts.tsx";
import { Example } from "./search/example.tsx";
import { addressOf, bodyOf, fieldsOf, type Fields, type SearchBody } from "./search/query.ts";
import { Results } from "./search/results.tsx";
import { Terms } from "./search/terms.tsx";

const words = text.search;
const PAGE = 50;

function Found(props: { body: SearchBody; cases: readonly Schemas["Case"][] | null }) {
    const { body } = props;
    const pages = usePages(
        (cursor, signal) =>
            post("/api/v1/search", { body: { ...body, limit: PAGE, ...(cursor !== undefined && { cursor }) }, signal }),
        [body],
    );
    const count = words.results.found(pages.items.length);
    return (
        <Section title={words.results.title}>
            {(pages.items.length > 0 || pages.state === "ready") && (
                <>
                    <p class="muted" role="status">
                        {pages.hasMore ? words.results.soFar(number(pages.items.length)) : count}
                    </p>
                    <Results
                        caption={words.results.title}
                        hits={pages.items}
                        cases={props.cases}
                        isNear={body.kind === "pdq"}
                    />
                </>
            )}
            <More pages={pages} />
        </Section>
    );
}

export function Search(props: PageProps) {
    const cases = useCases();
    const [fields, setFields] = useState<Fields>(() => fieldsOf(props.query));
    const [asked, setAsked] = useState<SearchBody | null>(null);
    const [alike, setAlike] = useState<readonly Schemas["SearchHit"][] | null>(null);
    const results = useRef<HTMLDivElement>(null);
    const change = (part: Partial<Fields>) => setFields((old) => ({ ...old, ...part }));
    // A link within the desk led here again with other values.
    const address = props.query.toString();
    const kept = useRef(address);
    useEffect(() => {
        if (address === kept.current) return;
        kept.current = address;
        setFields(fieldsOf(props.query));
    }, [address]);
    const show = () => requestAnimationFrame(() => results.current?.scrollIntoView({ block: "nearest" }));
    return (
        <Page title={words.title} lead={words.lead}>
            <div class="search-ways">
                <Terms
                    fields={fields}
                    cases={cases}
                    onChange={change}
                    onSearch={() => {
                        replaceQuery(addressOf(fields));
                        kept.current = new URLSearchParams(location.hash.split("?")[1] ?? "").toString();
                        setAlike(null);
                        setAsked(bodyOf(fields));
                        show();
                    }}
                />
                <Example
                    case={fields.case}
                    cases={cases}
                    onCase={(value) => change({ case: value })}
                    onFound={(hits) => {
                        setAsked(null);
                        setAlike(hits);
                        show();
                    }}
                />
            </div>
            <div ref={results} class="stack">
                {asked !== null && <Found body={asked} cases={cases} />}
                {alike !== null && (
                    <Section title={words.example.found}>
                        <p class="muted" role="status">
                            {words.results.found(alike.length)}
                        </p>
                        <Results caption={words.example.found} hits={alike} cases={cases} isNear />
                    </Section>
                )}
            </div>
        </Page>
    );
}
