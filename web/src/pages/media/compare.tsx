// SPDX-License-Identifier: Apache-2.0
//
// In which regions this media differs from another one: numbers, boxes on an empty frame, and over the
// picture while that is shown.
import { useState } from "preact/hooks";
import { get, post, type Schemas } from "../../api/client.ts";
import { percent } from "../../format.ts";
import { may } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Choice, Form, TextField } from "../../ui/form.tsx";
import { typeWord } from "../../ui/media-facts.tsx";
import { Button, Facts, Section, word } from "../../ui/parts.tsx";
import { RegionBoxes, type Region } from "./regions.tsx";
import { previewShape, type Shape } from "./shape.ts";

const words = text.media.compare;
const PURPOSE_MOST = 256;
const OTHER = "other";

type Media = Schemas["MediaWhole"];
type Comparison = Schemas["PreviewComparison"];

function Result(props: { of: Comparison; other: number; shape: Shape | null }) {
    const { of, shape } = props;
    if (!of.comparable) return <p role="status">{words.notComparable(of.reason)}</p>;
    return (
        <div class="compare-result" role="status">
            {shape !== null && (
                <RegionBoxes regions={of.regions} shape={shape} label={words.frame(of.regions.length)} />
            )}
            <div class="stack">
                <Facts
                    of={[
                        [words.with, text.facts.media(String(props.other))],
                        [words.share, of.share === null ? null : percent(of.share)],
                        [words.orientation, of.orientation === null ? null : word("orientation", of.orientation)],
                    ]}
                />
                {of.regions.length === 0 ? (
                    <p>{words.noRegions}</p>
                ) : (
                    <ol class="plain-list numbered">
                        {of.regions.map((region, i) => (
                            <li key={i}>
                                {words.region(
                                    percent(region.left),
                                    percent(region.top),
                                    percent(region.right),
                                    percent(region.bottom),
                                )}
                            </li>
                        ))}
                    </ol>
                )}
                <p class="muted">{words.hint}</p>
            </div>
        </div>
    );
}

// Of the same stack, the leader first; without this one.
function useOthers(caseId: number, media: Media): readonly Schemas["StackMedia"][] {
    const { stack } = media;
    const load = useLoad(
        async (signal) =>
            stack === null
                ? []
                : (
                      await get("/api/v1/cases/{case}/stacks/{stack}/media", {
                          path: { case: caseId, stack },
                          query: { limit: 200 },
                          signal,
                      })
                  ).items,
        [caseId, stack],
    );
    return (load.data ?? []).filter((one) => one.media !== media.media);
}

function optionWords(one: Schemas["StackMedia"]): string {
    const likeness = one.distance === null ? text.stacks.isLeader : text.units.bits(one.distance);
    return `${text.facts.media(String(one.media))} · ${typeWord(one)} · ${likeness}`;
}

export function Compare(props: {
    caseId: number;
    media: Media;
    onRegions: (regions: readonly Region[] | null) => void;
}) {
    const { caseId, media } = props;
    const others = useOthers(caseId, media);
    const [choice, setChoice] = useState<string | null>(null);
    const [typed, setTyped] = useState("");
    const [purpose, setPurpose] = useState("");
    const [result, setResult] = useState<{ of: Comparison; other: number } | null>(null);
    const chosen = choice ?? String(others[0]?.media ?? OTHER);
    const other = Number(chosen === OTHER ? typed : chosen);
    const isKnown = media.kind === "notable";
    if (!may("review") || (isKnown && !may("full_view"))) return null;
    const take = (next: typeof result) => {
        setResult(next);
        props.onRegions(next !== null && next.of.comparable ? next.of.regions : null);
    };
    const ask = async () => {
        take(null);
        const of = await post("/api/v1/cases/{case}/media/{media}/comparisons", {
            path: { case: caseId, media: media.media },
            body: { with: other, purpose: purpose.trim() === "" ? null : purpose.trim() },
        });
        take({ of, other });
    };
    return (
        <Section title={words.title} panel>
            <Form
                submit={words.submit}
                onSubmit={ask}
                disabled={
                    !Number.isSafeInteger(other) ||
                    other < 1 ||
                    other === media.media ||
                    (isKnown && purpose.trim() === "")
                }
                end={result !== null && <Button onClick={() => take(null)}>{words.clear}</Button>}
            >
                <div class="form-grid">
                    {others.length > 0 && (
                        <Choice
                            label={words.with}
                            value={chosen}
                            onValue={setChoice}
                            {...(chosen !== OTHER && { at: "/with" })}
                            options={[
                                ...others.map((one) => [String(one.media), optionWords(one)] as const),
                                [OTHER, words.another] as const,
                            ]}
                        />
                    )}
                    {chosen === OTHER && (
                        <TextField
                            label={words.number}
                            at="/with"
                            inputMode="numeric"
                            autocomplete="off"
                            value={typed}
                            onValue={setTyped}
                            error={Number(typed) === media.media ? words.itself : null}
                        />
                    )}
                    {isKnown && (
                        <TextField
                            label={words.purpose}
                            hint={text.common.reasonHint}
                            at="/purpose"
                            value={purpose}
                            onValue={setPurpose}
                            maxLength={PURPOSE_MOST}
                            autocomplete="off"
                        />
                    )}
                </div>
            </Form>
            {result !== null && <Result of={result.of} other={result.other} shape={previewShape(media)} />}
        </Section>
    );
}
