// SPDX-License-Identifier: Apache-2.0
//
// The record of acts: of all that an auditor sees, and of one case.
import { get } from "../api/client.ts";
import type { PageProps } from "../routes.ts";
import { may } from "../session.ts";
import { text } from "../text.ts";
import { More, usePages } from "../ui/load.tsx";
import { Page } from "../ui/parts.tsx";
import { FilterForm, readFilters } from "./audit/filters.tsx";
import { CheckElsewhere, NewestHead } from "./audit/head.tsx";
import { LeafTable, type Leaf } from "./audit/leaves.tsx";
import { useCaseNumber } from "./audit/numbers.ts";

const words = text.audit;
const PAGE = 50;

function Leaves(props: { query: URLSearchParams; within: number | null }) {
    const filters = readFilters(props.query);
    const caseNumber = useCaseNumber();
    const { within } = props;
    const pages = usePages<Leaf>(
        (cursor, signal) => {
            const { case: caseId, ...rest } = filters;
            const query = { ...rest, limit: PAGE, ...(cursor !== undefined && { cursor }) };
            return within !== null
                ? get("/api/v1/cases/{case}/audit", { path: { case: within }, query, signal })
                : get("/api/v1/audit", { query: { ...query, ...(caseId !== undefined && { case: caseId }) }, signal });
        },
        [within, props.query.toString()],
    );
    return (
        <>
            <FilterForm
                filters={filters}
                withCase={within === null}
                caseNumber={filters.case === undefined ? "" : caseNumber(filters.case)}
            />
            {(pages.items.length > 0 || pages.state === "ready") && (
                <LeafTable leaves={pages.items} withCase={within === null} />
            )}
            <More pages={pages} />
        </>
    );
}

export function AuditPage(props: PageProps) {
    return (
        <Page title={words.title} lead={words.lead} shape="wide">
            <div class="columns">
                <NewestHead />
                <CheckElsewhere />
            </div>
            <Leaves query={props.query} within={null} />
        </Page>
    );
}

export function CaseRecord(props: PageProps) {
    return (
        <Page title={words.caseTitle} lead={words.caseLead} shape="wide">
            <Leaves query={props.query} within={props.ids["case"] ?? 0} />
            {may("audit_read") && <CheckElsewhere />}
        </Page>
    );
}
