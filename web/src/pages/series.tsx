// SPDX-License-Identifier: Apache-2.0
import type { PageProps } from "../routes.ts";
import { Empty, Page } from "../ui/parts.tsx";

export function SeriesList(_props: PageProps) {
    return <Page title="SeriesList"><Empty /></Page>;
}

export function SeriesPage(_props: PageProps) {
    return <Page title="SeriesPage"><Empty /></Page>;
}
