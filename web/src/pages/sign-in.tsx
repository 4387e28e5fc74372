// SPDX-License-Identifier: Apache-2.0
//
// The pages of those who are not signed in: name and password, a one-time link, an invitation.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get, post } from "../api/client.ts";
import { go, href } from "../route.ts";
import { sessionStore, signIn, takeSession } from "../session.ts";
import { useLoad, useStore } from "../store.ts";
import { text } from "../text.ts";
import { Failure } from "../ui/failure.tsx";
import { Form, TextField } from "../ui/form.tsx";
import { Await } from "../ui/load.tsx";
import { Mark } from "../ui/mark.tsx";
import { LinkButton, Loading, Message } from "../ui/parts.tsx";

const words = text.signIn;

function Entry(props: { title: string; children: ComponentChildren }) {
    useEffect(() => {
        document.title = `${props.title} · ${text.common.product}`;
    }, [props.title]);
    return (
        <main class="entry">
            <div class="entry-card">
                <span class="brand">
                    <Mark />
                    {text.common.product}
                </span>
                <h1>{props.title}</h1>
                {props.children}
            </div>
        </main>
    );
}

export function SignIn() {
    const ended = useStore(sessionStore, (state) => state.ended);
    const load = useLoad((signal) => get("/api/v1/login", { signal }), []);
    const [name, setName] = useState("");
    const [password, setPassword] = useState("");
    const [code, setCode] = useState("");
    return (
        <Entry title={words.title}>
            {ended && (
                <Message calm role="status">
                    {words.ended}
                </Message>
            )}
            {load.data?.ready === false && <Message role="status">{words.notReady}</Message>}
            {load.state === "failed" && <Failure error={load.error} retry={load.reload} />}
            <Form
                submit={words.submit}
                disabled={name.trim() === "" || password === ""}
                onSubmit={() => signIn(name.trim(), password, code.trim() === "" ? null : code.trim())}
            >
                <TextField
                    label={words.name}
                    value={name}
                    onValue={setName}
                    autoFocus
                    at="/name"
                    autocomplete="username"
                    autocapitalize="none"
                    spellcheck={false}
                    maxLength={64}
                />
                <TextField
                    label={words.password}
                    value={password}
                    onValue={setPassword}
                    at="/password"
                    type="password"
                    autocomplete="current-password"
                    maxLength={1024}
                />
                <TextField
                    label={words.code}
                    hint={words.codeHint}
                    value={code}
                    onValue={setCode}
                    at="/code"
                    autocomplete="one-time-code"
                    inputMode="numeric"
                    maxLength={64}
                />
            </Form>
        </Entry>
    );
}

export function OneTimeLink(props: { token: string }) {
    const [error, setError] = useState<unknown>(null);
    const opened = useRef(false);
    useEffect(() => {
        if (opened.current) return;
        opened.current = true;
        // The address holds the secret: it leaves the history before anything else happens.
        history.replaceState(null, "", href("/"));
        post("/api/v1/session/link", { body: { link: props.token } }).then((session) => {
            takeSession(session);
            go("/");
            dispatchEvent(new HashChangeEvent("hashchange"));
        }, setError);
    }, [props.token]);
    return (
        <Entry title={words.link.title}>
            {error === null ? (
                <p role="status">{words.link.opening}</p>
            ) : (
                <>
                    <Message role="alert">{words.link.failed}</Message>
                    <Failure error={error} />
                    <a href={href("/")} onClick={() => dispatchEvent(new HashChangeEvent("hashchange"))}>
                        {words.link.toSignIn}
                    </a>
                </>
            )}
        </Entry>
    );
}

export function secretOf(uri: string): string {
    const secret = new URL(uri).searchParams.get("secret") ?? "";
    return secret.replace(/(.{4})(?=.)/g, "$1 ");
}

function Recovery(props: { codes: readonly string[] }) {
    return (
        <Entry title={words.invitation.done}>
            <p>{words.invitation.recovery}</p>
            <ol class="recovery mono">
                {props.codes.map((code) => (
                    <li key={code}>{code}</li>
                ))}
            </ol>
            <LinkButton href={href("/")} look="primary">
                {words.invitation.toSignIn}
            </LinkButton>
        </Entry>
    );
}

export function Invitation(props: { token: string }) {
    const load = useLoad(
        async (signal) => {
            const body = { invitation: props.token };
            const account = await post("/api/v1/invitation/open", { body, signal });
            const enrolled = await post("/api/v1/invitation/enrol", { body, signal });
            const rules = await get("/api/v1/login", { signal });
            return { account, uri: enrolled.uri, least: rules.password_characters };
        },
        [props.token],
    );
    const [password, setPassword] = useState("");
    const [repeated, setRepeated] = useState("");
    const [code, setCode] = useState("");
    const [codes, setCodes] = useState<readonly string[] | null>(null);
    if (codes !== null) return <Recovery codes={codes} />;
    const unequal = repeated !== "" && repeated !== password;
    return (
        <Entry title={words.invitation.title}>
            {load.state === "failed" && <Message role="alert">{words.invitation.failed}</Message>}
            {load.state === "loading" && load.data === null ? (
                <Loading />
            ) : (
                <Await load={load}>
                    {({ account, uri, least }) => (
                        <Form
                            submit={words.invitation.submit}
                            disabled={password === "" || repeated !== password || code.trim() === ""}
                            onSubmit={async () => {
                                const done = await post("/api/v1/invitation/accept", {
                                    body: { invitation: props.token, password, code: code.trim() },
                                });
                                setCodes(done.recovery_codes);
                            }}
                        >
                            <p>{words.invitation.hello(account.display, account.name)}</p>
                            <input
                                type="text"
                                class="hidden-text"
                                autocomplete="username"
                                value={account.name}
                                readOnly
                                tabIndex={-1}
                                aria-hidden="true"
                            />
                            <div class="stack">
                                <h2>{words.invitation.authenticator}</h2>
                                <p>{words.invitation.authenticatorHint}</p>
                                <p>
                                    <span class="muted">{words.invitation.key}: </span>
                                    <code class="break">{secretOf(uri)}</code>
                                </p>
                                <a href={uri}>{words.invitation.address}</a>
                            </div>
                            <TextField
                                label={words.invitation.password}
                                hint={words.invitation.passwordHint(least)}
                                value={password}
                                onValue={setPassword}
                                type="password"
                                at="/password"
                                autocomplete="new-password"
                                maxLength={1024}
                            />
                            <TextField
                                label={words.invitation.repeat}
                                value={repeated}
                                onValue={setRepeated}
                                type="password"
                                autocomplete="new-password"
                                maxLength={1024}
                                error={unequal ? words.invitation.unequal : null}
                            />
                            <TextField
                                label={words.invitation.code}
                                value={code}
                                onValue={setCode}
                                at="/code"
                                autocomplete="one-time-code"
                                inputMode="numeric"
                                maxLength={64}
                            />
                        </Form>
                    )}
                </Await>
            )}
        </Entry>
    );
}
