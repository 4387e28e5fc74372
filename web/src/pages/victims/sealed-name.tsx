// SPDX-License-Identifier: Apache-2.0
//
// A victim's name, where a unit must keep one. Reading it is an act of its own; what was read stays
// on the page for a short while only, and nowhere else.
import { useEffect, useState } from "preact/hooks";
import { del, post, put, type Schemas } from "../../api/client.ts";
import { duration } from "../../format.ts";
import { may, sessionStore } from "../../session.ts";
import { useStore } from "../../store.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Form, TextField } from "../../ui/form.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Section } from "../../ui/parts.tsx";

const words = text.victims.sealed;
const SHOWN_SECONDS = 30;

// The name while it may be seen: until the time is over, the window is left, or hide().
function useBriefly() {
    const [name, setName] = useState<string | null>(null);
    useEffect(() => {
        if (name === null) return;
        const hide = () => setName(null);
        const timer = setTimeout(hide, SHOWN_SECONDS * 1000);
        addEventListener("blur", hide);
        addEventListener("pagehide", hide);
        document.addEventListener("visibilitychange", hide);
        return () => {
            clearTimeout(timer);
            removeEventListener("blur", hide);
            removeEventListener("pagehide", hide);
            document.removeEventListener("visibilitychange", hide);
        };
    }, [name]);
    return { name, show: setName, hide: () => setName(null) };
}

function SetName(props: { victim: number; replaces: boolean; onDone: (sealed: boolean) => void }) {
    const [name, setName] = useState("");
    return (
        <Dialog title={props.replaces ? words.replace : words.set} onClose={() => props.onDone(false)}>
            <Form
                submit={words.submit}
                disabled={name.trim() === ""}
                onCancel={() => props.onDone(false)}
                onSubmit={async () => {
                    await put("/api/v1/victims/{victim}/name", {
                        path: { victim: props.victim },
                        body: { name: name.trim() },
                    });
                    notify(words.sealed);
                    props.onDone(true);
                }}
            >
                <TextField
                    label={words.label}
                    value={name}
                    onValue={setName}
                    at="/name"
                    autoFocus
                    maxLength={256}
                    autocomplete="off"
                    spellcheck={false}
                    {...(props.replaces && { hint: words.setHint })}
                />
            </Form>
        </Dialog>
    );
}

function DestroyName(props: { victim: number; onDone: (destroyed: boolean) => void }) {
    return (
        <Dialog title={words.destroyTitle} onClose={() => props.onDone(false)}>
            <Form
                submit={words.destroyButton}
                // The safe way out has the focus.
                end={
                    <Button autoFocus onClick={() => props.onDone(false)}>
                        {text.common.cancel}
                    </Button>
                }
                onSubmit={async () => {
                    await del("/api/v1/victims/{victim}/name", { path: { victim: props.victim } });
                    notify(words.destroyed);
                    props.onDone(true);
                }}
            >
                <p>{words.destroyWhat}</p>
                <p>{words.destroyKeeps}</p>
            </Form>
        </Dialog>
    );
}

export function SealedName(props: { victim: Schemas["VictimWithLinks"]; onChanged: () => void }) {
    const { victim } = props;
    const unit = useStore(sessionStore, (state) => state.session?.unit ?? null);
    const shown = useBriefly();
    const [asked, setAsked] = useState<"set" | "destroy" | null>(null);
    const [error, setError] = useState<unknown>(null);
    const [isBusy, setBusy] = useState(false);
    const isOwn = may("case_write") && unit === victim.unit;
    const read = async () => {
        // Not disabled meanwhile: a button that is loses the focus.
        if (isBusy) return;
        setBusy(true);
        setError(null);
        try {
            shown.show((await post("/api/v1/victims/{victim}/name/read", { path: { victim: victim.id } })).name);
        } catch (thrown) {
            setError(thrown);
        } finally {
            setBusy(false);
        }
    };
    const done = (changed: boolean) => {
        setAsked(null);
        if (!changed) return;
        shown.hide();
        props.onChanged();
    };
    return (
        <Section title={words.title}>
            <p class="muted">{words.lead}</p>
            <p>
                {victim.has_name ? words.kept : words.none}
                {victim.has_name && !isOwn && ` ${words.others}`}
            </p>
            <div role="status" class="stack">
                {shown.name !== null && (
                    <>
                        <p class="sealed-name">{shown.name}</p>
                        <p class="muted">{words.hides(duration(SHOWN_SECONDS))}</p>
                    </>
                )}
            </div>
            {error !== null && <Failure error={error} />}
            {isOwn && (
                <div class="row">
                    {victim.has_name &&
                        (shown.name === null ? (
                            <Button aria-busy={isBusy} onClick={() => void read()}>
                                {words.read}
                            </Button>
                        ) : (
                            <Button onClick={shown.hide}>{words.hide}</Button>
                        ))}
                    <Button onClick={() => setAsked("set")}>{victim.has_name ? words.replace : words.set}</Button>
                    {victim.has_name && <Button onClick={() => setAsked("destroy")}>{words.destroy}</Button>}
                </div>
            )}
            {asked === "set" && <SetName victim={victim.id} replaces={victim.has_name} onDone={done} />}
            {asked === "destroy" && <DestroyName victim={victim.id} onDone={done} />}
        </Section>
    );
}
