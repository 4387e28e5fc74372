// SPDX-License-Identifier: Apache-2.0
//
// Case documents (VICS): what came in, bringing one in, taking the case out as one.
import { useRef, useState } from "preact/hooks";
import { get, post, raw, type Schemas } from "../../api/client.ts";
import { caseChanged, type CaseWithCounts } from "../../case.ts";
import { number, size } from "../../format.ts";
import { may } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Check, Choice, Field, Form, TextField } from "../../ui/form.tsx";
import { Await } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Section, Time, download } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";

const words = text.settings;

type Document = Schemas["Document"];

function ImportDocument(props: { of: CaseWithCounts; onDone: (imported: boolean) => void }) {
    const schemes = useLoad((signal) => get("/api/v1/schemes", { signal }), []);
    const input = useRef<HTMLInputElement>(null);
    const [file, setFile] = useState<File | null>(null);
    const [scheme, setScheme] = useState("");
    return (
        <Dialog title={words.importDocument} onClose={() => props.onDone(false)}>
            <Form
                submit={words.importIt}
                disabled={file === null}
                onCancel={() => props.onDone(false)}
                onSubmit={async () => {
                    if (file === null) return;
                    const document = await post("/api/v1/cases/{case}/documents", {
                        path: { case: props.of.id },
                        query: { name: file.name, ...(scheme !== "" && { scheme }) },
                        bytes: file,
                    });
                    notify(words.imported(number(document.media)));
                    props.onDone(true);
                }}
            >
                <p>{words.importFollows}</p>
                <Field label={words.file} hint={words.fileHint}>
                    {(ids) => (
                        <input
                            {...ids}
                            ref={input}
                            type="file"
                            class="input"
                            accept=".json,application/json"
                            onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
                        />
                    )}
                </Field>
                <Choice
                    label={words.documentScheme}
                    value={scheme}
                    onValue={setScheme}
                    options={[
                        ["", words.schemeOfDocument],
                        ...(schemes.data?.items ?? []).map((one) => [one.id, one.name] as const),
                    ]}
                />
            </Form>
        </Dialog>
    );
}

function ExportDocument(props: { of: CaseWithCounts; documents: readonly Document[]; onClose: () => void }) {
    const [document, setDocument] = useState("");
    const [region, setRegion] = useState("");
    const [importedOnly, setImportedOnly] = useState(false);
    const [withIgnorable, setWithIgnorable] = useState(false);
    return (
        <Dialog title={words.exportDocument} onClose={props.onClose}>
            <Form
                submit={text.common.download}
                onCancel={props.onClose}
                onSubmit={async () => {
                    const body = {
                        document: document === "" ? null : Number(document),
                        region: region.trim() === "" ? null : region.trim(),
                        imported_only: importedOnly,
                        with_ignorable: withIgnorable,
                    };
                    const reply = await raw("post", "/api/v1/cases/{case}/documents/export", {
                        path: { case: props.of.id },
                        body,
                    });
                    download(await reply.blob(), `${props.of.number.replace(/[^\w.-]+/g, "_")}.json`);
                    notify(words.exported);
                    props.onClose();
                }}
            >
                <p>{words.exportFollows}</p>
                {props.documents.length > 0 && (
                    <Choice
                        label={words.exportAs}
                        value={document}
                        onValue={setDocument}
                        at="/document"
                        options={[
                            ["", words.newDocument],
                            ...props.documents.map((one) => [String(one.id), one.name] as const),
                        ]}
                    />
                )}
                <TextField
                    label={words.region}
                    hint={words.regionHint}
                    value={region}
                    onValue={setRegion}
                    at="/region"
                    maxLength={4096}
                    autocomplete="off"
                />
                {document !== "" && (
                    <Check label={words.importedOnly} checked={importedOnly} onValue={setImportedOnly} />
                )}
                <Check label={words.withIgnorable} checked={withIgnorable} onValue={setWithIgnorable} />
            </Form>
        </Dialog>
    );
}

export function Documents(props: { of: CaseWithCounts }) {
    const { of } = props;
    const load = useLoad((signal) => get("/api/v1/cases/{case}/documents", { path: { case: of.id }, signal }), [of.id]);
    const [doing, setDoing] = useState<"import" | "export" | null>(null);
    const columns: Column<Document>[] = [
        { name: words.documentName, cell: (one) => <span class="break">{one.name}</span>, heads: true },
        { name: words.documentVersion, cell: (one) => one.version ?? text.common.notSaid },
        { name: words.documentCase, cell: (one) => one.case_number ?? text.common.notSaid },
        { name: words.documentMedia, cell: (one) => number(one.media), number: true },
        { name: words.documentFiles, cell: (one) => number(one.files), number: true },
        { name: words.documentSize, cell: (one) => size(one.size_bytes), number: true },
        { name: words.notUnderstood, cell: (one) => number(one.not_understood), number: true },
        { name: words.cameIn, cell: (one) => <Time at={one.added} /> },
    ];
    return (
        <Section
            title={words.documents}
            actions={
                <>
                    {may("ingest") && of.state === "open" && (
                        <Button onClick={() => setDoing("import")}>{words.importDocument}</Button>
                    )}
                    {may("export") && of.state !== "expunged" && (
                        <Button onClick={() => setDoing("export")}>{words.exportDocument}</Button>
                    )}
                </>
            }
        >
            <Await load={load}>
                {({ items }) => (
                    <>
                        <Table
                            caption={words.documents}
                            columns={columns}
                            rows={items}
                            rowKey={(one) => one.id}
                            empty={words.noDocuments}
                        />
                        {doing === "export" && (
                            <ExportDocument of={of} documents={items} onClose={() => setDoing(null)} />
                        )}
                    </>
                )}
            </Await>
            {doing === "import" && (
                <ImportDocument
                    of={of}
                    onDone={(imported) => {
                        setDoing(null);
                        if (!imported) return;
                        load.reload();
                        caseChanged();
                    }}
                />
            )}
        </Section>
    );
}
