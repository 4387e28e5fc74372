// SPDX-License-Identifier: Apache-2.0
//
// A list that others made is read into a set.
import { useState } from "preact/hooks";
import { post } from "../../api/client.ts";
import { number, size } from "../../format.ts";
import { text } from "../../text.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { Check, Choice, Field, Form, TextField } from "../../ui/form.tsx";
import { Message, Section } from "../../ui/parts.tsx";
import { didWhat, hashTypeName, type Schemes, type SetInfo } from "./parts.tsx";

const words = text.sets.import;
const TYPES = ["md5", "sha1", "sha256", "pdq"] as const;

type Changed = NonNullable<SetInfo["changed"]>;

function Result(props: { changed: Changed }) {
    const { changed } = props;
    const entries = changed["entries"];
    const said = didWhat(changed);
    return (
        <Message calm role="status">
            <p>
                {words.done}
                {typeof entries === "number" && `: ${text.units.entries(entries)}`}
                {`; ${said.length > 0 ? said.join(", ") : text.sets.act.nothing}.`}
            </p>
            {changed["looks_like_pdq"] === true && <p>{text.sets.act.looksLikePdq}</p>}
        </Message>
    );
}

export function ImportList(props: { set: SetInfo; schemes: Schemes; onDone: () => void }) {
    const [file, setFile] = useState<File | null>(null);
    const [name, setName] = useState("");
    const [mode, setMode] = useState<"merge" | "replace">("merge");
    const [type, setType] = useState("");
    const [scheme, setScheme] = useState("");
    const [format, setFormat] = useState("");
    const [columns, setColumns] = useState("");
    const [isStrict, setStrict] = useState(false);
    const [isSending, setSending] = useState(false);
    const [asks, setAsks] = useState(false);
    const [changed, setChanged] = useState<Changed | null>(null);
    // A fresh file field each time: browsers do not say that the same file was chosen again.
    const [round, setRound] = useState(0);

    const send = async () => {
        if (file === null) return;
        const bareDigits = TYPES.find((known) => known === type);
        setSending(true);
        setChanged(null);
        try {
            const set = await post("/api/v1/sets/{set}/import", {
                path: { set: props.set.id },
                query: {
                    name: name.trim() === "" ? file.name : name.trim(),
                    mode,
                    strict: isStrict,
                    ...(bareDigits !== undefined && { type: bareDigits }),
                    ...(scheme !== "" && { scheme }),
                    ...(format !== "" && { format }),
                    ...(columns.trim() !== "" && { columns: columns.trim() }),
                },
                bytes: file,
            });
            setChanged(set.changed ?? {});
            props.onDone();
        } finally {
            setFile(null);
            setRound((count) => count + 1);
            setSending(false);
        }
    };
    const isReplacing = mode === "replace" && props.set.entries.active > 0;
    return (
        <Section title={words.title} panel>
            <p class="muted">{words.hint}</p>
            <Form
                submit={words.submit}
                disabled={file === null}
                onSubmit={async () => {
                    if (isReplacing) setAsks(true);
                    else await send();
                }}
                end={isSending && <span role="status">{words.busy}</span>}
            >
                <div class="form-grid">
                    <Field label={words.file} {...(file !== null && { hint: size(file.size) })}>
                        {(ids) => (
                            <input
                                {...ids}
                                key={round}
                                type="file"
                                class="input"
                                onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
                            />
                        )}
                    </Field>
                    <TextField
                        label={words.name}
                        hint={words.nameHint}
                        value={name}
                        onValue={setName}
                        maxLength={256}
                        {...(file !== null && { placeholder: file.name })}
                    />
                    <Choice
                        label={words.mode}
                        value={mode}
                        onValue={(value) => setMode(value === "replace" ? "replace" : "merge")}
                        options={[
                            ["merge", words.modes.merge],
                            ["replace", words.modes.replace],
                        ]}
                    />
                    <Choice
                        label={words.type}
                        value={type}
                        onValue={setType}
                        options={[["", words.typeOwn], ...TYPES.map((one) => [one, hashTypeName(one)] as const)]}
                    />
                    <Choice
                        label={words.scheme}
                        hint={words.schemeHint}
                        value={scheme}
                        onValue={setScheme}
                        options={[["", words.schemeOwn], ...props.schemes.map((one) => [one.id, one.name] as const)]}
                    />
                    <Choice
                        label={words.format}
                        value={format}
                        onValue={setFormat}
                        options={[["", words.formatOwn], ...Object.entries(words.formats)]}
                    />
                    <TextField
                        label={words.columns}
                        hint={words.columnsHint}
                        value={columns}
                        onValue={setColumns}
                        maxLength={1024}
                        spellcheck={false}
                        autocapitalize="none"
                    />
                </div>
                <Check label={words.strict} checked={isStrict} onValue={setStrict} />
            </Form>
            {changed !== null && <Result changed={changed} />}
            {asks && (
                <Confirm
                    title={words.replaceTitle}
                    submit={words.replaceSubmit}
                    onConfirm={send}
                    onClose={() => setAsks(false)}
                >
                    <p>{words.replaceWhy}</p>
                    <p>{`${text.sets.columns.active}: ${number(props.set.entries.active)}`}</p>
                </Confirm>
            )}
        </Section>
    );
}
