// SPDX-License-Identifier: Apache-2.0
//
// Leaves of the record in words: who did what to which thing, with the particulars.
import type { ComponentChildren } from "preact";
import { raw, type Schemas } from "../../api/client.ts";
import { duration, number, size, time } from "../../format.ts";
import { usePersonName, useUnitName } from "../../names.ts";
import { href } from "../../route.ts";
import { may } from "../../session.ts";
import { text } from "../../text.ts";
import { sentence } from "../../ui/failure.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Time, download, word } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";
import { useCaseNumber } from "./numbers.ts";

export type Leaf = Schemas["Leaf"];

const words = text.audit;

// Where the thing that a leaf concerns can be looked at.
function placeOf(leaf: Leaf, kind: string, id: string): string | null {
    if (kind === "media" || kind === "stack") {
        const folder = kind === "media" ? "media" : "stacks";
        return leaf.case === null ? null : `/cases/${leaf.case}/${folder}/${id}`;
    }
    if (kind === "series" && may("case_read")) return `/series/${id}`;
    if (kind === "victim" && may("case_read")) return `/victims/${id}`;
    return kind === "set" && may("sets_read") ? `/sets/${id}` : null;
}

function Concerned(props: { leaf: Leaf }) {
    const personName = usePersonName();
    const [, kind, id] = /^([a-z_]+) ([0-9]+)$/.exec(props.leaf.object) ?? [];
    if (kind === undefined || id === undefined) return <>{props.leaf.object === "" ? "–" : props.leaf.object}</>;
    if (kind === "account") return <>{personName(Number(id))}</>;
    const name = `${words.objects[kind] ?? kind.replaceAll("_", " ")} ${id}`;
    const path = placeOf(props.leaf, kind, id);
    return path === null ? (
        <span class="nowrap">{name}</span>
    ) : (
        <a class="nowrap" href={href(path)}>
            {name}
        </a>
    );
}

function Value(props: { name: string; value: unknown }) {
    const { name, value } = props;
    const personName = usePersonName();
    const unitName = useUnitName();
    if (value === null) return <>{text.common.none}</>;
    if (typeof value === "boolean") return <>{value ? text.common.yes : text.common.no}</>;
    if (typeof value === "number") {
        if (name === "shown_ms") return <>{value < 1000 ? `${number(value)} ms` : duration(value / 1000)}</>;
        if (name === "bytes") return <>{size(value)}</>;
        if (name === "since_us") return <>{time(new Date(value / 1000).toISOString())}</>;
        if (name === "account") return <>{personName(value)}</>;
        return <>{name === "unit" ? unitName(value) : number(value)}</>;
    }
    if (typeof value === "string") {
        const isDigest = /^[0-9a-f]{32,}$/.test(value);
        return isDigest ? <span class="mono break">{value}</span> : <>{value.replaceAll("_", " ")}</>;
    }
    if (Array.isArray(value)) {
        const each = value.map((one) => (name === "roles" ? word("role", String(one)) : String(one)));
        return <>{each.join(", ")}</>;
    }
    return <span class="mono break">{JSON.stringify(value)}</span>;
}

function Details(props: { of: Leaf["details"] }) {
    if (props.of === null) return <span class="muted">{words.erased}</span>;
    const members = Object.entries(props.of);
    if (members.length === 0) return <>–</>;
    return (
        <ul class="leaf-details">
            {members.map(([name, value]) => (
                <li key={name}>
                    <span class="muted">{words.details[name] ?? name.replaceAll("_", " ")}</span>{" "}
                    <Value name={name} value={value} />
                </li>
            ))}
        </ul>
    );
}

function ProofButton(props: { leaf: number }) {
    const fetchProof = async () => {
        try {
            const reply = await raw("get", "/api/v1/audit/leaves/{leaf}/proof", { path: { leaf: props.leaf } });
            download(await reply.blob(), `clew-leaf-${props.leaf}.tlog-proof`);
        } catch (error) {
            notify(sentence(error));
        }
    };
    return (
        <Button look="small" aria-label={words.proofOf(number(props.leaf))} onClick={() => void fetchProof()}>
            {words.proof}
        </Button>
    );
}

export function LeafTable(props: { leaves: readonly Leaf[]; withCase: boolean }) {
    const personName = usePersonName();
    const caseNumber = useCaseNumber();
    const who = (leaf: Leaf): ComponentChildren => (leaf.account === null ? leaf.actor : personName(leaf.account));
    const inCase: Column<Leaf> = {
        name: words.columns.case,
        cell: (leaf) => {
            if (leaf.case === null) return "–";
            return (
                <a class="nowrap" href={href(`/cases/${leaf.case}`)}>
                    {caseNumber(leaf.case)}
                </a>
            );
        },
    };
    const proof: Column<Leaf> = {
        name: words.columns.proof,
        quietName: true,
        cell: (leaf) => <ProofButton leaf={leaf.leaf} />,
    };
    const columns: Column<Leaf>[] = [
        { name: words.columns.leaf, cell: (leaf) => number(leaf.leaf), number: true, heads: true },
        { name: words.columns.time, cell: (leaf) => <Time at={leaf.time} /> },
        { name: words.columns.who, cell: who },
        { name: words.columns.action, cell: (leaf) => words.actions[leaf.action] ?? leaf.action.replaceAll("_", " ") },
        ...(props.withCase ? [inCase] : []),
        { name: words.columns.object, cell: (leaf) => <Concerned leaf={leaf} /> },
        { name: words.columns.details, cell: (leaf) => <Details of={leaf.details} /> },
        ...(may("audit_read") ? [proof] : []),
    ];
    return (
        <Table
            caption={words.table}
            columns={columns}
            rows={props.leaves}
            rowKey={(leaf) => leaf.leaf}
            empty={words.empty}
        />
    );
}
