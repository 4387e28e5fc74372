// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { post, put, type Schemas } from "../../api/client.ts";
import { useUnits } from "../../names.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Check, Choice, Form, TextField } from "../../ui/form.tsx";
import { word } from "../../ui/parts.tsx";

export type Account = Schemas["Account"];
export type Invited = Schemas["InvitedAccount"];
type Role = Schemas["Role"];

export const ROLES: readonly Role[] = ["investigator", "reviewer", "auditor", "list_curator", "administrator"];

const words = text.administration.accounts;

function RoleChecks(props: { roles: readonly Role[]; onRoles: (roles: readonly Role[]) => void }) {
    const choose = (role: Role, isChosen: boolean) => {
        const others = props.roles.filter((other) => other !== role);
        props.onRoles(isChosen ? [...others, role] : others);
    };
    return (
        <fieldset class="field">
            <legend class="label">{words.roles}</legend>
            {ROLES.map((role) => (
                <div class="role-check" key={role}>
                    <Check
                        label={word("role", role)}
                        checked={props.roles.includes(role)}
                        onValue={(isChosen) => choose(role, isChosen)}
                    />
                    <span class="muted">{text.account.roles[role]}</span>
                </div>
            ))}
        </fieldset>
    );
}

// A new account, whose invitation is then shown, or a change of one.
export function AccountForm(props: {
    account: Account | null;
    onInvited: (invited: Invited) => void;
    onChanged: () => void;
    onClose: () => void;
}) {
    const { account } = props;
    const units = useUnits();
    const [name, setName] = useState("");
    const [display, setDisplay] = useState(account?.display ?? "");
    const [unit, setUnit] = useState(account === null ? "" : String(account.unit));
    const [roles, setRoles] = useState<readonly Role[]>(account?.roles ?? []);
    const isName = account !== null || /^[a-z0-9][a-z0-9._@-]{1,63}$/.test(name);
    const isComplete = isName && display.trim() !== "" && unit !== "" && roles.length > 0;

    const send = async () => {
        const body = { display: display.trim(), unit: Number(unit), roles: [...roles] };
        if (account === null) {
            props.onInvited(await post("/api/v1/accounts", { body: { ...body, name } }));
            return;
        }
        await put("/api/v1/accounts/{account}", { path: { account: account.id }, version: account.version, body });
        props.onChanged();
    };
    const open = [...(units?.values() ?? [])].filter((one) => one.state === "active" || one.id === account?.unit);
    return (
        <Dialog title={account === null ? words.makeTitle : words.changeTitle} onClose={props.onClose}>
            {account !== null && <p>{words.changeHint}</p>}
            <Form
                submit={account === null ? words.submitMake : text.common.save}
                disabled={!isComplete}
                onSubmit={send}
                onCancel={props.onClose}
            >
                {account === null && (
                    <TextField
                        label={words.name}
                        hint={words.nameHint}
                        value={name}
                        onValue={setName}
                        at="/name"
                        autoFocus
                        autocapitalize="none"
                        spellcheck={false}
                        maxLength={64}
                        autocomplete="off"
                        error={name.length > 1 && !isName ? words.nameWrong : null}
                    />
                )}
                <TextField
                    label={words.display}
                    value={display}
                    onValue={setDisplay}
                    at="/display"
                    maxLength={200}
                    autocomplete="off"
                />
                <Choice
                    label={words.unit}
                    value={unit}
                    onValue={setUnit}
                    at="/unit"
                    options={[
                        ...(unit === "" ? [["", words.chooseUnit] as const] : []),
                        ...open.map((one) => [String(one.id), one.name] as const),
                    ]}
                />
                <RoleChecks roles={roles} onRoles={setRoles} />
            </Form>
        </Dialog>
    );
}
