// SPDX-License-Identifier: Apache-2.0
//
// Forms: fields with their label, hint and error; a form that is busy while it is being sent and
// shows the server's answer, beside the field that the answer points to where it names one.
import { createContext, type ComponentChildren } from "preact";
import { useContext, useId, useState } from "preact/hooks";
import { Problem } from "../api/problem.ts";
import { text } from "../text.ts";
import { Failure } from "./failure.tsx";
import { Button } from "./parts.tsx";

// Errors of members of the body, by JSON pointer.
const FieldErrors = createContext<Record<string, string>>({});

interface FieldProps {
    label: string;
    hint?: ComponentChildren;
    // Pointer to the member of the body that it fills: "/title".
    at?: string;
    error?: string | null;
}

// A labelled control: children get the ids it must carry.
export function Field(
    props: FieldProps & {
        children: (ids: { id: string; "aria-describedby"?: string; "aria-invalid"?: "true" }) => ComponentChildren;
    },
) {
    const id = useId();
    const errors = useContext(FieldErrors);
    const error = props.error ?? (props.at !== undefined ? errors[props.at] : undefined) ?? null;
    const described = [props.hint !== undefined && `${id}-hint`, error !== null && `${id}-error`].filter(Boolean);
    return (
        <div class="field">
            <label for={id}>{props.label}</label>
            {props.children({
                id,
                ...(described.length > 0 && { "aria-describedby": described.join(" ") }),
                ...(error !== null && { "aria-invalid": "true" as const }),
            })}
            {props.hint !== undefined && (
                <span class="hint" id={`${id}-hint`}>
                    {props.hint}
                </span>
            )}
            {error !== null && (
                <span class="error" id={`${id}-error`}>
                    {error}
                </span>
            )}
        </div>
    );
}

interface ControlProps {
    autoFocus?: boolean;
    maxLength?: number;
    disabled?: boolean;
    onKeyDown?: (event: KeyboardEvent) => void;
}

interface InputProps extends ControlProps {
    type?: "text" | "password" | "number" | "date" | "datetime-local" | "search";
    autocomplete?: string;
    autocapitalize?: "none";
    spellcheck?: boolean;
    inputMode?: "numeric" | "decimal";
    placeholder?: string;
    min?: number;
    max?: number;
    step?: number | "any";
    list?: string;
}

export function TextField({
    label,
    hint,
    at,
    error,
    value,
    onValue,
    ...rest
}: FieldProps & InputProps & { value: string; onValue: (value: string) => void }) {
    return (
        <Field
            label={label}
            {...(hint !== undefined && { hint })}
            {...(at !== undefined && { at })}
            {...(error !== undefined && { error })}
        >
            {(ids) => (
                <input
                    {...(rest as object)}
                    {...ids}
                    class="input"
                    value={value}
                    onInput={(event) => onValue(event.currentTarget.value)}
                />
            )}
        </Field>
    );
}

export function TextArea({
    label,
    hint,
    at,
    value,
    onValue,
    ...rest
}: FieldProps &
    ControlProps & {
        value: string;
        onValue: (value: string) => void;
    }) {
    return (
        <Field label={label} {...(hint !== undefined && { hint })} {...(at !== undefined && { at })}>
            {(ids) => (
                <textarea
                    {...(rest as object)}
                    {...ids}
                    class="input"
                    value={value}
                    onInput={(event) => onValue(event.currentTarget.value)}
                />
            )}
        </Field>
    );
}

export function Choice({
    label,
    hint,
    at,
    value,
    onValue,
    options,
    ...rest
}: FieldProps &
    ControlProps & {
        value: string;
        onValue: (value: string) => void;
        options: readonly (readonly [string, string])[];
    }) {
    return (
        <Field label={label} {...(hint !== undefined && { hint })} {...(at !== undefined && { at })}>
            {(ids) => (
                <select
                    {...(rest as object)}
                    {...ids}
                    class="input"
                    value={value}
                    onChange={(event) => onValue(event.currentTarget.value)}
                >
                    {options.map(([option, name]) => (
                        <option key={option} value={option}>
                            {name}
                        </option>
                    ))}
                </select>
            )}
        </Field>
    );
}

export function Check(props: {
    label: ComponentChildren;
    checked: boolean;
    onValue: (checked: boolean) => void;
    disabled?: boolean;
}) {
    const id = useId();
    return (
        <div class="check">
            <input
                type="checkbox"
                id={id}
                checked={props.checked}
                disabled={props.disabled}
                onChange={(event) => props.onValue(event.currentTarget.checked)}
            />
            <label for={id}>{props.label}</label>
        </div>
    );
}

export function Form(props: {
    // Resolves when it is done; what it throws is shown.
    onSubmit: () => Promise<void>;
    submit: string;
    onCancel?: () => void;
    disabled?: boolean;
    // Beside the buttons.
    end?: ComponentChildren;
    children: ComponentChildren;
}) {
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<unknown>(null);
    const send = async () => {
        setBusy(true);
        setError(null);
        try {
            await props.onSubmit();
        } catch (thrown) {
            setError(thrown);
        } finally {
            setBusy(false);
        }
    };
    const pointer = error instanceof Problem ? error.details.pointer : undefined;
    const errors = pointer !== undefined && error instanceof Problem ? { [pointer]: error.details.detail } : {};
    return (
        <FieldErrors.Provider value={errors}>
            <form
                class="form"
                noValidate
                aria-busy={busy}
                onSubmit={(event) => {
                    event.preventDefault();
                    if (!busy && props.disabled !== true) void send();
                }}
            >
                {props.children}
                {error !== null && <Failure error={error} />}
                <div class="form-end">
                    <Button type="submit" look="primary" disabled={busy || props.disabled === true}>
                        {props.submit}
                    </Button>
                    {props.onCancel !== undefined && <Button onClick={props.onCancel}>{text.common.cancel}</Button>}
                    {props.end}
                </div>
            </form>
        </FieldErrors.Provider>
    );
}
