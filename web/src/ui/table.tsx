// SPDX-License-Identifier: Apache-2.0
//
// Tables: columns as data, one heading cell a row, sideways scrolling of its own on small windows.
import type { ComponentChildren } from "preact";
import { Empty, classes } from "./parts.tsx";

export interface Column<T> {
    name: string;
    cell: (row: T) => ComponentChildren;
    number?: boolean;
    // The cell that names its row.
    heads?: boolean;
    // Its name is for screen readers only, as over buttons.
    quietName?: boolean;
}

export function Table<T>(props: {
    caption: string;
    columns: readonly Column<T>[];
    rows: readonly T[];
    rowKey: (row: T) => string | number;
    empty?: ComponentChildren;
}) {
    if (props.rows.length === 0)
        return <Empty>{props.empty}</Empty>;
    return (
        <div class="table-wrap" role="group" aria-label={props.caption} tabIndex={0}>
            <table class="table">
                <caption class="hidden-text">{props.caption}</caption>
                <thead>
                    <tr>
                        {props.columns.map((column) => (
                            <th scope="col" key={column.name} class={classes(column.number === true && "number")}>
                                {column.quietName === true ? (
                                    <span class="hidden-text">{column.name}</span>
                                ) : (
                                    column.name
                                )}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {props.rows.map((row) => (
                        <tr key={props.rowKey(row)}>
                            {props.columns.map((column) =>
                                column.heads === true ? (
                                    <th scope="row" key={column.name}>{column.cell(row)}</th>
                                ) : (
                                    <td key={column.name} class={classes(column.number === true && "number")}>
                                        {column.cell(row)}
                                    </td>
                                ),
                            )}
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}
