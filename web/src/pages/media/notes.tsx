// SPDX-License-Identifier: Apache-2.0
//
// Notes and tags on a media or on a stack.
import { useEffect, useRef, useState } from "preact/hooks";
import { del, get, post, type Schemas } from "../../api/client.ts";
import { usePersonName } from "../../names.ts";
import { may, sessionStore } from "../../session.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Form, TextArea, TextField } from "../../ui/form.tsx";
import { More, usePages } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Section, Time } from "../../ui/parts.tsx";

const words = text.media.notes;
const TEXT_MOST = 4096;
const TAG_MOST = 64;

type Note = Schemas["Note"];
export type NotesOf = { media: number } | { stack: number };
type Content = { text: string } | { tag: string };

function load(caseId: number, of: NotesOf, cursor: string | undefined, signal: AbortSignal) {
    const query = { limit: 100, ...(cursor !== undefined && { cursor }) };
    return "media" in of
        ? get("/api/v1/cases/{case}/media/{media}/notes", { path: { case: caseId, media: of.media }, query, signal })
        : get("/api/v1/cases/{case}/stacks/{stack}/notes", { path: { case: caseId, stack: of.stack }, query, signal });
}

async function add(caseId: number, of: NotesOf, content: Content): Promise<void> {
    await ("media" in of
        ? post("/api/v1/cases/{case}/media/{media}/notes", { path: { case: caseId, media: of.media }, body: content })
        : post("/api/v1/cases/{case}/stacks/{stack}/notes", {
              path: { case: caseId, stack: of.stack },
              body: content,
          }));
}

function mayRemove(note: Note): boolean {
    const own = sessionStore.get().session?.account === note.account;
    return may("review") && (own || may("case_write"));
}

function Tags(props: { tags: readonly Note[]; onRemove: (note: Note) => void }) {
    if (props.tags.length === 0) return <p class="muted">{words.noTags}</p>;
    return (
        <ul class="tag-list" aria-label={words.tags}>
            {props.tags.map((tag) => (
                <li key={tag.id} class="tag">
                    <span>{tag.text}</span>
                    {mayRemove(tag) && (
                        <button
                            type="button"
                            class="tag-end"
                            aria-label={words.removeTag(tag.text ?? "")}
                            onClick={() => props.onRemove(tag)}
                        >
                            ×
                        </button>
                    )}
                </li>
            ))}
        </ul>
    );
}

function NoteList(props: { notes: readonly Note[]; onRemove: (note: Note) => void }) {
    const name = usePersonName();
    return (
        <ul class="note-list">
            {props.notes.map((note) => (
                <li key={note.id}>
                    {note.removed === null ? (
                        <p class="note-text">{note.text}</p>
                    ) : (
                        <p class="muted">
                            {note.kind === "tag"
                                ? words.tagRemoved(name(note.removed_by))
                                : words.removed(name(note.removed_by))}
                        </p>
                    )}
                    <p class="note-by muted">
                        {name(note.account)} · <Time at={note.made} />
                        {note.removed === null && mayRemove(note) && (
                            <Button look="small" onClick={() => props.onRemove(note)}>
                                {text.common.remove}
                            </Button>
                        )}
                    </p>
                </li>
            ))}
        </ul>
    );
}

function RemoveDialog(props: { caseId: number; note: Note; onClose: () => void; onDone: () => void }) {
    const remove = async () => {
        await del("/api/v1/cases/{case}/notes/{note}", { path: { case: props.caseId, note: props.note.id } });
        props.onDone();
    };
    return (
        <Dialog title={words.removeTitle} onClose={props.onClose}>
            <Form submit={text.common.remove} onCancel={props.onClose} onSubmit={remove}>
                <p>{words.removeWhat}</p>
                <blockquote class="quoted">{props.note.text}</blockquote>
            </Form>
        </Dialog>
    );
}

function AddForms(props: { onAdd: (content: Content) => Promise<void> }) {
    const [tag, setTag] = useState("");
    const [note, setNote] = useState("");
    return (
        <>
            <Form
                submit={words.addTag}
                disabled={tag.trim() === ""}
                onSubmit={async () => {
                    await props.onAdd({ tag: tag.trim() });
                    setTag("");
                }}
            >
                <TextField
                    label={words.tag}
                    value={tag}
                    onValue={setTag}
                    at="/tag"
                    maxLength={TAG_MOST}
                    autocomplete="off"
                />
            </Form>
            <Form
                submit={words.addNote}
                disabled={note.trim() === ""}
                onSubmit={async () => {
                    await props.onAdd({ text: note.trim() });
                    setNote("");
                }}
            >
                <TextArea label={words.note} value={note} onValue={setNote} at="/text" maxLength={TEXT_MOST} />
            </Form>
        </>
    );
}

// `onChange`: what other parts of the page say of its tags may be another now.
export function Notes(props: { caseId: number; of: NotesOf; onChange?: () => void }) {
    const { caseId, of } = props;
    const pages = usePages((cursor, signal) => load(caseId, of, cursor, signal), [caseId, JSON.stringify(of)]);
    const [removing, setRemoving] = useState<Note | null>(null);
    const [removed, setRemoved] = useState(0);
    const list = useRef<HTMLDivElement>(null);
    // The button for removing goes with what it removed: the focus stays at the list.
    useEffect(() => {
        if (removed > 0 && pages.state === "ready" && document.activeElement === document.body)
            list.current?.focus({ preventScroll: true });
    }, [removed, pages.state]);
    const tags = pages.items.filter((note) => note.kind === "tag" && note.removed === null);
    const notes = pages.items.filter((note) => note.kind === "note" || note.removed !== null);
    const changed = (said: string) => {
        notify(said);
        pages.reload();
        props.onChange?.();
    };
    return (
        <Section title={words.title} panel>
            <div class="stack" ref={list} tabIndex={-1}>
                {pages.state === "ready" && <Tags tags={tags} onRemove={setRemoving} />}
                {notes.length > 0 && <NoteList notes={notes} onRemove={setRemoving} />}
                {pages.state === "ready" && notes.length === 0 && !may("review") && <p class="muted">{words.none}</p>}
                <More pages={pages} />
            </div>
            {may("review") && (
                <AddForms
                    onAdd={async (content) => {
                        await add(caseId, of, content);
                        changed("tag" in content ? words.tagAdded : words.added);
                    }}
                />
            )}
            {removing !== null && (
                <RemoveDialog
                    caseId={caseId}
                    note={removing}
                    onClose={() => setRemoving(null)}
                    onDone={() => {
                        setRemoving(null);
                        changed(words.gone);
                        setRemoved((count) => count + 1);
                    }}
                />
            )}
        </Section>
    );
}
