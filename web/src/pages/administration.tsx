// SPDX-License-Identifier: Apache-2.0
//
// Units, accounts, tokens and general rules of retention: one part at a time.
import type { ComponentType } from "preact";
import { href } from "../route.ts";
import type { PageProps } from "../routes.ts";
import { text } from "../text.ts";
import { Page } from "../ui/parts.tsx";
import { Accounts } from "./administration/accounts.tsx";
import { Retention } from "./administration/retention.tsx";
import { TokensOfAll } from "./administration/tokens.tsx";
import { Units } from "./administration/units.tsx";

const words = text.administration;

const parts: readonly { id: keyof typeof words.tabs; content: ComponentType }[] = [
    { id: "units", content: Units },
    { id: "accounts", content: Accounts },
    { id: "tokens", content: TokensOfAll },
    { id: "retention", content: Retention },
];

export function Administration(props: PageProps) {
    const part = parts.find(({ id }) => id === props.parts["part"]) ?? parts[0];
    if (part === undefined) return null;
    const Content = part.content;
    return (
        <Page title={`${words.title}: ${words.tabs[part.id]}`}>
            <nav aria-label={words.parts} class="administration-parts">
                <ul class="tabs">
                    {parts.map(({ id }) => (
                        <li key={id}>
                            <a href={href(`/administration/${id}`)} aria-current={id === part.id ? "page" : undefined}>
                                {words.tabs[id]}
                            </a>
                        </li>
                    ))}
                </ul>
            </nav>
            <Content />
        </Page>
    );
}
