// SPDX-License-Identifier: Apache-2.0
//
// Everything about one media in a case. Facts first; its picture stays hidden until it is asked for.
import { useState } from "preact/hooks";
import { get, type Schemas } from "../api/client.ts";
import { number, size } from "../format.ts";
import { href } from "../route.ts";
import type { PageProps } from "../routes.ts";
import { may } from "../session.ts";
import { useLoad } from "../store.ts";
import { text } from "../text.ts";
import { Await } from "../ui/load.tsx";
import { extent, typeWord } from "../ui/media-facts.tsx";
import { Chip, Facts, LinkButton, Page, Section, Time, word } from "../ui/parts.tsx";
import { Compare } from "./media/compare.tsx";
import { Enquiry } from "./media/enquiry.tsx";
import { IdentifiersOf, SeriesOf, VictimsOf } from "./media/groups.tsx";
import { Matches } from "./media/matches.tsx";
import { DigestList, Metadata } from "./media/metadata.tsx";
import { Notes } from "./media/notes.tsx";
import { Picture } from "./media/picture.tsx";
import { findingWords, Places } from "./media/places.tsx";
import type { Region } from "./media/regions.tsx";
import { categoryName, useScheme } from "./media/scheme.ts";
import { Shared } from "./media/shared.tsx";
import { Votes } from "./media/votes.tsx";

const words = text.media;

type Media = Schemas["MediaWhole"];

function mediaHref(caseId: number, media: number): string {
    return href(`/cases/${caseId}/media/${media}`);
}

// The media before and after it in its stack.
function Neighbours(props: { caseId: number; media: Media & { stack: number } }) {
    const { caseId, media } = props;
    const load = useLoad(
        (signal) =>
            get("/api/v1/cases/{case}/media/order", { path: { case: caseId }, query: { stack: media.stack }, signal }),
        [caseId, media.stack],
    );
    const ids = load.data?.ids ?? [];
    const at = ids.indexOf(media.media);
    const before = ids[at - 1];
    const after = ids[at + 1];
    if (at < 0 || ids.length < 2) return null;
    return (
        <>
            <span class="muted place-in-stack">{words.placeInStack(number(at + 1), number(ids.length))}</span>
            {before !== undefined && <LinkButton href={mediaHref(caseId, before)}>{words.previous}</LinkButton>}
            {after !== undefined && <LinkButton href={mediaHref(caseId, after)}>{words.next}</LinkButton>}
        </>
    );
}

function Actions(props: { caseId: number; media: Media }) {
    const { caseId, media } = props;
    const { stack } = media;
    if (stack === null) return null;
    return (
        <>
            <Neighbours caseId={caseId} media={{ ...media, stack }} />
            {may("review") && media.kind === "new" && (
                <LinkButton href={href(`/cases/${caseId}/review`, { stack })} look="primary">
                    {text.stacks.reviewThis}
                </LinkButton>
            )}
        </>
    );
}

function likenessWords(of: NonNullable<Media["likeness"]>): string {
    const distance = words.fromLeader(text.units.bits(of.distance));
    return of.orientation === "original" ? distance : `${distance}, ${word("orientation", of.orientation)}`;
}

function StackFact(props: { caseId: number; media: Media & { stack: number } }) {
    const { media } = props;
    return (
        <>
            <a href={href(`/cases/${props.caseId}/stacks/${media.stack}`)}>{text.stacks.stack(String(media.stack))}</a>
            {`, ${text.units.media(media.stack_media)}`}
            {media.stack_media > 1 && `; ${media.likeness === null ? words.leads : likenessWords(media.likeness)}`}
        </>
    );
}

function About(props: { caseId: number; media: Media }) {
    const { caseId, media } = props;
    const scheme = useScheme(caseId);
    const { stack } = media;
    return (
        <Section title={words.about} panel>
            <Facts
                of={[
                    [words.type, `${typeWord(media)} (${media.media_type})`],
                    [words.size, `${size(media.size_bytes)} (${words.bytes(number(media.size_bytes))})`],
                    [media.family === "video" ? words.length : words.pixels, extent(media)],
                    [words.kind, word("kind", media.kind)],
                    [words.decision, media.kind !== "new" ? null : word("state", media.decision ?? "open")],
                    [words.category, media.category === null ? null : categoryName(scheme.data, media.category)],
                    [
                        words.stack,
                        stack === null ? words.noStack : <StackFact caseId={caseId} media={{ ...media, stack }} />,
                    ],
                    [
                        words.status,
                        [word("status", media.status), media.reason].filter((part) => part !== null).join(": "),
                    ],
                    [
                        words.findings,
                        media.findings.length === 0 ? null : (
                            <ul class="plain-list">
                                {media.findings.map((finding) => (
                                    <li key={finding.type}>{findingWords(finding)}</li>
                                ))}
                            </ul>
                        ),
                    ],
                    [
                        words.tags,
                        media.tags.length === 0 ? null : (
                            <span class="chips">
                                {media.tags.map((tag) => (
                                    <Chip key={tag}>{tag}</Chip>
                                ))}
                            </span>
                        ),
                    ],
                    [words.added, <Time at={media.added} />],
                ]}
            />
        </Section>
    );
}

function Content(props: { caseId: number; media: Media; onChange: () => void }) {
    const { caseId, media } = props;
    const [regions, setRegions] = useState<readonly Region[] | null>(null);
    const of = { caseId, mediaId: media.media };
    return (
        <div class="media-page">
            <div class="media-first">
                <About caseId={caseId} media={media} />
                <Picture caseId={caseId} media={media} regions={regions} />
                <Matches media={media} />
            </div>
            <div class="media-side">
                <Votes caseId={caseId} media={media} onChange={props.onChange} />
                <Notes caseId={caseId} of={{ media: media.media }} onChange={props.onChange} />
                <SeriesOf {...of} />
                <VictimsOf {...of} />
                <Enquiry {...of} />
                <Shared {...of} />
                <IdentifiersOf {...of} />
            </div>
            <div class="media-rest">
                <Compare caseId={caseId} media={media} onRegions={setRegions} />
                <Places caseId={caseId} media={media} />
                <Metadata facts={media.facts} />
                <DigestList of={media.digests} />
            </div>
        </div>
    );
}

export function MediaDetail({ ids }: PageProps) {
    const caseId = ids["case"] ?? 0;
    const mediaId = ids["media"] ?? 0;
    const load = useLoad(
        (signal) => get("/api/v1/cases/{case}/media/{media}", { path: { case: caseId, media: mediaId }, signal }),
        [caseId, mediaId],
    );
    return (
        <Page
            title={text.facts.media(String(mediaId))}
            {...(load.data !== null && { actions: <Actions caseId={caseId} media={load.data} /> })}
        >
            <Await load={load}>{(media) => <Content caseId={caseId} media={media} onChange={load.reload} />}</Await>
        </Page>
    );
}
