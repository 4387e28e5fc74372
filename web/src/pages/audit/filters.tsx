// SPDX-License-Identifier: Apache-2.0
//
// Filters of the record, kept in the address so that a view of it can be passed on.
import { useState } from "preact/hooks";
import { get } from "../../api/client.ts";
import { usePeople } from "../../names.ts";
import { replaceQuery } from "../../route.ts";
import { text } from "../../text.ts";
import { Choice, Form, TextField } from "../../ui/form.tsx";
import { Button } from "../../ui/parts.tsx";

const words = text.audit.filters;

export interface Filters {
    case?: number;
    account?: number;
    action?: string;
    from?: string;
    to?: string;
}

function id(value: string | null): number | undefined {
    return value !== null && /^[1-9][0-9]{0,15}$/.test(value) ? Number(value) : undefined;
}

function moment(value: string | null): string | undefined {
    return value !== null && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : undefined;
}

export function readFilters(query: URLSearchParams): Filters {
    const caseId = id(query.get("case"));
    const account = id(query.get("account"));
    const action = query.get("action") ?? "";
    const from = moment(query.get("from"));
    const to = moment(query.get("to"));
    return {
        ...(caseId !== undefined && { case: caseId }),
        ...(account !== undefined && { account }),
        ...(action !== "" && { action }),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
    };
}

// "2026-11-22T09:14" in the person's zone, as the field for it has it.
function local(moment: string | undefined): string {
    if (moment === undefined) return "";
    const at = new Date(moment);
    return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

async function caseOf(written: string): Promise<number | null> {
    const found = await get("/api/v1/cases", { query: { number: written, limit: 1 } });
    return found.items[0]?.id ?? null;
}

export function FilterForm(props: { filters: Filters; withCase: boolean; caseNumber: string }) {
    const { filters } = props;
    const people = usePeople();
    const [caseNumber, setCaseNumber] = useState<string | null>(null);
    const [isUnknown, setUnknown] = useState(false);
    const [account, setAccount] = useState(String(filters.account ?? ""));
    const [action, setAction] = useState(filters.action ?? "");
    const [from, setFrom] = useState(local(filters.from));
    const [to, setTo] = useState(local(filters.to));
    const shownCase = caseNumber ?? (filters.case === undefined ? "" : props.caseNumber);

    const apply = async () => {
        let caseId: number | null = null;
        if (props.withCase && shownCase.trim() !== "") {
            caseId = caseNumber === null ? (filters.case ?? null) : await caseOf(shownCase.trim());
            setUnknown(caseId === null);
            if (caseId === null) return;
        }
        replaceQuery({ case: caseId, account, action, from: moment(from) ?? null, to: moment(to) ?? null });
    };
    const clear = () => {
        setCaseNumber("");
        setUnknown(false);
        setAccount("");
        setAction("");
        setFrom("");
        setTo("");
        replaceQuery({});
    };
    const named = [...(people?.values() ?? [])].sort((a, b) => a.display.localeCompare(b.display, text.locale));
    const isListed = account === "" || named.some((person) => String(person.id) === account);
    return (
        <Form submit={words.apply} onSubmit={apply} end={<Button onClick={clear}>{words.clear}</Button>}>
            <div class="form-grid leaf-filters">
                {props.withCase && (
                    <TextField
                        label={words.case}
                        value={shownCase}
                        onValue={setCaseNumber}
                        maxLength={64}
                        spellcheck={false}
                        error={isUnknown ? words.noCase : null}
                    />
                )}
                <Choice
                    label={words.account}
                    value={account}
                    onValue={setAccount}
                    options={[
                        ["", text.common.all],
                        ...(isListed ? [] : [[account, `#${account}`] as const]),
                        ...named.map((person) => [String(person.id), person.display] as const),
                    ]}
                />
                <Choice
                    label={words.action}
                    value={action}
                    onValue={setAction}
                    options={[["", text.common.all], ...Object.entries(text.audit.actions)]}
                />
                <TextField label={words.from} type="datetime-local" value={from} onValue={setFrom} />
                <TextField label={words.to} type="datetime-local" value={to} onValue={setTo} />
            </div>
        </Form>
    );
}
