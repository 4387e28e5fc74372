// SPDX-License-Identifier: Apache-2.0
import { text } from "../../text.ts";
import { Time } from "../../ui/parts.tsx";

const WITH_ZONE = /(Z|[+-]\d\d:?\d\d)$/;
const EXIF = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d(:\d\d)?)$/;

// A time as evidence gives it: with its zone where there is one, else as written and said to lack it.
export function Moment(props: { at: string }) {
    if (WITH_ZONE.test(props.at) && !Number.isNaN(Date.parse(props.at))) return <Time at={props.at} />;
    const written = props.at.replace(EXIF, "$1-$2-$3 $4").replace("T", " ");
    return <span>{text.media.noZone(written)}</span>;
}
