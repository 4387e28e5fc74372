// SPDX-License-Identifier: Apache-2.0
//
// How the work goes, what words mean, what is kept of whom; and every key as it lies now.
import { preferences } from "../preferences.ts";
import { codeOf, keyActions, type KeyAction, type KeyGroup, type Moved } from "../review/keymap.ts";
import { actionName, keyName, useLayout, type Layout } from "../review/keynames.ts";
import { href } from "../route.ts";
import type { PageProps } from "../routes.ts";
import { useStore } from "../store.ts";
import { text } from "../text.ts";
import { Page, Section } from "../ui/parts.tsx";
import { Table, type Column } from "../ui/table.tsx";

const words = text.help;
const GROUPS: readonly KeyGroup[] = ["decide", "see", "work", "move"];

function Keys(props: { action: KeyAction; moved: Moved; layout: Layout | null }) {
    const { action, moved, layout } = props;
    if (action.shown !== undefined) return <kbd>{words[action.shown]}</kbd>;
    const codes = [codeOf(action, moved), ...(action.also ?? [])];
    return (
        <span class="help-keys">
            {codes.map((code) => (
                <kbd key={code}>{keyName(code, layout)}</kbd>
            ))}
        </span>
    );
}

export function KeyTable(props: { group: KeyGroup }) {
    const moved = useStore(preferences, (all) => all.desk.keys);
    const layout = useLayout();
    const columns: readonly Column<KeyAction>[] = [
        { name: words.keysColumns.key, cell: (action) => <Keys action={action} moved={moved} layout={layout} /> },
        { name: words.keysColumns.action, cell: (action) => actionName(action), heads: true },
    ];
    return (
        <div class="help-group">
            <h3>{words.groups[props.group]}</h3>
            <Table
                caption={`${words.keysTable}: ${words.groups[props.group]}`}
                columns={columns}
                rows={keyActions.filter((action) => action.group === props.group)}
                rowKey={(action) => action.id}
            />
        </div>
    );
}

export function Help(_props: PageProps) {
    return (
        <Page title={words.title}>
            <div class="columns help-texts">
                {words.sections.map((section) => (
                    <Section key={section.id} title={section.title} panel>
                        {section.paragraphs.map((paragraph) => (
                            <p key={paragraph}>{paragraph}</p>
                        ))}
                    </Section>
                ))}
            </div>
            <Section title={words.keysTitle}>
                <p>
                    {words.keysHint} <a href={href("/account")}>{words.keysLink}</a>.
                </p>
                <div class="columns">
                    {GROUPS.map((group) => (
                        <KeyTable key={group} group={group} />
                    ))}
                </div>
                <p class="muted">{words.everywhere}</p>
            </Section>
        </Page>
    );
}
