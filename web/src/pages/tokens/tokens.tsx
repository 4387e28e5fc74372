// SPDX-License-Identifier: Apache-2.0
//
// Tokens of an account, or of everybody for administrators: what each may, until when, and its end.
import { useState } from "preact/hooks";
import { del, get, type Schemas } from "../../api/client.ts";
import { time } from "../../format.ts";
import { usePersonName } from "../../names.ts";
import { text } from "../../text.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { More, usePages } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Section, Time } from "../../ui/parts.tsx";
import { ShownOnce } from "../../ui/shown-once.tsx";
import { Table, type Column } from "../../ui/table.tsx";
import { NewToken, type MadeToken } from "./new-token.tsx";

type Token = Schemas["Token"];

const words = text.account.tokens;

function stateOf(token: Token): "active" | "revoked" | "ended" {
    if (token.revoked !== null) return "revoked";
    return Date.parse(token.ends) <= Date.now() ? "ended" : "active";
}

function useColumns(ofAll: boolean, onRevoke: (token: Token) => void): Column<Token>[] {
    const personName = usePersonName();
    const whose: Column<Token> = { name: words.columns.account, cell: (token) => personName(token.account) };
    return [
        { name: words.columns.name, cell: (token) => token.name, heads: true },
        ...(ofAll ? [whose] : []),
        {
            name: words.columns.scopes,
            cell: (token) => token.scopes.map((scope) => text.account.scopes[scope] ?? scope).join(", "),
        },
        { name: words.columns.case, cell: (token) => (token.case === null ? words.anyCase : `#${token.case}`) },
        { name: words.columns.created, cell: (token) => <Time at={token.created} /> },
        { name: words.columns.ends, cell: (token) => <Time at={token.ends} /> },
        { name: words.columns.used, cell: (token) => (token.used === null ? words.never : <Time at={token.used} />) },
        { name: words.columns.state, cell: (token) => words.states[stateOf(token)] },
        {
            name: words.columns.act,
            quietName: true,
            cell: (token) =>
                stateOf(token) === "active" && (
                    <Button look="small" aria-label={words.revokeOf(token.name)} onClick={() => onRevoke(token)}>
                        {words.revoke}
                    </Button>
                ),
        },
    ];
}

export function Tokens(props: {
    // Of whom; null: of everybody.
    account: number | null;
    // A new one may be for somebody else.
    mayChoose: boolean;
}) {
    const { account } = props;
    const [round, setRound] = useState(0);
    const [isMaking, setMaking] = useState(false);
    const [made, setMade] = useState<MadeToken | null>(null);
    const [revoking, setRevoking] = useState<Token | null>(null);
    const pages = usePages<Token>(
        (cursor, signal) => {
            const query = { limit: 100, ...(account !== null && { account }), ...(cursor !== undefined && { cursor }) };
            return get("/api/v1/tokens", { query, signal });
        },
        [account, round],
    );
    const columns = useColumns(account === null, setRevoking);
    return (
        <Section title={words.title} actions={<Button onClick={() => setMaking(true)}>{words.make}</Button>}>
            <p class="muted">{props.mayChoose ? words.hintOfAll : words.hint}</p>
            {(pages.items.length > 0 || pages.state === "ready") && (
                <Table
                    caption={words.table}
                    columns={columns}
                    rows={pages.items}
                    rowKey={(token) => token.id}
                    empty={words.empty}
                />
            )}
            <More pages={pages} />
            {isMaking && (
                <NewToken
                    mayChoose={props.mayChoose}
                    onClose={() => setMaking(false)}
                    onMade={(token) => {
                        setMaking(false);
                        setMade(token);
                        setRound(round + 1);
                    }}
                />
            )}
            {made !== null && (
                <ShownOnce title={words.shownTitle} value={made.token} onClose={() => setMade(null)}>
                    <p>{words.shown(time(made.ends))}</p>
                </ShownOnce>
            )}
            {revoking !== null && (
                <Confirm
                    title={words.revokeTitle}
                    submit={words.revoke}
                    onClose={() => setRevoking(null)}
                    onConfirm={async () => {
                        await del("/api/v1/tokens/{token}", { path: { token: revoking.id } });
                        notify(words.revoked);
                        setRound(round + 1);
                    }}
                >
                    <p>{words.revokeWhy(revoking.name)}</p>
                </Confirm>
            )}
        </Section>
    );
}
