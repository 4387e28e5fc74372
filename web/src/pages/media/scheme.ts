// SPDX-License-Identifier: Apache-2.0
//
// The words of a case's scheme for its codes.
import type { Schemas } from "../../api/client.ts";
import { useCase } from "../../case.ts";
import { scheme } from "../../names.ts";
import { useLoad, type Load } from "../../store.ts";
import { text } from "../../text.ts";

export type CaseScheme = Schemas["SchemeWithCodes"];

export function useScheme(caseId: number): Load<CaseScheme | null> {
    const id = useCase(caseId).data?.scheme;
    return useLoad(async () => (id === undefined ? null : scheme(id)), [id]);
}

// "1 · Category 1"; the code alone where its words are not public.
export function categoryName(of: CaseScheme | null, code: string | null): string {
    if (code === null) return text.common.none;
    const label = of?.codes.find((one) => one.code === code)?.label;
    return label === undefined || label === code ? code : `${code} · ${label}`;
}
