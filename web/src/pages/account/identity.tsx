// SPDX-License-Identifier: Apache-2.0
import { usePeople, useUnitName } from "../../names.ts";
import type { Session } from "../../session.ts";
import { text } from "../../text.ts";
import { Facts, Section, word } from "../../ui/parts.tsx";

const words = text.account.identity;

export function Identity(props: { session: Session }) {
    const { session } = props;
    const person = usePeople()?.get(session.account);
    const unitName = useUnitName();
    const allowed = session.permissions
        .map((permission) => text.account.permissions[permission])
        .filter((named) => named !== undefined);
    return (
        <Section title={words.title} panel>
            <Facts
                of={[
                    [words.name, session.name],
                    [words.display, person?.display],
                    [words.unit, session.unit === null ? words.noUnit : unitName(session.unit)],
                    [
                        words.roles,
                        <ul class="role-list">
                            {session.roles.map((role) => (
                                <li key={role}>
                                    <strong>{word("role", role)}</strong>{" "}
                                    <span class="muted">{text.account.roles[role]}</span>
                                </li>
                            ))}
                        </ul>,
                    ],
                    [words.allows, allowed.join(", ")],
                ]}
            />
            <p class="muted">{words.change}</p>
        </Section>
    );
}
