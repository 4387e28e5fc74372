// SPDX-License-Identifier: Apache-2.0
//
// The frame around every page: who is signed in, where one can go, what is being asked.
import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { hooks } from "./api/client.ts";
import { Problem } from "./api/problem.ts";
import { useCase } from "./case.ts";
import { SecondFactor } from "./pages/second-factor.tsx";
import { Invitation, OneTimeLink, SignIn } from "./pages/sign-in.tsx";
import { go, href, match, place, type Place } from "./route.ts";
import { caseNav, mainNav, routes, type NavRow, type PageProps, type RouteRow } from "./routes.ts";
import { loadSession, may, sessionStore } from "./session.ts";
import { useStore } from "./store.ts";
import { text } from "./text.ts";
import { Failure } from "./ui/failure.tsx";
import { Mark } from "./ui/mark.tsx";
import { Notices } from "./ui/notice.tsx";
import { Loading, Message, Page } from "./ui/parts.tsx";

// Where somebody begins: the first page that their role includes.
function home(): string {
    return mainNav.find((row) => row.permission === undefined || may(row.permission))?.path ?? "/account";
}

function Tabs(props: {
    label: string;
    base: string;
    rows: readonly NavRow[];
    path: string;
    // Before the links.
    lead?: ComponentChildren;
}) {
    const isCurrent = (row: NavRow) => {
        const path = props.base + row.path;
        return props.path === path || (row.deep === true && props.path.startsWith(`${path}/`));
    };
    return (
        <nav aria-label={props.label}>
            {props.lead}
            <ul class="tabs">
                {props.rows
                    .filter((row) => row.permission === undefined || may(row.permission))
                    .map((row) => (
                        <li key={row.path}>
                            <a href={href(props.base + row.path)} aria-current={isCurrent(row) ? "page" : undefined}>
                                {row.name}
                            </a>
                        </li>
                    ))}
            </ul>
        </nav>
    );
}

function Bar(props: { path: string }) {
    const name = useStore(sessionStore, (state) => state.session?.name ?? "");
    const [open, setOpen] = useState(false);
    useEffect(() => setOpen(false), [props.path]);
    return (
        <div class="bar">
            <a class="brand" href={href(home())}>
                <Mark />
                {text.common.product}
            </a>
            <Tabs label={text.common.main} base="" rows={mainNav} path={props.path} />
            <div class="end">
                <details
                    class="menu"
                    open={open}
                    onToggle={(event) => setOpen(event.currentTarget.open)}
                    onKeyDown={(event) => {
                        if (event.key !== "Escape" || !open) return;
                        setOpen(false);
                        event.currentTarget.querySelector("summary")?.focus();
                    }}
                >
                    <summary class="button quiet">{name}</summary>
                    <div class="menu-list">
                        <a href={href("/outcomes")}>{text.common.nav.outcomes}</a>
                        <a href={href("/account")}>{text.common.nav.account}</a>
                        <a href={href("/help")}>{text.common.nav.help}</a>
                        <a href={href("/leaving")}>{text.common.nav.signOut}</a>
                    </div>
                </details>
            </div>
        </div>
    );
}

function CaseBar(props: { id: number; path: string }) {
    const load = useCase(props.id);
    return (
        <section class="subbar" aria-label={text.common.theCase}>
            <Tabs
                label={text.common.breadcrumb}
                base={`/cases/${props.id}`}
                rows={caseNav}
                path={props.path}
                lead={<span class="case">{load.data !== null ? text.common.within(load.data.number) : " "}</span>}
            />
        </section>
    );
}

function Missing(props: { title: string; hint?: string }) {
    return (
        <Page title={props.title} shape="narrow">
            {props.hint !== undefined && <p>{props.hint}</p>}
            <p>
                <a href={href("/")}>{text.common.toStart}</a>
            </p>
        </Page>
    );
}

interface Found {
    row: RouteRow;
    ids: Record<string, number>;
    parts: Record<string, string>;
}

function find(path: string): Found | null {
    for (const row of routes) {
        const values = match(row.pattern, path);
        if (values === null) continue;
        const found: Found = { row, ids: {}, parts: {} };
        for (const [name, value] of Object.entries(values)) {
            if (row.pattern.includes(`:${name}`)) found.ids[name] = Number(value);
            else found.parts[name] = value;
        }
        return found;
    }
    return null;
}

