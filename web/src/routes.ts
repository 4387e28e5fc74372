// SPDX-License-Identifier: Apache-2.0
//
// The places of the desk: one row each. A page is offered and shown only to those whose role
// includes its permission; the server refuses all others anyway.
import type { ComponentType } from "preact";
import { Account } from "./pages/account.tsx";
import { Administration } from "./pages/administration.tsx";
import { AuditPage, CaseRecord } from "./pages/audit.tsx";
import { Cases } from "./pages/cases.tsx";
import { CaseSettings } from "./pages/case-settings.tsx";
import { Enquiries } from "./pages/enquiries.tsx";
import { Help } from "./pages/help.tsx";
import { Identifiers } from "./pages/identifiers.tsx";
import { Leaving } from "./pages/leaving.tsx";
import { Links } from "./pages/links.tsx";
import { MediaDetail } from "./pages/media-detail.tsx";
import { MediaGrid } from "./pages/media-grid.tsx";
import { Outcomes } from "./pages/outcomes.tsx";
import { Overview } from "./pages/overview.tsx";
import { Report } from "./pages/report.tsx";
import { Review } from "./pages/review.tsx";
import { Search } from "./pages/search.tsx";
import { SeriesList, SeriesPage } from "./pages/series.tsx";
import { SetPage, Sets } from "./pages/sets.tsx";
import { StackPage, Stacks } from "./pages/stacks.tsx";
import { Statistics } from "./pages/statistics.tsx";
import { VictimPage, Victims } from "./pages/victims.tsx";
import { Who } from "./pages/who.tsx";
import type { Permission } from "./session.ts";
import { text } from "./text.ts";

export interface PageProps {
    // The numbers of the pattern; `case` within a case.
    ids: Readonly<Record<string, number>>;
    // The words of the pattern.
    parts: Readonly<Record<string, string>>;
    query: URLSearchParams;
}

export interface RouteRow {
    pattern: string;
    page: ComponentType<PageProps>;
    permission?: Permission;
}

export const routes: readonly RouteRow[] = [
    { pattern: "/cases", page: Cases },
    { pattern: "/cases/:case", page: Overview, permission: "case_read" },
    { pattern: "/cases/:case/review", page: Review, permission: "review" },
    { pattern: "/cases/:case/media", page: MediaGrid, permission: "case_read" },
    { pattern: "/cases/:case/media/:media", page: MediaDetail, permission: "case_read" },
    { pattern: "/cases/:case/stacks", page: Stacks, permission: "case_read" },
    { pattern: "/cases/:case/stacks/:stack", page: StackPage, permission: "case_read" },
    { pattern: "/cases/:case/who", page: Who, permission: "case_read" },
    { pattern: "/cases/:case/links", page: Links, permission: "case_read" },
    { pattern: "/cases/:case/enquiries", page: Enquiries, permission: "case_read" },
    { pattern: "/cases/:case/identifiers", page: Identifiers, permission: "case_read" },
    { pattern: "/cases/:case/record", page: CaseRecord, permission: "case_read" },
    { pattern: "/cases/:case/report", page: Report, permission: "case_read" },
    { pattern: "/cases/:case/settings", page: CaseSettings, permission: "case_read" },
    { pattern: "/search", page: Search, permission: "search" },
    { pattern: "/series", page: SeriesList, permission: "case_read" },
    { pattern: "/series/:series", page: SeriesPage, permission: "case_read" },
    { pattern: "/victims", page: Victims, permission: "case_read" },
    { pattern: "/victims/:victim", page: VictimPage, permission: "case_read" },
    { pattern: "/sets", page: Sets, permission: "sets_read" },
    { pattern: "/sets/:set", page: SetPage, permission: "sets_read" },
    { pattern: "/statistics", page: Statistics, permission: "statistics" },
    { pattern: "/audit", page: AuditPage, permission: "audit_read" },
    { pattern: "/administration", page: Administration, permission: "administer" },
    { pattern: "/administration/*part", page: Administration, permission: "administer" },
    { pattern: "/outcomes", page: Outcomes },
    { pattern: "/account", page: Account },
    { pattern: "/help", page: Help },
    { pattern: "/leaving", page: Leaving },
];

export interface NavRow {
    path: string;
    name: string;
    permission?: Permission;
    // Current also on the places below it.
    deep?: boolean;
}

export const mainNav: readonly NavRow[] = [
    { path: "/cases", name: text.common.nav.cases, deep: true },
    { path: "/search", name: text.common.nav.search, permission: "search" },
    { path: "/series", name: text.common.nav.series, permission: "case_read", deep: true },
    { path: "/victims", name: text.common.nav.victims, permission: "case_read", deep: true },
    { path: "/sets", name: text.common.nav.sets, permission: "sets_read", deep: true },
    { path: "/statistics", name: text.common.nav.statistics, permission: "statistics" },
    { path: "/audit", name: text.common.nav.audit, permission: "audit_read" },
    { path: "/administration", name: text.common.nav.administration, permission: "administer", deep: true },
];

// Below "/cases/N".
export const caseNav: readonly NavRow[] = [
    { path: "", name: text.common.nav.overview },
    { path: "/review", name: text.common.nav.review, permission: "review" },
    { path: "/media", name: text.common.nav.media, deep: true },
    { path: "/stacks", name: text.common.nav.stacks, deep: true },
    { path: "/who", name: text.common.nav.who },
    { path: "/links", name: text.common.nav.links },
    { path: "/enquiries", name: text.common.nav.enquiries },
    { path: "/identifiers", name: text.common.nav.identifiers },
    { path: "/record", name: text.common.nav.caseAudit },
    { path: "/report", name: text.common.nav.report },
    { path: "/settings", name: text.common.nav.settings },
];
