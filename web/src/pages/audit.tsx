// SPDX-License-Identifier: Apache-2.0
import type { PageProps } from "../routes.ts";
import { Empty, Page } from "../ui/parts.tsx";

export function AuditPage(_props: PageProps) {
    return <Page title="AuditPage"><Empty /></Page>;
}

export function CaseRecord(_props: PageProps) {
    return <Page title="CaseRecord"><Empty /></Page>;
}
