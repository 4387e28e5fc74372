// SPDX-License-Identifier: Apache-2.0
//
// The scheme's words with their keys, always in sight; each is a button too.
import { preferences } from "../preferences.ts";
import { useStore } from "../store.ts";
import { text } from "../text.ts";
import { codeOf, keyAction } from "./keymap.ts";
import { keyName, useLayout } from "./keynames.ts";
import type { KeyedCode } from "./codes.ts";

export function Legend(props: {
    codes: readonly KeyedCode[];
    hint: string;
    onDecide: (code: string, whole: boolean) => void;
}) {
    const moved = useStore(preferences, (all) => all.desk.keys);
    const layout = useLayout();
    return (
        <div class="legend-keys" role="group" aria-label={text.review.category}>
            {props.codes.map(({ code, label, digit }) => {
                const action = digit === null ? null : keyAction(`decide${digit}`);
                return (
                    <button
                        key={code}
                        type="button"
                        class="legend-key"
                        onClick={(event) => props.onDecide(code, event.altKey)}
                    >
                        {action !== null && <kbd>{keyName(codeOf(action, moved), layout)}</kbd>}
                        <span>{label}</span>
                    </button>
                );
            })}
            <span class="muted legend-hint">{props.hint}</span>
        </div>
    );
}

// A button of the bar, with its key beside it.
export function KeyButton(props: {
    action: string;
    label: string;
    onPress: () => void;
    disabled?: boolean;
    pressed?: boolean;
}) {
    const moved = useStore(preferences, (all) => all.desk.keys);
    const layout = useLayout();
    const action = keyAction(props.action);
    return (
        <button
            type="button"
            class="button small"
            disabled={props.disabled}
            aria-pressed={props.pressed}
            onClick={props.onPress}
        >
            {props.label}
            {action !== null && <kbd>{keyName(codeOf(action, moved), layout)}</kbd>}
        </button>
    );
}
