// SPDX-License-Identifier: Apache-2.0
//
// Entries of a set by number, never with their digests; those who curate lists withdraw and
// reinstate them, by marks or by numbers.
import { useState } from "preact/hooks";
import { get, post } from "../../api/client.ts";
import { number } from "../../format.ts";
import { may } from "../../session.ts";
import { text } from "../../text.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { TextField } from "../../ui/form.tsx";
import { More, usePages } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Section } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";
import { formatNumbers, parseNumbers } from "./numbers.ts";
import { hashTypeName, type SetInfo } from "./parts.tsx";

interface Entry {
    entry: number;
    state: "active" | "withdrawn_by_list" | "withdrawn_locally";
    category: string | null;
    hash_types: string[];
    frames: number;
}

const words = text.sets;

const columns: readonly Column<Entry>[] = [
    { name: words.entry.columns.number, cell: (row) => number(row.entry), heads: true },
    { name: words.entry.columns.state, cell: (row) => words.entry.states[row.state] ?? row.state },
    { name: words.entry.columns.category, cell: (row) => row.category ?? "–" },
    { name: words.entry.columns.hashes, cell: (row) => row.hash_types.map(hashTypeName).join(", ") || "–" },
    { name: words.entry.columns.frames, cell: (row) => number(row.frames), number: true },
];

function markColumn(marked: ReadonlySet<number>, toggle: (entry: number) => void): Column<Entry> {
    return {
        name: words.entry.columns.mark,
        quietName: true,
        cell: (row) => (
            <input
                type="checkbox"
                class="set-mark"
                aria-label={words.entry.mark(number(row.entry))}
                checked={marked.has(row.entry)}
                onChange={() => toggle(row.entry)}
            />
        ),
    };
}

function EditEntries(props: {
    set: SetInfo;
    act: "withdraw" | "reinstate";
    marked: ReadonlySet<number>;
    onDone: () => void;
    onClose: () => void;
}) {
    const [numbers, setNumbers] = useState(formatNumbers([...props.marked]));
    const entries = parseNumbers(numbers);
    const isWithdraw = props.act === "withdraw";
    const send = async () => {
        if (entries === null) return;
        const options = { path: { set: props.set.id }, body: { entries } };
        const reply = isWithdraw
            ? await post("/api/v1/sets/{set}/withdraw", options)
            : await post("/api/v1/sets/{set}/reinstate", options);
        const count = reply.changed?.["changed"];
        notify(words.edit.done(typeof count === "number" ? count : entries.length));
        props.onDone();
    };
    return (
        <Confirm
            title={isWithdraw ? words.edit.withdrawTitle : words.edit.reinstateTitle}
            submit={isWithdraw ? words.edit.withdrawSubmit : words.edit.reinstateSubmit}
            disabled={entries === null}
            onConfirm={send}
            onClose={props.onClose}
        >
            <p>{isWithdraw ? words.edit.withdrawWhy : words.edit.reinstateWhy}</p>
            <TextField
                label={words.edit.numbers}
                hint={words.edit.numbersHint}
                value={numbers}
                onValue={setNumbers}
                at="/entries"
                autoFocus
                error={numbers.trim() !== "" && entries === null ? words.edit.wrong : null}
            />
        </Confirm>
    );
}

export function Entries(props: { set: SetInfo; onChange: () => void }) {
    const { set } = props;
    const [marked, setMarked] = useState<ReadonlySet<number>>(new Set());
    const [act, setAct] = useState<"withdraw" | "reinstate" | null>(null);
    const pages = usePages<Entry>(
        (cursor, signal) =>
            get("/api/v1/sets/{set}/entries", {
                path: { set: set.id },
                query: { limit: 100, ...(cursor !== undefined && { cursor }) },
                signal,
            }),
        [set.id, set.generation],
    );
    const toggle = (entry: number) => {
        const next = new Set(marked);
        if (!next.delete(entry)) next.add(entry);
        setMarked(next);
    };
    const mayEdit = may("sets_write");
    return (
        <Section
            title={words.one.entries}
            actions={
                mayEdit && (
                    <>
                        <Button onClick={() => setAct("withdraw")}>{words.edit.withdraw}</Button>
                        <Button onClick={() => setAct("reinstate")}>{words.edit.reinstate}</Button>
                    </>
                )
            }
        >
            <p class="muted">{words.one.entriesHint}</p>
            {(pages.items.length > 0 || pages.state === "ready") && (
                <Table
                    caption={words.one.entriesTable}
                    rows={pages.items}
                    rowKey={(row) => row.entry}
                    columns={mayEdit ? [markColumn(marked, toggle), ...columns] : columns}
                    empty={words.one.noEntries}
                />
            )}
            <More pages={pages} />
            {act !== null && (
                <EditEntries
                    set={set}
                    act={act}
                    marked={marked}
                    onClose={() => setAct(null)}
                    onDone={() => {
                        setMarked(new Set());
                        props.onChange();
                    }}
                />
            )}
        </Section>
    );
}
