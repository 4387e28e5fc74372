// SPDX-License-Identifier: Apache-2.0
//
// What review asks for in words: a note, a tag, what somebody need not see. Keys decide nothing while
// one of these is open.
import { useState } from "preact/hooks";
import { post } from "../api/client.ts";
import { preferences, savePreferences, type Family } from "../preferences.ts";
import { text } from "../text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Choice, Form, TextArea, TextField } from "../ui/form.tsx";
import { notify } from "../ui/notice.tsx";
import { Button } from "../ui/parts.tsx";
import type { Tile } from "./tile.ts";

const words = text.review;

export type Asked = "note" | "tag" | "notMine";

// Tags that were used in this sitting, offered again.
const used = new Set<string>();

function writeNote(caseId: number, tile: Tile, onStack: boolean, body: { text: string } | { tag: string }) {
    return onStack && tile.stack !== null
        ? post("/api/v1/cases/{case}/stacks/{stack}/notes", { path: { case: caseId, stack: tile.stack }, body })
        : post("/api/v1/cases/{case}/media/{media}/notes", { path: { case: caseId, media: tile.media }, body });
}

function Scope(props: { tile: Tile; onStack: boolean; onValue: (onStack: boolean) => void }) {
    if (props.tile.stack === null) return null;
    return (
        <Choice
            label={words.scope}
            value={props.onStack ? "stack" : "media"}
            onValue={(value) => props.onValue(value === "stack")}
            options={[
                ["media", words.scopeMedia],
                ["stack", words.scopeStack],
            ]}
        />
    );
}

export function NoteDialog(props: { caseId: number; tile: Tile; onClose: () => void }) {
    const [note, setNote] = useState("");
    const [onStack, setOnStack] = useState(props.tile.leads && props.tile.stackCount > 1);
    return (
        <Dialog title={words.noteTitle} onClose={props.onClose}>
            <Form
                submit={text.common.save}
                disabled={note.trim() === ""}
                onCancel={props.onClose}
                onSubmit={async () => {
                    await writeNote(props.caseId, props.tile, onStack, { text: note.trim() });
                    notify(words.noteSaved);
                    props.onClose();
                }}
            >
                <p class="muted">
                    {onStack && props.tile.stack !== null
                        ? words.noteOnStack(props.tile.stack)
                        : words.noteOn(props.tile.media)}
                </p>
                <TextArea label={words.noteText} value={note} onValue={setNote} autoFocus maxLength={4096} at="/text" />
                <Scope tile={props.tile} onStack={onStack} onValue={setOnStack} />
            </Form>
        </Dialog>
    );
}

export function TagDialog(props: { caseId: number; tile: Tile; onDone: (tag: string) => void; onClose: () => void }) {
    const [tag, setTag] = useState("");
    const [onStack, setOnStack] = useState(props.tile.leads && props.tile.stackCount > 1);
    return (
        <Dialog title={words.tagTitle} onClose={props.onClose}>
            <Form
                submit={text.common.save}
                disabled={tag.trim() === ""}
                onCancel={props.onClose}
                onSubmit={async () => {
                    await writeNote(props.caseId, props.tile, onStack, { tag: tag.trim() });
                    used.add(tag.trim());
                    notify(words.tagSaved(tag.trim()));
                    props.onDone(tag.trim());
                }}
            >
                <TextField
                    label={words.tagText}
                    hint={words.tagHint}
                    value={tag}
                    onValue={setTag}
                    autoFocus
                    maxLength={64}
                    at="/tag"
                    list="used-tags"
                />
                <datalist id="used-tags">
                    {[...used].map((value) => (
                        <option key={value} value={value} />
                    ))}
                </datalist>
                <Scope tile={props.tile} onStack={onStack} onValue={setOnStack} />
            </Form>
        </Dialog>
    );
}

export function NotMineDialog(props: { caseId: number; tile: Tile; onPass: () => void; onClose: () => void }) {
    const [tag, setTag] = useState("");
    const [error, setError] = useState<string | null>(null);
    const { tile } = props;
    const family = tile.family as Family | null;
    const passFamily = async (kind: Family) => {
        const families = [...new Set([...preferences.get().notMine.families, kind])];
        await savePreferences({ notMine: { families } });
        props.onPass();
    };
    return (
        <Dialog title={words.notMine.title} onClose={props.onClose}>
            <p>{words.notMine.lead}</p>
            <div class="form-end">
                <Button look="primary" autoFocus onClick={props.onPass}>
                    {words.notMine.stack}
                </Button>
                {family !== null && (
                    <Button
                        onClick={() => void passFamily(family).catch((thrown: unknown) => setError(String(thrown)))}
                    >
                        {words.notMine.family(words.notMine.families[family] ?? family)}
                    </Button>
                )}
            </div>
            <Form
                submit={words.notMine.tagAdd}
                disabled={tag.trim() === ""}
                onCancel={props.onClose}
                onSubmit={async () => {
                    await writeNote(props.caseId, tile, true, { tag: tag.trim() });
                    used.add(tag.trim());
                    const tags = [...new Set([...preferences.get().notMine.tags, tag.trim()])];
                    await savePreferences({ notMine: { tags } });
                    props.onPass();
                }}
            >
                <TextField
                    label={words.notMine.tag}
                    hint={words.notMine.tagHint}
                    value={tag}
                    onValue={setTag}
                    maxLength={64}
                    list="passed-tags"
                    error={error}
                />
                <datalist id="passed-tags">
                    {[...new Set([...used, ...tile.tags])].map((value) => (
                        <option key={value} value={value} />
                    ))}
                </datalist>
                <p class="muted">{words.notMine.where}</p>
            </Form>
        </Dialog>
    );
}
