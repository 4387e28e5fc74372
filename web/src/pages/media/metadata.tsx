// SPDX-License-Identifier: Apache-2.0
//
// What decoding showed of a media, in groups; members that the desk does not know are shown as they are.
import type { ComponentChildren } from "preact";
import type { Schemas } from "../../api/client.ts";
import { clock, number } from "../../format.ts";
import { text } from "../../text.ts";
import { Facts, Section } from "../../ui/parts.tsx";
import { CopyButton } from "../../ui/shown-once.tsx";
import { isKnown, leaves, memberAt, numberOf, type Known } from "./known.ts";
import { Moment } from "./moment.tsx";

const words = text.media.metadata;

type Group = keyof typeof words.groups;
type Show = (value: unknown, facts: Known) => ComponentChildren;

const plain: Show = (value) => (typeof value === "number" ? number(value) : String(value));
const moment: Show = (value) => <Moment at={String(value)} />;
const code: Show = (value) => <code class="break">{String(value)}</code>;
const truth: Show = (value) => (value === true ? text.common.yes : text.common.no);
const sides: Show = (value) =>
    isKnown(value)
        ? words.sides(
              ...((["left", "top", "right", "bottom"] as const).map((side) => number(numberOf(value[side]) ?? 0)) as [
                  string,
                  string,
                  string,
                  string,
              ]),
          )
        : String(value);

function Coordinates(props: { of: Known }) {
    const latitude = numberOf(props.of["latitude"]);
    const longitude = numberOf(props.of["longitude"]);
    if (latitude === null || longitude === null) return <>{JSON.stringify(props.of)}</>;
    const written = `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`;
    return (
        <span class="row">
            <span class="mono">{written}</span>
            <CopyButton look="small" value={written} of={words.coordinates} />
        </span>
    );
}

const place: Show = (value) => (isKnown(value) ? <Coordinates of={value} /> : String(value));

// By path; in the order in which they are shown. A member below one that is here is not shown again
// unless it is here as well.
const members: readonly (readonly [path: string, group: Group, show: Show])[] = [
    ["exif.make", "camera", plain],
    ["exif.model", "camera", plain],
    ["exif.body_serial", "camera", code],
    ["exif.lens_model", "camera", plain],
    ["exif.lens_serial", "camera", code],
    ["video.make", "camera", plain],
    ["video.model", "camera", plain],
    ["exif.software", "software", plain],
    ["video.software", "software", plain],
    ["jpeg_tables", "software", code],
    ["exif.taken", "times", moment],
    ["exif.digitized", "times", moment],
    ["exif.modified", "times", moment],
    ["exif.gps.time", "times", moment],
    ["video.created", "times", moment],
    ["exif.gps", "place", place],
    ["exif.gps.altitude_metres", "place", (value) => words.metres(plain(value, {}) as string)],
    ["video.location", "place", place],
    ["width", "picture", plain],
    ["height", "picture", plain],
    ["frames", "picture", plain],
    ["exif.orientation", "picture", (value) => words.orientations[String(value)] ?? String(value)],
    ["trimmed", "picture", sides],
    ["video.container", "video", plain],
    ["video.codec", "video", plain],
    ["video.width", "video", plain],
    ["video.height", "video", plain],
    ["video.duration_seconds", "video", (value) => clock(Math.round((numberOf(value) ?? 0) * 1000))],
    [
        "video.frame_rate",
        "video",
        (value) => (value === 0 ? text.common.notSaid : words.rate(plain(value, {}) as string)),
    ],
    ["video.rotation", "video", (value) => words.degrees(String(value))],
    ["video.trimmed_pixels", "video", sides],
    ["video.other_streams", "video", plain],
    ["video.pipeline", "looked", code],
    ["video.sampling", "looked", (value) => words.samplings[String(value)] ?? String(value)],
    ["video.per_second", "looked", plain],
    ["video.frames_seen", "looked", plain],
    ["video.frames_hashed", "looked", plain],
    ["video.seconds_seen", "looked", (value) => clock(Math.round((numberOf(value) ?? 0) * 1000))],
    ["video.damaged", "looked", plain],
    ["video.truncated", "looked", truth],
    ["thumbnail.width", "thumbnail", plain],
    ["thumbnail.height", "thumbnail", plain],
    ["thumbnail.jpeg_tables", "thumbnail", code],
];

// Members of objects that show themselves as one value.
const PARTS_OF_VALUES =
    /^((exif\.gps|video\.location)\.l(at|ong)itude|(trimmed|video\.trimmed_pixels)\.(left|top|right|bottom))$/;

// Every leaf that no row above shows.
function others(facts: Known): (readonly [string, string])[] {
    const shown = new Set(members.map(([path]) => path));
    return leaves(facts)
        .filter(([path]) => !shown.has(path) && !PARTS_OF_VALUES.test(path))
        .map(
            ([path, value]) =>
                [
                    path.replaceAll(".", " › ").replaceAll("_", " "),
                    typeof value === "object" ? JSON.stringify(value) : String(value),
                ] as const,
        );
}

function groupsOf(facts: Known): { group: Group; rows: (readonly [string, ComponentChildren])[] }[] {
    const groups = new Map<Group, (readonly [string, ComponentChildren])[]>();
    for (const [path, group, show] of members) {
        const value = memberAt(facts, path);
        if (value === undefined || value === null) continue;
        groups.set(group, [...(groups.get(group) ?? []), [words.members[path] ?? path, show(value, facts)]]);
    }
    const rest = others(facts);
    if (rest.length > 0) groups.set("other", rest);
    return [...groups].map(([group, rows]) => ({ group, rows }));
}

export function Metadata(props: { facts: Schemas["Known"] }) {
    const groups = props.facts === null ? [] : groupsOf(props.facts);
    return (
        <Section title={words.title}>
            {groups.length === 0 ? (
                <p class="muted">{words.none}</p>
            ) : (
                <div class="fact-groups">
                    {groups.map(({ group, rows }) => (
                        <div class="panel stack" key={group}>
                            <h3>{words.groups[group]}</h3>
                            <Facts of={rows} />
                        </div>
                    ))}
                </div>
            )}
        </Section>
    );
}

export function DigestList(props: { of: Schemas["MediaWhole"]["digests"] }) {
    return (
        <Section title={words.digests}>
            <dl class="facts panel digests">
                {(["sha256", "sha1", "md5"] as const).map((name) => (
                    <>
                        <dt key={`${name} name`}>{text.media.matches.digests[name] ?? name}</dt>
                        <dd key={`${name} value`}>
                            <code class="break">{props.of[name]}</code>
                            <CopyButton
                                look="small"
                                value={props.of[name]}
                                of={text.media.matches.digests[name] ?? name}
                            />
                        </dd>
                    </>
                ))}
            </dl>
        </Section>
    );
}
