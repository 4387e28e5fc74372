// SPDX-License-Identifier: Apache-2.0
//
// Search by example: a picture that is dropped, pasted or chosen is sent and forgotten. It is never
// shown, and neither its name nor its bytes are kept in any state.
import { useEffect, useRef, useState } from "preact/hooks";
import { post, type Schemas } from "../../api/client.ts";
import { size } from "../../format.ts";
import { text } from "../../text.ts";
import { Failure } from "../../ui/failure.tsx";
import { TextField } from "../../ui/form.tsx";
import { Button, Message, Section, classes } from "../../ui/parts.tsx";
import { CaseChoice } from "./terms.tsx";

const words = text.search.example;
const BYTES_MAX = 32 << 20;
const DISTANCE = 31;
const NOT_FILES = "input, textarea, select, [contenteditable]";

// A picture that misses the field must not be opened, and so shown, by the browser.
function useGuard(onPaste: (files: readonly File[]) => void): void {
    const paste = useRef(onPaste);
    paste.current = onPaste;
    useEffect(() => {
        const refuse = (event: DragEvent) => event.preventDefault();
        const take = (event: ClipboardEvent) => {
            const files = [...(event.clipboardData?.files ?? [])];
            if (files.length === 0 || (event.target instanceof Element && event.target.closest(NOT_FILES) !== null))
                return;
            event.preventDefault();
            paste.current(files);
        };
        addEventListener("dragover", refuse);
        addEventListener("drop", refuse);
        addEventListener("paste", take);
        return () => {
            removeEventListener("dragover", refuse);
            removeEventListener("drop", refuse);
            removeEventListener("paste", take);
        };
    }, []);
}

export function Example(props: {
    case: string;
    cases: readonly Schemas["Case"][] | null;
    onCase: (value: string) => void;
    onFound: (hits: readonly Schemas["SearchHit"][]) => void;
}) {
    const [isOver, setOver] = useState(false);
    const [isBusy, setBusy] = useState(false);
    const [distance, setDistance] = useState(String(DISTANCE));
    const [wrong, setWrong] = useState<string | null>(null);
    const [error, setError] = useState<unknown>(null);
    const input = useRef<HTMLInputElement>(null);
    const search = async (files: readonly File[]) => {
        const [file] = files;
        const reason =
            file === undefined
                ? words.none
                : files.length > 1
                  ? words.notOne
                  : file.size > BYTES_MAX
                    ? words.tooLarge(size(BYTES_MAX))
                    : null;
        setWrong(reason);
        setError(null);
        if (file === undefined || reason !== null || isBusy) return;
        setBusy(true);
        try {
            // Bytes alone: the name of the file stays on this computer.
            const bytes = await file.arrayBuffer();
            const within = Math.trunc(Number(distance));
            const reply = await post("/api/v1/search/example", {
                bytes,
                query: {
                    distance: Number.isFinite(within) ? Math.min(64, Math.max(0, within)) : DISTANCE,
                    ...(props.case !== "" && { case: Number(props.case) }),
                },
            });
            props.onFound(reply.items);
        } catch (thrown) {
            setError(thrown);
        } finally {
            setBusy(false);
        }
    };
    useGuard((files) => void search(files));
    return (
        <Section title={words.title} panel>
            <p class="muted">{words.lead}</p>
            <div
                class={classes("drop", isOver && "over")}
                aria-busy={isBusy}
                onDragOver={(event) => {
                    event.preventDefault();
                    setOver(true);
                }}
                onDragLeave={(event) => {
                    if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)))
                        setOver(false);
                }}
                onDrop={(event) => {
                    event.preventDefault();
                    setOver(false);
                    void search([...(event.dataTransfer?.files ?? [])]);
                }}
            >
                <p role="status">{isBusy ? words.searching : isOver ? words.release : words.drop}</p>
                <Button disabled={isBusy} onClick={() => input.current?.click()}>
                    {words.choose}
                </Button>
                <input
                    ref={input}
                    type="file"
                    class="hidden-text"
                    accept="image/*"
                    tabIndex={-1}
                    aria-hidden="true"
                    onChange={(event) => {
                        const files = [...(event.currentTarget.files ?? [])];
                        void search(files);
                        event.currentTarget.value = "";
                    }}
                />
            </div>
            {wrong !== null && <Message role="alert">{wrong}</Message>}
            {error !== null && <Failure error={error} />}
            <div class="form-grid">
                <TextField
                    label={text.search.distance}
                    hint={text.search.distanceHint}
                    type="number"
                    min={0}
                    max={64}
                    value={distance}
                    onValue={setDistance}
                />
                <CaseChoice value={props.case} cases={props.cases} onValue={props.onCase} />
            </div>
        </Section>
    );
}
