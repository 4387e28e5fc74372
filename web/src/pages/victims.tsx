// SPDX-License-Identifier: Apache-2.0
import type { PageProps } from "../routes.ts";
import { Empty, Page } from "../ui/parts.tsx";

export function VictimPage(_props: PageProps) {
    return <Page title="VictimPage"><Empty /></Page>;
}

export function Victims(_props: PageProps) {
    return <Page title="Victims"><Empty /></Page>;
}
