// SPDX-License-Identifier: Apache-2.0
//
// Kinds that review does not give to this person.
import { useState } from "preact/hooks";
import { preferences, savePreferences, type Family } from "../../preferences.ts";
import { useStore } from "../../store.ts";
import { text } from "../../text.ts";
import { Check, Form, TextArea } from "../../ui/form.tsx";
import { notify } from "../../ui/notice.tsx";
import { Message, Section } from "../../ui/parts.tsx";
import { keep } from "./save.ts";

const words = text.account.notMine;
const FAMILIES: readonly Family[] = ["picture", "video", "other"];

function tagsOf(written: string): string[] {
    return [
        ...new Set(
            written
                .split(",")
                .map((tag) => tag.trim())
                .filter((tag) => tag !== ""),
        ),
    ];
}

export function NotMineSettings() {
    const notMine = useStore(preferences, (all) => all.notMine);
    const [written, setWritten] = useState<string | null>(null);
    const shown = written ?? notMine.tags.join(", ");
    const choose = (family: Family, isChosen: boolean) => {
        const others = notMine.families.filter((other) => other !== family);
        keep({ notMine: { families: isChosen ? [...others, family] : others } });
    };
    return (
        <Section title={words.title} panel>
            <p class="muted">{words.hint}</p>
            <fieldset class="field">
                <legend class="label">{words.families}</legend>
                {FAMILIES.map((family) => (
                    <Check
                        key={family}
                        label={words.familyNames[family] ?? family}
                        checked={notMine.families.includes(family)}
                        onValue={(isChosen) => choose(family, isChosen)}
                    />
                ))}
            </fieldset>
            {notMine.families.length === FAMILIES.length && (
                <Message calm role="status">
                    {words.all}
                </Message>
            )}
            <Form
                submit={words.save}
                disabled={written === null}
                onSubmit={async () => {
                    await savePreferences({ notMine: { tags: tagsOf(shown) } });
                    setWritten(null);
                    notify(words.saved);
                }}
            >
                <TextArea
                    label={words.tags}
                    hint={words.tagsHint}
                    at="/not_mine/tags"
                    value={shown}
                    onValue={setWritten}
                    maxLength={2000}
                />
            </Form>
        </Section>
    );
}
