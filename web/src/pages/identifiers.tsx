// SPDX-License-Identifier: Apache-2.0
//
// Identifiers of a case: the list, entering one by hand, removing one.
import { useState } from "preact/hooks";
import { del, get, post, type Schemas } from "../api/client.ts";
import { useCase } from "../case.ts";
import type { PageProps } from "../routes.ts";
import { may } from "../session.ts";
import { text } from "../text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Choice, Form, TextField } from "../ui/form.tsx";
import { More, usePages } from "../ui/load.tsx";
import { MediaCell, useMediaFacts } from "../ui/media-facts.tsx";
import { notify } from "../ui/notice.tsx";
import { Button, Page, Time, word } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";
import { momentOf, numberOf } from "./leads/entry.ts";

const words = text.identifiers;
type Identifier = Schemas["Identifier"];
type Kind = Schemas["IdentifierKind"];
const KINDS: readonly Kind[] = ["email", "phone", "account", "ip", "device", "url", "name"];

function AddIdentifier(props: { case: number; onDone: (added: boolean) => void }) {
    const [kind, setKind] = useState<Kind>("email");
    const [value, setValue] = useState("");
    const [media, setMedia] = useState("");
    const [at, setAt] = useState("");
    const [port, setPort] = useState("");
    const mediaId = numberOf(media);
    const isAddress = kind === "ip";
    return (
        <Dialog title={words.add} onClose={() => props.onDone(false)}>
            <Form
                submit={text.common.add}
                onCancel={() => props.onDone(false)}
                disabled={value.trim() === "" || (media.trim() !== "" && mediaId === null)}
                onSubmit={async () => {
                    await post("/api/v1/cases/{case}/identifiers", {
                        path: { case: props.case },
                        body: {
                            kind,
                            value: value.trim(),
                            media: mediaId,
                            at: momentOf(at),
                            port: isAddress ? numberOf(port) : null,
                        },
                    });
                    notify(words.added);
                    props.onDone(true);
                }}
            >
                <Choice
                    label={words.kind}
                    value={kind}
                    at="/kind"
                    autoFocus
                    onValue={(chosen) => setKind(KINDS.find((one) => one === chosen) ?? "email")}
                    options={KINDS.map((one) => [one, word("trait", one)] as const)}
                />
                <TextField
                    label={words.value}
                    value={value}
                    onValue={setValue}
                    at="/value"
                    maxLength={1024}
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck={false}
                    hint={words.valueHint[kind] ?? ""}
                />
                <TextField
                    label={words.media}
                    hint={words.mediaHint}
                    value={media}
                    onValue={setMedia}
                    at="/media"
                    inputMode="numeric"
                    autocomplete="off"
                />
                <TextField
                    label={words.at}
                    hint={words.atHint}
                    type="datetime-local"
                    value={at}
                    onValue={setAt}
                    at="/at"
                />
                {isAddress && (
                    <TextField
                        label={words.port}
                        value={port}
                        onValue={setPort}
                        at="/port"
                        inputMode="numeric"
                        autocomplete="off"
                    />
                )}
            </Form>
        </Dialog>
    );
}

function RemoveIdentifier(props: { case: number; of: Identifier; onDone: (removed: boolean) => void }) {
    return (
        <Dialog title={words.removeTitle} onClose={() => props.onDone(false)}>
            <Form
                submit={text.common.remove}
                // The safe way out has the focus.
                end={
                    <Button autoFocus onClick={() => props.onDone(false)}>
                        {text.common.cancel}
                    </Button>
                }
                onSubmit={async () => {
                    await del("/api/v1/cases/{case}/identifiers/{identifier}", {
                        path: { case: props.case, identifier: props.of.id },
                    });
                    notify(words.removed);
                    props.onDone(true);
                }}
            >
                <p class="break">
                    {word("trait", props.of.kind)}: {props.of.written}
                </p>
                <p>{words.removeWhat}</p>
            </Form>
        </Dialog>
    );
}

export function Identifiers(props: PageProps) {
    const caseId = props.ids["case"] ?? 0;
    const isOpen = useCase(caseId).data?.state === "open";
    const [adding, setAdding] = useState(false);
    const [removing, setRemoving] = useState<Identifier | null>(null);
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/cases/{case}/identifiers", {
                path: { case: caseId },
                query: { limit: 100, ...(cursor !== undefined && { cursor }) },
                signal,
            }),
        [caseId],
    );
    const facts = useMediaFacts(
        pages.items.flatMap((row) => (row.media === null ? [] : [{ case: caseId, media: row.media }])),
    );
    const mayChange = may("case_write") && isOpen;
    const done = (changed: boolean) => {
        setAdding(false);
        setRemoving(null);
        if (changed) pages.reload();
    };
    return (
        <Page
            title={words.title}
            lead={words.lead}
            actions={mayChange && <Button onClick={() => setAdding(true)}>{words.add}</Button>}
        >
            {(pages.items.length > 0 || pages.state === "ready") && (
                <Table
                    stacks
                    caption={words.title}
                    rows={pages.items}
                    rowKey={(row) => row.id}
                    empty={words.none}
                    columns={[
                        { name: words.kind, cell: (row) => word("trait", row.kind) },
                        {
                            name: words.value,
                            heads: true,
                            cell: (row) => <span class="value-cell">{row.written}</span>,
                        },
                        {
                            name: words.mediaShort,
                            cell: (row) =>
                                row.media === null ? (
                                    <span class="muted">{words.whole}</span>
                                ) : (
                                    <MediaCell case={caseId} media={row.media} facts={facts} />
                                ),
                        },
                        {
                            name: words.at,
                            cell: (row) => row.at !== null && <Time at={row.at} />,
                        },
                        { name: words.port, number: true, cell: (row) => row.port },
                        { name: words.source, cell: (row) => word("source", row.source) },
                        { name: words.made, cell: (row) => <Time at={row.made} /> },
                        ...(mayChange
                            ? [
                                  {
                                      name: words.act,
                                      quietName: true,
                                      cell: (row: Identifier) => (
                                          <span class="actions">
                                              <Button look="small" onClick={() => setRemoving(row)}>
                                                  {text.common.remove}
                                              </Button>
                                          </span>
                                      ),
                                  },
                              ]
                            : []),
                    ]}
                />
            )}
            <More pages={pages} />
            {adding && <AddIdentifier case={caseId} onDone={done} />}
            {removing !== null && <RemoveIdentifier case={caseId} of={removing} onDone={done} />}
        </Page>
    );
}
