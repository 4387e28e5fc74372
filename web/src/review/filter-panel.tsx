// SPDX-License-Identifier: Apache-2.0
//
// What a deck is made of: filters and an order, chosen together and applied at once. They stand in the
// address, so that a page can be come back to and handed on.
import { useState } from "preact/hooks";
import { replaceQuery } from "../route.ts";
import { text } from "../text.ts";
import { Choice, Form, TextField } from "../ui/form.tsx";

export interface FilterField {
    name: string;
    label: string;
    // Values with their words; without any it is typed.
    options?: readonly (readonly [string, string])[];
    // Stands for nothing in the address.
    otherwise?: string;
}

// The values of a field, and "all" before them.
export function anyOf(
    values: readonly string[],
    words: Record<string, string> | undefined,
): readonly (readonly [string, string])[] {
    return [["", text.common.all], ...values.map((value) => [value, words?.[value] ?? value] as const)];
}

export const anyFinding = anyOf(Object.keys(text.words["finding"] ?? {}), text.words["finding"]);

export function FilterPanel(props: { fields: readonly FilterField[]; query: URLSearchParams }) {
    const given = (field: FilterField) => props.query.get(field.name) ?? field.otherwise ?? "";
    const [values, setValues] = useState<Record<string, string>>(() =>
        Object.fromEntries(props.fields.map((field) => [field.name, given(field)])),
    );
    const inForce = props.fields.filter((field) => given(field) !== (field.otherwise ?? "")).length;
    const apply = async () => {
        const chosen = props.fields.map((field) => {
            const value = values[field.name]?.trim() ?? "";
            return [field.name, value === field.otherwise ? null : value] as const;
        });
        replaceQuery({ ...Object.fromEntries(props.query), ...Object.fromEntries(chosen) });
    };
    return (
        <details class="review-filters">
            <summary class="button small">
                {inForce > 0 ? text.review.filtersInForce(inForce) : text.review.filters}
            </summary>
            <div class="panel">
                <Form submit={text.review.apply} onSubmit={apply}>
                    <div class="form-grid">
                        {props.fields.map(({ name, label, options }) => {
                            const shared = {
                                label,
                                value: values[name] ?? "",
                                onValue: (value: string) => setValues({ ...values, [name]: value }),
                            };
                            return options === undefined ? (
                                <TextField key={name} {...shared} maxLength={64} />
                            ) : (
                                <Choice key={name} {...shared} options={options} />
                            );
                        })}
                    </div>
                </Form>
            </div>
        </details>
    );
}
