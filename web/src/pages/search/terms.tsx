// SPDX-License-Identifier: Apache-2.0
//
// The form for words and values; it shows just the fields of the chosen kind.
import type { Schemas } from "../../api/client.ts";
import { text } from "../../text.ts";
import { Choice, Form, TextField } from "../../ui/form.tsx";
import { Section, word } from "../../ui/parts.tsx";
import { FINDINGS, IDENTIFIERS, IN_ONE_CASE, isWhole, KINDS, TRAITS, traitOf, UNKEPT, type Fields } from "./query.ts";

const words = text.search;

type Change = (part: Partial<Fields>) => void;
interface FieldsProps {
    fields: Fields;
    onChange: Change;
}

// Terms are never offered again by the browser.
const typed = { autocomplete: "off", autocapitalize: "none", spellcheck: false, at: "/term", maxLength: 256 } as const;

const LABELS: Partial<Record<Fields["kind"], readonly [string, string?]>> = {
    digest: [words.digest, words.digestHint],
    pdq: [words.pdq, words.pdqHint],
    prefix: [words.prefix],
    name_part: [words.namePart],
    note: [words.note, words.noteHint],
};

function Term({ fields, onChange }: FieldsProps) {
    const trait = traitOf(fields);
    const [label, hint] = LABELS[fields.kind] ?? [
        words.value,
        fields.kind === "identifier" ? text.identifiers.valueHint[trait] : words.traitHint[trait],
    ];
    const unkept = UNKEPT.includes(fields.kind) ? words.notKept : "";
    const said = [hint, unkept].filter(Boolean).join(" ");
    return (
        <TextField
            {...typed}
            label={label}
            value={fields.term}
            onValue={(term) => onChange({ term })}
            {...(said !== "" && { hint: said })}
        />
    );
}

function TraitFields({ fields, onChange }: FieldsProps) {
    const isIdentifier = fields.kind === "identifier";
    return (
        <>
            <Choice
                label={isIdentifier ? words.identifierKind : words.trait}
                value={traitOf(fields)}
                at="/trait"
                onValue={(trait) => onChange({ trait })}
                options={(isIdentifier ? IDENTIFIERS : TRAITS).map((one) => [one, word("trait", one)] as const)}
            />
            <Term fields={fields} onChange={onChange} />
        </>
    );
}

function PlaceFields({ fields, onChange }: FieldsProps) {
    return (
        <>
            <TextField
                label={words.latitude}
                hint={words.degreesHint}
                value={fields.latitude}
                inputMode="decimal"
                autocomplete="off"
                at="/latitude"
                onValue={(latitude) => onChange({ latitude })}
            />
            <TextField
                label={words.longitude}
                hint={words.degreesHint}
                value={fields.longitude}
                inputMode="decimal"
                autocomplete="off"
                at="/longitude"
                onValue={(longitude) => onChange({ longitude })}
            />
            <TextField
                label={words.reach}
                hint={words.reachHint}
                value={fields.reach}
                type="number"
                min={0}
                max={10}
                at="/reach"
                onValue={(reach) => onChange({ reach })}
            />
        </>
    );
}

function DateFields({ fields, onChange }: FieldsProps) {
    return (
        <>
            <TextField
                label={words.from}
                hint={words.dayHint}
                type="datetime-local"
                value={fields.from}
                at="/from"
                onValue={(from) => onChange({ from })}
            />
            <TextField
                label={words.to}
                hint={words.dayHint}
                type="datetime-local"
                value={fields.to}
                at="/to"
                onValue={(to) => onChange({ to })}
            />
        </>
    );
}

function OwnFields(props: FieldsProps) {
    const { fields, onChange } = props;
    switch (fields.kind) {
        case "dates":
            return <DateFields {...props} />;
        case "place":
            return <PlaceFields {...props} />;
        case "trait":
        case "identifier":
            return <TraitFields {...props} />;
        case "finding":
            return (
                <Choice
                    label={words.finding}
                    value={fields.term === "" ? FINDINGS[0] : fields.term}
                    at="/term"
                    onValue={(term) => onChange({ term })}
                    options={FINDINGS.map((one) => [one, word("finding", one)] as const)}
                />
            );
        case "pdq":
            return (
                <>
                    <Term {...props} />
                    <TextField
                        label={words.distance}
                        hint={words.distanceHint}
                        type="number"
                        min={0}
                        max={64}
                        at="/distance"
                        value={fields.distance}
                        onValue={(distance) => onChange({ distance })}
                    />
                </>
            );
        default:
            return <Term {...props} />;
    }
}

export function CaseChoice(props: {
    value: string;
    cases: readonly Schemas["Case"][] | null;
    needed?: boolean;
    onValue: (value: string) => void;
}) {
    const first = props.needed === true ? words.chooseCase : words.allCases;
    return (
        <Choice
            label={words.where}
            value={props.value}
            onValue={props.onValue}
            at="/case"
            {...(props.needed === true && { hint: words.needsCase })}
            options={[
                ["", first],
                ...(props.cases ?? []).map((one) => [String(one.id), `${one.number} ${one.title}`] as const),
            ]}
        />
    );
}

export function Terms(
    props: FieldsProps & {
        cases: readonly Schemas["Case"][] | null;
        onSearch: () => void;
    },
) {
    const { fields, onChange } = props;
    return (
        <Section title={words.terms} panel>
            <Form submit={words.submit} disabled={!isWhole(fields)} onSubmit={async () => props.onSearch()}>
                <div class="form-grid">
                    <Choice
                        label={words.kind}
                        value={fields.kind}
                        // A term of one kind is none of another, and must not get into the address with it.
                        onValue={(chosen) => {
                            const kind = KINDS.find((one) => one === chosen) ?? "digest";
                            onChange({ kind, term: "", trait: "" });
                        }}
                        options={KINDS.map((kind) => [kind, words.kinds[kind]] as const)}
                    />
                    <CaseChoice
                        value={fields.case}
                        cases={props.cases}
                        onValue={(value) => onChange({ case: value })}
                        needed={IN_ONE_CASE.includes(fields.kind)}
                    />
                </div>
                <div class="form-grid">
                    <OwnFields fields={fields} onChange={onChange} />
                </div>
            </Form>
        </Section>
    );
}
