// SPDX-License-Identifier: Apache-2.0
//
// plural("en", { one: "stack", other: "stacks" })(3) -> "3 stacks", the number grouped.

export function plural(locale: string, forms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }) {
    const rules = new Intl.PluralRules(locale);
    const numbers = new Intl.NumberFormat(locale);
    return (count: number): string => `${numbers.format(count)} ${forms[rules.select(count)] ?? forms.other}`;
}
