// SPDX-License-Identifier: Apache-2.0
//
// Accounts and their invitations. Those who administer give out addresses, never secrets they know.
import { useState } from "preact/hooks";
import { get, post } from "../../api/client.ts";
import { time } from "../../format.ts";
import { forgetNames, useUnitName } from "../../names.ts";
import { href } from "../../route.ts";
import { text } from "../../text.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { Check } from "../../ui/form.tsx";
import { More, usePages } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Section, Time, word } from "../../ui/parts.tsx";
import { ShownOnce } from "../../ui/shown-once.tsx";
import { Table, type Column } from "../../ui/table.tsx";
import { AccountForm, ROLES, type Account, type Invited } from "./account-form.tsx";

const common = text.administration;
const words = common.accounts;

function Invitation(props: { invited: Invited; onClose: () => void }) {
    const { account, invitation, invitation_ends: ends } = props.invited;
    return (
        <ShownOnce
            title={words.invitationTitle}
            onClose={props.onClose}
            value={`${location.origin}/${href(`/invitation/${invitation}`)}`}
        >
            <p>{words.invitation(account.display, time(ends))}</p>
        </ShownOnce>
    );
}

function Roles() {
    return (
        <Section title={common.roles.title}>
            <p class="muted">{common.roles.hint}</p>
            <Table
                caption={common.roles.table}
                rows={ROLES}
                rowKey={(role) => role}
                columns={[
                    { name: common.roles.role, cell: (role) => word("role", role), heads: true },
                    { name: common.roles.allows, cell: (role) => text.account.roles[role] },
                ]}
            />
        </Section>
    );
}

type Asking = { act: "change" | "reset" | "close"; account: Account };

function Acts(props: { account: Account; onAct: (asking: Asking) => void }) {
    const { account } = props;
    return (
        <span class="actions administration-acts">
            <Button
                look="small"
                aria-label={common.changeOf(account.display)}
                onClick={() => props.onAct({ act: "change", account })}
            >
                {common.change}
            </Button>
            <Button
                look="small"
                aria-label={words.resetOf(account.display)}
                onClick={() => props.onAct({ act: "reset", account })}
            >
                {words.reset}
            </Button>
            <Button
                look="small"
                aria-label={common.closeOf(account.display)}
                onClick={() => props.onAct({ act: "close", account })}
            >
                {common.close}
            </Button>
        </span>
    );
}

function useColumns(onAct: (asking: Asking) => void): Column<Account>[] {
    const unitName = useUnitName();
    return [
        { name: words.columns.display, cell: (account) => account.display, heads: true },
        { name: words.columns.name, cell: (account) => account.name },
        { name: words.columns.unit, cell: (account) => unitName(account.unit) },
        { name: words.columns.roles, cell: (account) => account.roles.map((role) => word("role", role)).join(", ") },
        { name: words.columns.state, cell: (account) => word("state", account.state) },
        { name: words.columns.created, cell: (account) => <Time at={account.created} /> },
        {
            name: words.columns.acts,
            quietName: true,
            cell: (account) => account.state !== "closed" && <Acts account={account} onAct={onAct} />,
        },
    ];
}

export function Accounts() {
    const [round, setRound] = useState(0);
    const [withClosed, setWithClosed] = useState(false);
    const [isMaking, setMaking] = useState(false);
    const [asking, setAsking] = useState<Asking | null>(null);
    const [invited, setInvited] = useState<Invited | null>(null);
    const columns = useColumns(setAsking);
    const pages = usePages<Account>(
        (cursor, signal) =>
            get("/api/v1/accounts", { query: { limit: 100, ...(cursor !== undefined && { cursor }) }, signal }),
        [round],
    );
    const changed = () => {
        forgetNames();
        setRound(round + 1);
    };
    const leave = () => {
        setMaking(false);
        setAsking(null);
    };
    const invite = (fresh: Invited) => {
        leave();
        setInvited(fresh);
        changed();
    };
    return (
        <>
            <div class="stack">
                <p class="page-lead">{words.lead}</p>
                <div class="row">
                    <Button look="primary" onClick={() => setMaking(true)}>
                        {words.make}
                    </Button>
                    <Check label={common.closed} checked={withClosed} onValue={setWithClosed} />
                </div>
                {(pages.items.length > 0 || pages.state === "ready") && (
                    <Table
                        caption={words.table}
                        columns={columns}
                        rowKey={(account) => account.id}
                        empty={words.empty}
                        rows={pages.items.filter((account) => withClosed || account.state !== "closed")}
                    />
                )}
                <More pages={pages} />
            </div>
            <Roles />
            {(isMaking || asking?.act === "change") && (
                <AccountForm
                    account={asking?.account ?? null}
                    onInvited={invite}
                    onClose={leave}
                    onChanged={() => {
                        leave();
                        notify(words.changed);
                        changed();
                    }}
                />
            )}
            {asking?.act === "reset" && (
                <Confirm
                    title={words.resetTitle}
                    submit={words.resetSubmit}
                    onClose={leave}
                    onConfirm={async () => {
                        const path = { account: asking.account.id };
                        invite(await post("/api/v1/accounts/{account}/reset", { path }));
                    }}
                >
                    <p>{words.resetWhy(asking.account.display)}</p>
                </Confirm>
            )}
            {asking?.act === "close" && (
                <Confirm
                    title={words.closeTitle}
                    submit={common.close}
                    onClose={leave}
                    onConfirm={async () => {
                        await post("/api/v1/accounts/{account}/close", { path: { account: asking.account.id } });
                        notify(words.closed);
                        changed();
                    }}
                >
                    <p>{words.closeWhy(asking.account.display)}</p>
                </Confirm>
            )}
            {invited !== null && <Invitation invited={invited} onClose={() => setInvited(null)} />}
        </>
    );
}