function Current(props: { at: Place }) {
    const found = find(props.at.path);
    if (found === null) return <Missing title={text.common.notFound} hint={text.common.notFoundHint} />;
    if (found.row.permission !== undefined && !may(found.row.permission))
        return <Missing title={text.common.notAllowed} />;
    return <Loaded key={found.row.pattern} row={found.row} at={props.at} found={found} />;
}

const loaded = new Map<RouteRow, ComponentType<PageProps>>();

function Loaded(props: { row: RouteRow; at: Place; found: Found }) {
    const { row } = props;
    const [, render] = useState(0);
    const [error, setError] = useState<unknown>(null);
    const load = () => {
        setError(null);
        row.load().then((page) => {
            loaded.set(row, page);
            render((count) => count + 1);
        }, setError);
    };
    const Content = loaded.get(row);
    useEffect(() => {
        if (Content === undefined) load();
    }, []);
    if (Content !== undefined)
        return <Content key={props.at.path} ids={props.found.ids} parts={props.found.parts} query={props.at.query} />;
    return error === null ? (
        <div class="page">
            <Loading />
        </div>
    ) : (
        <div class="page">
            <Failure error={error} retry={load} />
        </div>
    );
}

// So that no page is missing once the network is.
function loadAllPages(): void {
    for (const row of routes)
        row.load().then(
            (page) => loaded.set(row, page),
            () => undefined,
        );
}

// Not before the page that was asked for is there and has been looked at.
const SETTLED_MS = 4000;

function whenSettled(run: () => void): () => void {
    const timer = setTimeout(() => {
        if (typeof requestIdleCallback === "function") requestIdleCallback(run, { timeout: SETTLED_MS });
        else run();
    }, SETTLED_MS);
    return () => clearTimeout(timer);
}

// The person is asked when a call needs it; the call waits for the answer.
let answerSecondFactor: ((given: boolean) => void) | null = null;

function Asked() {
    const [asked, setAsked] = useState(false);
    useEffect(() => {
        hooks.onSecondFactor = () =>
            new Promise((resolve) => {
                answerSecondFactor?.(false);
                answerSecondFactor = resolve;
                setAsked(true);
            });
    }, []);
    const answer = (given: boolean) => {
        setAsked(false);
        answerSecondFactor?.(given);
        answerSecondFactor = null;
    };
    return asked ? <SecondFactor onDone={answer} /> : null;
}

function Frame(props: { at: Place; children: ComponentChildren }) {
    const reached = useStore(sessionStore, (state) => state.reached);
    const caseId = /^\/cases\/([1-9][0-9]*)(\/|$)/.exec(props.at.path)?.[1];
    return (
        <>
            <a
                class="skip"
                href="#content"
                onClick={(event) => {
                    event.preventDefault();
                    document.getElementById("content")?.focus();
                }}
            >
                {text.common.skip}
            </a>
            <header>
                <Bar path={props.at.path} />
                {!reached && (
                    <div class="strip" role="status">
                        {text.common.offline}
                    </div>
                )}
                {caseId !== undefined && <CaseBar id={Number(caseId)} path={props.at.path} />}
            </header>
            <main id="content" tabIndex={-1}>
                {props.children}
            </main>
        </>
    );
}

function SignedIn(props: { at: Place }) {
    useEffect(() => {
        if (props.at.path === "/") go(home());
    }, [props.at.path]);
    useEffect(() => whenSettled(loadAllPages), []);
    return <Frame at={props.at}>{props.at.path === "/" ? null : <Current at={props.at} />}</Frame>;
}

function Content() {
    const at = useStore(place, (value) => value);
    const state = useStore(sessionStore, (value) => value.state);
    const [error, setError] = useState<unknown>(null);
    useEffect(() => {
        loadSession().catch(setError);
    }, []);
    const link = match("/link/*token", at.path);
    if (link !== null) return <OneTimeLink token={link["token"] ?? ""} />;
    const invitation = match("/invitation/*token", at.path);
    if (invitation !== null) return <Invitation token={invitation["token"] ?? ""} />;
    if (state === "in") return <SignedIn at={at} />;
    if (state === "out") return <SignIn />;
    return error === null ? null : (
        <div class="entry">
            <Failure
                error={error}
                retry={() => {
                    setError(null);
                    loadSession().catch(setError);
                }}
            />
            {error instanceof Problem ? null : <Message calm>{text.common.offlineLoad}</Message>}
        </div>
    );
}

export function App() {
    return (
        <>
            <Content />
            <Asked />
            <Notices />
        </>
    );
}
