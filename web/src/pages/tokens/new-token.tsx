// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { get, post, type Schemas } from "../../api/client.ts";
import { usePeople } from "../../names.ts";
import { may, sessionStore } from "../../session.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Check, Choice, Form, TextField } from "../../ui/form.tsx";

type Scope = Schemas["Scope"];

export interface MadeToken {
    token: string;
    ends: string;
}

const words = text.account.tokens;
const SCOPES: readonly Scope[] = ["match", "ingest", "case_read", "audit_read"];

// Who sees cases gives a case by its number; others only have its id.
async function caseOf(written: string): Promise<number | null> {
    if (!may("case_read")) return /^[1-9][0-9]{0,15}$/.test(written) ? Number(written) : null;
    const found = await get("/api/v1/cases", { query: { number: written, limit: 1 } });
    return found.items[0]?.id ?? null;
}

export function NewToken(props: { mayChoose: boolean; onMade: (token: MadeToken) => void; onClose: () => void }) {
    const self = sessionStore.get().session?.account ?? 0;
    const people = usePeople();
    const [name, setName] = useState("");
    const [account, setAccount] = useState(String(self));
    const [scopes, setScopes] = useState<readonly Scope[]>([]);
    const [caseText, setCaseText] = useState("");
    const [isUnknown, setUnknown] = useState(false);
    const [days, setDays] = useState("30");
    const isDays = /^\d{1,3}$/.test(days) && Number(days) >= 1 && Number(days) <= 365;

    const make = async () => {
        const bound = caseText.trim() === "" ? null : await caseOf(caseText.trim());
        const isMissing = caseText.trim() !== "" && bound === null;
        setUnknown(isMissing);
        if (isMissing) return;
        const body = { name: name.trim(), scopes: [...scopes], days: Number(days), case: bound };
        props.onMade(
            await post("/api/v1/tokens", {
                body: props.mayChoose ? { ...body, account: Number(account) } : body,
            }),
        );
    };
    const named = [...(people?.values() ?? [])].sort((a, b) => a.display.localeCompare(b.display, text.locale));
    return (
        <Dialog title={words.makeTitle} onClose={props.onClose}>
            <Form
                submit={words.submit}
                disabled={name.trim() === "" || scopes.length === 0 || !isDays}
                onCancel={props.onClose}
                onSubmit={make}
            >
                <TextField label={words.name} value={name} onValue={setName} at="/name" autoFocus maxLength={200} />
                {props.mayChoose && (
                    <Choice
                        label={words.forWhom}
                        value={account}
                        onValue={setAccount}
                        at="/account"
                        options={named.map((person) => [String(person.id), `${person.display} (${person.name})`])}
                    />
                )}
                <fieldset class="field">
                    <legend class="label">{words.scopes}</legend>
                    {SCOPES.map((scope) => (
                        <Check
                            key={scope}
                            label={text.account.scopes[scope] ?? scope}
                            checked={scopes.includes(scope)}
                            onValue={(isChosen) => {
                                const others = scopes.filter((other) => other !== scope);
                                setScopes(isChosen ? [...others, scope] : others);
                            }}
                        />
                    ))}
                    <span class="hint">{words.scopesWhy}</span>
                </fieldset>
                <TextField
                    label={may("case_read") ? words.case : words.caseId}
                    value={caseText}
                    onValue={setCaseText}
                    hint={may("case_read") ? words.caseHint : words.caseIdHint}
                    at="/case"
                    maxLength={64}
                    error={isUnknown ? words.noCase : null}
                />
                <TextField
                    label={words.days}
                    hint={words.daysHint}
                    type="number"
                    min={1}
                    max={365}
                    step={1}
                    value={days}
                    onValue={setDays}
                    at="/days"
                />
            </Form>
        </Dialog>
    );
}
