// SPDX-License-Identifier: Apache-2.0
import type { PageProps } from "../routes.ts";
import { Empty, Page } from "../ui/parts.tsx";

export function MediaGrid(_props: PageProps) {
    return <Page title="MediaGrid"><Empty /></Page>;
}
