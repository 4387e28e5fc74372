// SPDX-License-Identifier: Apache-2.0
import type { PageProps } from "../routes.ts";
import { Empty, Page } from "../ui/parts.tsx";

export function SetPage(_props: PageProps) {
    return <Page title="SetPage"><Empty /></Page>;
}

export function Sets(_props: PageProps) {
    return <Page title="Sets"><Empty /></Page>;
}
