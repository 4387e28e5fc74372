// SPDX-License-Identifier: Apache-2.0
//
// The picture of a media: hidden, and shown by the person's own act. Of known material nothing is
// offered but opening it with a reason, to those who may.
import { useState } from "preact/hooks";
import type { Schemas } from "../../api/client.ts";
import { Reveal } from "../../review/reveal.tsx";
import { may } from "../../session.ts";
import { text } from "../../text.ts";
import { factWords } from "../../ui/media-facts.tsx";
import { Button, Section } from "../../ui/parts.tsx";
import { FullView } from "./full-view.tsx";
import { RegionBoxes, type Region } from "./regions.tsx";
import { previewShape } from "./shape.ts";
import { Strip } from "./strip.tsx";

const words = text.media.picture;

type Media = Schemas["MediaWhole"];

function Main(props: { caseId: number; media: Media; regions: readonly Region[] | null }) {
    const { caseId, media } = props;
    const kinds = new Set(media.previews.map((preview) => preview.kind));
    const shape = previewShape(media);
    const style =
        shape === null
            ? {}
            : { "--frame-width": `${shape.width + 2}px`, "--frame-shape": `${shape.width} / ${shape.height}` };
    const strip = media.previews.filter((preview) => preview.kind === "strip");
    return (
        <>
            <div class="picture-row" style={style}>
                {(kinds.has("512") || kinds.has("192")) && (
                    <div class="picture-main">
                        <Reveal
                            caseId={caseId}
                            mediaId={media.media}
                            kind={kinds.has("512") ? "512" : "192"}
                            label={factWords(media).join(" · ")}
                        >
                            {props.regions !== null && shape !== null && (
                                <RegionBoxes regions={props.regions} shape={shape} label={words.regionsOver} over />
                            )}
                        </Reveal>
                    </div>
                )}
                {kinds.has("thumbnail") && (
                    <div class="stack">
                        <h3>{words.thumbnail}</h3>
                        <Reveal caseId={caseId} mediaId={media.media} kind="thumbnail" label={words.thumbnailHidden} />
                        <p class="muted">{words.thumbnailHint}</p>
                    </div>
                )}
            </div>
            {strip.length > 0 && (
                <div class="stack">
                    <h3>{words.strip}</h3>
                    <Strip caseId={caseId} mediaId={media.media} previews={strip} shape={shape} />
                </div>
            )}
        </>
    );
}

function WhyNot(props: { media: Media }) {
    const { media } = props;
    if (media.kind === "notable") return <p>{may("full_view") ? words.known : words.knownNotYours}</p>;
    if (!may("reveal")) return <p>{words.notYours}</p>;
    return <p>{media.no_preview === null ? words.nonePlain : words.none(media.no_preview)}</p>;
}

export function Picture(props: { caseId: number; media: Media; regions: readonly Region[] | null }) {
    const { media } = props;
    const [opening, setOpening] = useState(false);
    const isKnown = media.kind === "notable";
    const shows = !isKnown && may("reveal") && media.previews.length > 0;
    const opens = may("full_view") && media.places.length > 0;
    return (
        <Section
            title={words.title}
            panel
            {...(opens && {
                actions: (
                    <Button look="small" onClick={() => setOpening(true)}>
                        {isKnown ? words.openKnown : words.open}
                    </Button>
                ),
            })}
        >
            {shows ? <Main caseId={props.caseId} media={media} regions={props.regions} /> : <WhyNot media={media} />}
            {opening && <FullView caseId={props.caseId} media={media} onClose={() => setOpening(false)} />}
        </Section>
    );
}
