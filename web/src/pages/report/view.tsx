// SPDX-License-Identifier: Apache-2.0
//
// The report as a part of the page: the same document that the file holds. Pictures are named, not
// shown.
import type { ReportBlock, ReportDocument } from "../../report/document.ts";
import { text } from "../../text.ts";
import { Facts, classes } from "../../ui/parts.tsx";

const words = text.report;

function TableBlock(props: { of: Extract<ReportBlock, { kind: "table" }> }) {
    const { caption, columns, rows } = props.of;
    const look = (at: number) =>
        classes(columns[at]?.number === true && "number", columns[at]?.long === true && "long");
    return (
        <div class="table-wrap" role="group" aria-label={caption} tabIndex={0}>
            <table class="table">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        {columns.map((column, i) => (
                            <th scope="col" key={column.name} class={look(i)}>
                                {column.name}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {rows.map((row, at) => (
                        <tr key={at}>
                            {row.map((value, i) =>
                                i === 0 ? (
                                    <th scope="row" key={i} class={look(i)}>
                                        {value}
                                    </th>
                                ) : (
                                    <td key={i} class={look(i)}>
                                        {value}
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

function Block(props: { of: ReportBlock }) {
    const { of } = props;
    switch (of.kind) {
        case "text":
            return <p>{of.text}</p>;
        case "facts":
            return <Facts of={of.facts} />;
        case "table":
            return <TableBlock of={of} />;
        case "verbatim":
            return (
                <pre class="report-verbatim mono" tabIndex={0}>
                    {of.text}
                </pre>
            );
        case "pictures":
            return (
                <ul class="report-pictures">
                    {of.pictures.map((picture) => (
                        <li key={picture.media}>
                            <span>{picture.words}</span>
                            <span class="muted">{words.notShown}</span>
                        </li>
                    ))}
                </ul>
            );
    }
}

export function ReportView(props: { of: ReportDocument }) {
    const { of } = props;
    return (
        <article class="report-sheet" aria-label={of.title}>
            <h2 class="report-title">{of.title}</h2>
            <Facts of={of.facts} />
            {of.sections.map((section) => (
                <section key={section.title} class="report-section">
                    <h3>{section.title}</h3>
                    {section.blocks.map((block, i) => (
                        <Block key={i} of={block} />
                    ))}
                </section>
            ))}
        </article>
    );
}
