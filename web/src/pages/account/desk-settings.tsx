// SPDX-License-Identifier: Apache-2.0
//
// Looks, showing of pictures and breaks. Each change is in force at once.
import { BREAKS, HIDE_AFTER, preferences, type Desk } from "../../preferences.ts";
import { useStore } from "../../store.ts";
import { text } from "../../text.ts";
import { Check, Choice } from "../../ui/form.tsx";
import { Section } from "../../ui/parts.tsx";
import { keep } from "./save.ts";

const words = text.account.desk;

const SECONDS = Array.from({ length: HIDE_AFTER.most - HIDE_AFTER.least + 1 }, (_, i) => HIDE_AFTER.least + i);

export function DeskSettings() {
    const desk = useStore(preferences, (all) => all.desk);
    const set = (part: Partial<Desk>) => keep({ desk: part });
    return (
        <Section title={words.title} panel>
            <p class="muted">{words.private}</p>
            <Choice
                label={words.theme}
                value={desk.theme}
                onValue={(value) => set({ theme: value === "light" || value === "dark" ? value : "system" })}
                options={Object.entries(words.themes)}
            />
            <Choice
                label={words.grid}
                value={desk.grid}
                onValue={(value) => set({ grid: value === "single" ? "single" : "grid" })}
                options={Object.entries(words.grids)}
            />
            <Choice
                label={words.show}
                value={desk.show}
                onValue={(value) => set({ show: value === "hold" ? "hold" : "press" })}
                options={Object.entries(words.shows)}
            />
            {desk.show === "press" && (
                <Choice
                    label={words.hideAfter}
                    value={String(desk.hideAfter)}
                    onValue={(value) => set({ hideAfter: Number(value) })}
                    options={SECONDS.map((count) => [String(count), text.units.seconds(count)])}
                />
            )}
            <div>
                <Check label={words.grey} checked={desk.grey} onValue={(grey) => set({ grey })} />
                <p class="muted setting-hint">{words.greyHint}</p>
            </div>
            <div>
                <Check label={words.hover} checked={desk.hover} onValue={(hover) => set({ hover })} />
                <p class="muted setting-hint">{words.hoverHint}</p>
            </div>
            <Choice
                label={words.breaks}
                value={String(desk.breakMinutes)}
                onValue={(value) => set({ breakMinutes: Number(value) })}
                options={BREAKS.map((count) => {
                    const named = count === 0 ? words.noBreaks : text.units.minutes(count);
                    return [String(count), named];
                })}
            />
        </Section>
    );
}
