// SPDX-License-Identifier: Apache-2.0
//
// What a media has in common with other places: values in its metadata, its name, its folder.
import { useState } from "preact/hooks";
import { get, type Schemas } from "../../api/client.ts";
import { number } from "../../format.ts";
import { caseNumber, useCases } from "../../names.ts";
import { href } from "../../route.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Await } from "../../ui/load.tsx";
import { Button, Section, word } from "../../ui/parts.tsx";
import { TraitValue } from "../../ui/trait.tsx";

const words = text.media.shared;
const PLACES_FIRST = 6;
const PLACES_MOST = 100; // the server lists at most these of one link

type Link = Schemas["Link"];

type Cases = ReturnType<typeof useCases>;

function Elsewhere(props: { caseId: number; mediaId: number; link: Link; cases: Cases }) {
    const { caseId, link, cases } = props;
    const [all, setAll] = useState(false);
    const places = link.places.filter((place) => place.case !== caseId || place.media !== props.mediaId);
    const shown = all ? places : places.slice(0, PLACES_FIRST);
    return (
        <ul class="place-links">
            {shown.map((place, i) => {
                const within = place.case === caseId ? null : text.common.within(caseNumber(cases, place.case));
                const path =
                    place.media === null ? `/cases/${place.case}` : `/cases/${place.case}/media/${place.media}`;
                const name = place.media === null ? words.inCase : text.facts.media(String(place.media));
                return (
                    <li key={i}>
                        <a href={href(path)}>{within === null ? name : `${within}, ${name}`}</a>
                    </li>
                );
            })}
            {shown.length < places.length && (
                <li>
                    <Button look="small" onClick={() => setAll(true)}>
                        {words.more(places.length - shown.length)}
                    </Button>
                </li>
            )}
        </ul>
    );
}

export function Shared(props: { caseId: number; mediaId: number }) {
    const cases = useCases();
    const load = useLoad(
        (signal) =>
            get("/api/v1/cases/{case}/media/{media}/links", {
                path: { case: props.caseId, media: props.mediaId },
                signal,
            }),
        [props.caseId, props.mediaId],
    );
    return (
        <Section title={words.title} panel>
            <Await load={load}>
                {({ items }) =>
                    items.length === 0 ? (
                        <p class="muted">{words.none}</p>
                    ) : (
                        <ul class="link-list">
                            {items.map((link, i) => (
                                <li key={i} class="stack-tight">
                                    <p class="break">
                                        <span class="muted">{word("trait", link.kind)}</span>{" "}
                                        <TraitValue kind={link.kind} value={link.value} />
                                    </p>
                                    <p class="muted">
                                        {words.uses(text.units.places(link.uses), text.units.cases(link.cases))}
                                        {link.everywhere && `; ${words.everywhere}`}
                                        {link.places.length >= PLACES_MOST &&
                                            `; ${words.first(number(link.places.length))}`}
                                    </p>
                                    <Elsewhere
                                        caseId={props.caseId}
                                        mediaId={props.mediaId}
                                        link={link}
                                        cases={cases}
                                    />
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Await>
        </Section>
    );
}
