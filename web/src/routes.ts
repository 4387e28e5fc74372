// SPDX-License-Identifier: Apache-2.0
//
// The places of the desk: one row each. A page is offered and shown only to those whose role
// includes its permission; the server refuses all others anyway.
import type { ComponentType } from "preact";
import { Cases } from "./pages/cases.tsx";
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
    // Pages are loaded when they are first needed, and all of them once the desk has nothing to do.
    load: () => Promise<ComponentType<PageProps>>;
    permission?: Permission;
}

export const routes: readonly RouteRow[] = [
    { pattern: "/cases", load: () => Promise.resolve(Cases), permission: "case_read" },
    {
        pattern: "/cases/:case",
        load: () => import("./pages/overview.tsx").then((page) => page.Overview),
        permission: "case_read",
    },
    {
        pattern: "/cases/:case/review",
        load: () => import("./pages/review.tsx").then((page) => page.Review),
        permission: "review",
    },
    {
        pattern: "/cases/:case/media",
        load: () => import("./pages/media-grid.tsx").then((page) => page.MediaGrid),
        permission: "case_read",
    },
    {
        pattern: "/cases/:case/media/:media",
        load: () => import("./pages/media-detail.tsx").then((page) => page.MediaDetail),
        permission: "case_read",
    },
    {
        pattern: "/cases/:case/stacks",
        load: () => import("./pages/stacks.tsx").then((page) => page.Stacks),
        permission: "case_read",
    },
    {
        pattern: "/cases/:case/stacks/:stack",
        load: () => import("./pages/stacks.tsx").then((page) => page.StackPage),
        permission: "case_read",
    },
    {
        pattern: "/cases/:case/who",
        load: () => import("./pages/who.tsx").then((page) => page.Who),
        permission: "case_read",
    },
    {
        pattern: "/cases/:case/links",
        load: () => import("./pages/links.tsx").then((page) => page.Links),
        permission: "case_read",
    },
    {
        pattern: "/cases/:case/enquiries",
        load: () => import("./pages/enquiries.tsx").then((page) => page.Enquiries),
        permission: "case_read",
    },
    {
        pattern: "/cases/:case/identifiers",
        load: () => import("./pages/identifiers.tsx").then((page) => page.Identifiers),
        permission: "case_read",
    },
    {
        pattern: "/cases/:case/record",
        load: () => import("./pages/audit.tsx").then((page) => page.CaseRecord),
        permission: "case_read",
    },
    {
        pattern: "/cases/:case/report",
        load: () => import("./pages/report.tsx").then((page) => page.Report),
        permission: "case_read",
    },
    {
        pattern: "/cases/:case/settings",
        load: () => import("./pages/case-settings.tsx").then((page) => page.CaseSettings),
        permission: "case_read",
    },
    { pattern: "/search", load: () => import("./pages/search.tsx").then((page) => page.Search), permission: "search" },
    {
        pattern: "/series",
        load: () => import("./pages/series.tsx").then((page) => page.SeriesList),
        permission: "case_read",
    },
    {
        pattern: "/series/:series",
        load: () => import("./pages/series.tsx").then((page) => page.SeriesPage),
        permission: "case_read",
    },
    {
        pattern: "/victims",
        load: () => import("./pages/victims.tsx").then((page) => page.Victims),
        permission: "case_read",
    },
    {
        pattern: "/victims/:victim",
        load: () => import("./pages/victims.tsx").then((page) => page.VictimPage),
        permission: "case_read",
    },
    { pattern: "/sets", load: () => import("./pages/sets.tsx").then((page) => page.Sets), permission: "sets_read" },
    {
        pattern: "/sets/:set",
        load: () => import("./pages/sets.tsx").then((page) => page.SetPage),
        permission: "sets_read",
    },
    {
        pattern: "/statistics",
        load: () => import("./pages/statistics.tsx").then((page) => page.Statistics),
        permission: "statistics",
    },
    {
        pattern: "/audit",
        load: () => import("./pages/audit.tsx").then((page) => page.AuditPage),
        permission: "audit_read",
    },
    {
        pattern: "/administration",
        load: () => import("./pages/administration.tsx").then((page) => page.Administration),
        permission: "administer",
    },
    {
        pattern: "/administration/*part",
        load: () => import("./pages/administration.tsx").then((page) => page.Administration),
        permission: "administer",
    },
    { pattern: "/outcomes", load: () => import("./pages/outcomes.tsx").then((page) => page.Outcomes) },
    { pattern: "/account", load: () => import("./pages/account.tsx").then((page) => page.Account) },
    { pattern: "/help", load: () => import("./pages/help.tsx").then((page) => page.Help) },
    { pattern: "/leaving", load: () => import("./pages/leaving.tsx").then((page) => page.Leaving) },
];

export interface NavRow {
    path: string;
    name: string;
    permission?: Permission;
    // Current also on the places below it.
    deep?: boolean;
}

export const mainNav: readonly NavRow[] = [
    { path: "/cases", name: text.common.nav.cases, permission: "case_read", deep: true },
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
