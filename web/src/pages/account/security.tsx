// SPDX-License-Identifier: Apache-2.0
//
// Second factor and password of one's own account. Changing either ends all sessions, so what must
// still be read (recovery codes) stays on screen until the person goes on to sign in.
import { useState } from "preact/hooks";
import { get, hooks, post, put } from "../../api/client.ts";
import { signOut, type Session } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Form, TextField } from "../../ui/form.tsx";
import { Await } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Facts, Section, Time } from "../../ui/parts.tsx";
import { CopyButton } from "../../ui/shown-once.tsx";
import { secretOf } from "../sign-in.tsx";

const factor = text.account.secondFactor;
const password = text.account.password;

// The session has ended on the server already: leaving it there may fail, and is of no matter.
function toSignIn(): void {
    signOut().catch(() => undefined);
}

function RecoveryCodes(props: { codes: readonly string[] }) {
    return (
        <Dialog title={factor.doneTitle} onClose={toSignIn} stays>
            <p>{factor.done}</p>
            <ol class="recovery mono">
                {props.codes.map((code) => (
                    <li key={code}>{code}</li>
                ))}
            </ol>
            <div class="form-end">
                <Button look="primary" onClick={toSignIn}>
                    {factor.signIn}
                </Button>
                <CopyButton value={props.codes.join("\n")} />
            </div>
        </Dialog>
    );
}

function ChangeFactor(props: { onClose: () => void }) {
    const load = useLoad(() => post("/api/v1/account/second-factor"), []);
    const [oldCode, setOldCode] = useState("");
    const [newCode, setNewCode] = useState("");
    const [codes, setCodes] = useState<readonly string[] | null>(null);
    if (codes !== null) return <RecoveryCodes codes={codes} />;
    return (
        <Dialog title={factor.changeTitle} onClose={props.onClose}>
            <p>{factor.changeHint}</p>
            <Await load={load}>
                {({ uri }) => (
                    <>
                        <div>
                            <span class="muted">{factor.key}</span>
                            <p class="secret mono break">{secretOf(uri)}</p>
                        </div>
                        <a href={uri}>{factor.address}</a>
                        <Form
                            submit={factor.submit}
                            onCancel={props.onClose}
                            disabled={oldCode.trim() === "" || newCode.trim() === ""}
                            onSubmit={async () => {
                                const done = await put("/api/v1/account/second-factor", {
                                    body: { old_code: oldCode.trim(), new_code: newCode.trim() },
                                });
                                setCodes(done.recovery_codes);
                            }}
                        >
                            <TextField
                                label={factor.oldCode}
                                value={oldCode}
                                onValue={setOldCode}
                                at="/old_code"
                                autocomplete="one-time-code"
                                maxLength={64}
                            />
                            <TextField
                                label={factor.newCode}
                                value={newCode}
                                onValue={setNewCode}
                                at="/new_code"
                                autocomplete="one-time-code"
                                inputMode="numeric"
                                maxLength={64}
                            />
                        </Form>
                    </>
                )}
            </Await>
        </Dialog>
    );
}

export function SecondFactorState(props: { session: Session }) {
    const { session } = props;
    const [changing, setChanging] = useState(false);
    const until = (moment: string | null) =>
        moment !== null && Date.parse(moment) > Date.now() ? <Time at={moment} /> : factor.not;
    const give = async () => {
        if (await hooks.onSecondFactor()) notify(factor.given);
    };
    return (
        <Section title={factor.title} panel>
            <Facts
                of={[
                    [factor.pictures, until(session.second_factor_until)],
                    [factor.fresh, until(session.second_factor_fresh_until)],
                ]}
            />
            <div class="row">
                <Button onClick={() => void give()}>{factor.give}</Button>
                <Button onClick={() => setChanging(true)}>{factor.change}</Button>
            </div>
            {changing && <ChangeFactor onClose={() => setChanging(false)} />}
        </Section>
    );
}

function ChangePassword(props: { onClose: () => void }) {
    const rules = useLoad((signal) => get("/api/v1/login", { signal }), []);
    const [old, setOld] = useState("");
    const [fresh, setFresh] = useState("");
    const [repeated, setRepeated] = useState("");
    const [code, setCode] = useState("");
    return (
        <Dialog title={password.dialog} onClose={props.onClose}>
            <p>{password.hint}</p>
            <Form
                submit={password.submit}
                onCancel={props.onClose}
                disabled={old === "" || fresh === "" || repeated !== fresh || code.trim() === ""}
                onSubmit={async () => {
                    await post("/api/v1/account/password", {
                        body: { old_password: old, new_password: fresh, code: code.trim() },
                    });
                    notify(password.done);
                    toSignIn();
                }}
            >
                <TextField
                    label={password.old}
                    type="password"
                    value={old}
                    onValue={setOld}
                    at="/old_password"
                    autocomplete="current-password"
                    maxLength={1024}
                    autoFocus
                />
                <TextField
                    label={password.new}
                    type="password"
                    value={fresh}
                    onValue={setFresh}
                    at="/new_password"
                    autocomplete="new-password"
                    maxLength={1024}
                    {...(rules.data !== null && { hint: password.least(rules.data.password_characters) })}
                />
                <TextField
                    label={password.repeat}
                    type="password"
                    value={repeated}
                    onValue={setRepeated}
                    autocomplete="new-password"
                    maxLength={1024}
                    error={repeated !== "" && repeated !== fresh ? password.unequal : null}
                />
                <TextField
                    label={password.code}
                    value={code}
                    onValue={setCode}
                    at="/code"
                    autocomplete="one-time-code"
                    inputMode="numeric"
                    maxLength={64}
                />
            </Form>
        </Dialog>
    );
}

export function Password() {
    const [changing, setChanging] = useState(false);
    return (
        <Section title={password.title} panel>
            <div>
                <Button onClick={() => setChanging(true)}>{password.open}</Button>
            </div>
            {changing && <ChangePassword onClose={() => setChanging(false)} />}
        </Section>
    );
}
