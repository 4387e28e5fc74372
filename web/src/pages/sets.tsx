// SPDX-License-Identifier: Apache-2.0
//
// All hash sets: what each is for, how much it holds, and a new one for those who curate lists.
import { useState } from "preact/hooks";
import { get, post, type Schemas } from "../api/client.ts";
import { number } from "../format.ts";
import { go, href } from "../route.ts";
import type { PageProps } from "../routes.ts";
import { may } from "../session.ts";
import { useLoad } from "../store.ts";
import { text } from "../text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Choice, Form, TextField } from "../ui/form.tsx";
import { Await } from "../ui/load.tsx";
import { Button, Page, word } from "../ui/parts.tsx";
import { Table, type Column } from "../ui/table.tsx";
import { HashCounts, schemeName, useSchemes, withdrawnOf, type Schemes, type SetInfo } from "./sets/parts.tsx";

export { SetPage } from "./sets/set.tsx";

const words = text.sets;
const KINDS = ["notable", "ignorable", "alert"] as const;

function columns(schemes: Schemes): Column<SetInfo>[] {
    return [
        { name: words.columns.name, cell: (set) => <a href={href(`/sets/${set.id}`)}>{set.name}</a>, heads: true },
        { name: words.columns.kind, cell: (set) => word("kind", set.kind) },
        { name: words.columns.scheme, cell: (set) => schemeName(schemes, set.scheme) },
        { name: words.columns.active, cell: (set) => number(set.entries.active), number: true },
        { name: words.columns.withdrawn, cell: (set) => number(withdrawnOf(set)), number: true },
        { name: words.columns.hashes, cell: (set) => <HashCounts of={set.hashes} /> },
        { name: words.columns.videos, cell: (set) => number(set.videos), number: true },
        { name: words.columns.generation, cell: (set) => number(set.generation), number: true },
    ];
}

function NewSet(props: { onClose: () => void }) {
    const [name, setName] = useState("");
    const [kind, setKind] = useState<Schemas["Set"]["kind"]>("notable");
    return (
        <Dialog title={words.make.title} onClose={props.onClose}>
            <p class="muted">{words.make.hint}</p>
            <Form
                submit={words.make.submit}
                disabled={name.trim() === ""}
                onCancel={props.onClose}
                onSubmit={async () => {
                    const made = await post("/api/v1/sets", { body: { name: name.trim(), kind } });
                    go(`/sets/${made.id}`);
                }}
            >
                <TextField
                    label={words.make.name}
                    value={name}
                    onValue={setName}
                    at="/name"
                    autoFocus
                    maxLength={128}
                />
                <Choice
                    label={words.make.kind}
                    hint={words.kinds[kind]}
                    value={kind}
                    at="/kind"
                    onValue={(value) => setKind(KINDS.find((known) => known === value) ?? "notable")}
                    options={KINDS.map((value) => [value, word("kind", value)])}
                />
            </Form>
        </Dialog>
    );
}

export function Sets(_props: PageProps) {
    const load = useLoad((signal) => get("/api/v1/sets", { signal }), []);
    const schemes = useSchemes();
    const [making, setMaking] = useState(false);
    return (
        <Page
            title={words.title}
            lead={words.lead}
            actions={may("sets_write") ? <Button onClick={() => setMaking(true)}>{words.make.open}</Button> : undefined}
        >
            <Await load={load}>
                {({ items }) => (
                    <Table
                        caption={words.list}
                        columns={columns(schemes)}
                        rows={items}
                        rowKey={(set) => set.id}
                        empty={words.empty}
                    />
                )}
            </Await>
            {making && <NewSet onClose={() => setMaking(false)} />}
        </Page>
    );
}
