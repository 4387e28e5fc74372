// SPDX-License-Identifier: Apache-2.0
//
// The keys of the review, each moved by pressing another one; two actions never share a key.
import { useEffect, useState } from "preact/hooks";
import { preferences } from "../../preferences.ts";
import { codeOf, keyActions, move, refusal, type KeyAction, type Moved } from "../../review/keymap.ts";
import { actionName, keyName, useLayout, type Layout } from "../../review/keynames.ts";
import { useStore } from "../../store.ts";
import { text } from "../../text.ts";
import { Button, Message, Section } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";
import { keep } from "./save.ts";

const words = text.account.keys;
const movable = keyActions.filter((action) => action.remappable);

function sentenceFor(action: KeyAction, code: string, moved: Moved, layout: Layout | null): string | null {
    const refused = refusal(action.id, code, moved);
    if (refused === null) return null;
    const key = keyName(code, layout);
    if (refused.why === "taken") return words.taken(key, actionName(refused.by));
    return refused.why === "reserved" ? words.reserved(key) : words.fixed;
}

// The next key pressed anywhere is the answer; Tab and the mouse give up as Escape does.
function useNextKey(isWaiting: boolean, onKey: (code: string | null) => void): void {
    useEffect(() => {
        if (!isWaiting) return;
        const take = (event: KeyboardEvent) => {
            if (event.repeat || ["Shift", "Alt", "Control", "Meta", "AltGraph"].includes(event.key)) return;
            if (event.code !== "Tab") event.preventDefault();
            event.stopPropagation();
            onKey(event.code === "Escape" || event.code === "Tab" ? null : event.code);
        };
        const leave = () => onKey(null);
        addEventListener("keydown", take, true);
        addEventListener("pointerdown", leave, true);
        return () => {
            removeEventListener("keydown", take, true);
            removeEventListener("pointerdown", leave, true);
        };
    }, [isWaiting]);
}

export function KeySettings() {
    const moved = useStore(preferences, (all) => all.desk.keys);
    const layout = useLayout();
    const [waiting, setWaiting] = useState<KeyAction | null>(null);
    const [said, setSaid] = useState<string | null>(null);
    useNextKey(waiting !== null, (code) => {
        setWaiting(null);
        if (waiting === null || code === null) return;
        const present = preferences.get().desk.keys;
        const refused = sentenceFor(waiting, code, present, layout);
        setSaid(refused ?? words.moved(actionName(waiting), keyName(code, layout)));
        if (refused === null) keep({ desk: { keys: { ...move(waiting.id, code, present) } } });
    });
    const columns: readonly Column<KeyAction>[] = [
        { name: words.columns.action, cell: (action) => actionName(action), heads: true },
        {
            name: words.columns.key,
            cell: (action) => (
                <span class="key-cell">
                    {waiting === action ? (
                        <span class="muted">{words.waiting}</span>
                    ) : (
                        [codeOf(action, moved), ...(action.also ?? [])].map((code) => (
                            <kbd key={code}>{keyName(code, layout)}</kbd>
                        ))
                    )}
                </span>
            ),
        },
        {
            name: words.columns.change,
            quietName: true,
            cell: (action) => (
                <Button
                    look="small"
                    aria-label={words.changeOf(actionName(action))}
                    onClick={() => {
                        setSaid(words.press);
                        setWaiting(action);
                    }}
                >
                    {words.change}
                </Button>
            ),
        },
    ];
    return (
        <Section title={words.title}>
            <p class="muted">{words.hint}</p>
            <div role="status" class="key-said">
                {said !== null && <Message calm>{said}</Message>}
            </div>
            <Table caption={words.table} columns={columns} rows={movable} rowKey={(action) => action.id} />
            {Object.keys(moved).length > 0 && (
                <div>
                    <Button onClick={() => keep({ desk: { keys: {} } })}>{words.back}</Button>
                </div>
            )}
        </Section>
    );
}
