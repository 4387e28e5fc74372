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
    // On small windows each row becomes a block with the names beside the values. For lists whose rows
    // are read one by one; tables that are compared by column scroll sideways.
    stacks?: boolean;
}) {
    // A block has no role of a table of its own any more: it is said.
    const role = (name: "table" | "rowgroup" | "row" | "columnheader" | "rowheader" | "cell") =>
        props.stacks === true ? name : undefined;
    if (props.rows.length === 0) return <Empty>{props.empty}</Empty>;
    return (
        <div class="table-wrap" role="group" aria-label={props.caption} tabIndex={0}>
            <table class={classes("table", props.stacks === true && "stacks")} role={role("table")}>
                <caption class="hidden-text">{props.caption}</caption>
                <thead role={role("rowgroup")}>
                    <tr role={role("row")}>
                        {props.columns.map((column) => (
                            <th
                                scope="col"
                                key={column.name}
                                role={role("columnheader")}
                                class={classes(column.number === true && "number")}
                            >
                                {column.quietName === true ? (
                                    <span class="hidden-text">{column.name}</span>
                                ) : (
                                    column.name
                                )}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody role={role("rowgroup")}>
                    {props.rows.map((row) => (
                        <tr key={props.rowKey(row)} role={role("row")}>
                            {props.columns.map((column) =>
                                column.heads === true ? (
                                    <th scope="row" key={column.name} role={role("rowheader")}>
                                        {column.cell(row)}
                                    </th>
                                ) : (
                                    <td
                                        key={column.name}
                                        role={role("cell")}
                                        class={classes(column.number === true && "number")}
                                        data-name={column.quietName === true ? undefined : column.name}
                                    >
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
