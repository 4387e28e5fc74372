// SPDX-License-Identifier: Apache-2.0
import type { PageProps } from "../routes.ts";
import { Empty, Page } from "../ui/parts.tsx";

export function StackPage(_props: PageProps) {
    return <Page title="StackPage"><Empty /></Page>;
}

export function Stacks(_props: PageProps) {
    return <Page title="Stacks"><Empty /></Page>;
}
