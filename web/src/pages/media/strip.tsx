// SPDX-License-Identifier: Apache-2.0
//
// A video as a few of its frames: hidden, shown together by one press, and hidden again together.
import type { Schemas } from "../../api/client.ts";
import { clock } from "../../format.ts";
import { preferences } from "../../preferences.ts";
import { ShownPicture } from "../../review/reveal.tsx";
import { hide, nameOf, show, showing, type Wanted } from "../../review/showing.ts";
import { useStore } from "../../store.ts";
import { text } from "../../text.ts";
import { Button, classes } from "../../ui/parts.tsx";
import type { Shape } from "./shape.ts";

const words = text.media.picture;

type Preview = Schemas["MediaWhole"]["previews"][number];

export function Strip(props: { caseId: number; mediaId: number; previews: readonly Preview[]; shape: Shape | null }) {
    const { shape } = props;
    const frames = [...props.previews].sort((a, b) => a.ordinal - b.ordinal);
    const wanted = frames.map((frame): Wanted => ({
        caseId: props.caseId,
        mediaId: props.mediaId,
        kind: "strip",
        ordinal: frame.ordinal,
    }));
    const names = wanted.map(nameOf);
    const isOpen = useStore(showing, (all) => names.some((name) => all.has(name)));
    const byHolding = useStore(preferences, (all) => all.desk.show === "hold");
    const showAll = (held: boolean) => wanted.forEach((one) => void show(one, held));
    const hideAll = () => names.forEach(hide);
    const holding = byHolding
        ? { onPointerDown: () => showAll(true), onPointerUp: hideAll, onPointerLeave: hideAll }
        : {};
    return (
        <div
            class="film"
            role="group"
            aria-label={words.strip}
            onKeyDown={(event) => {
                if (event.key !== "Escape" || !isOpen) return;
                event.stopPropagation();
                hideAll();
            }}
        >
            <ol
                class={classes("film-frames", shape !== null && shape.height > shape.width && "upright")}
                style={shape === null ? {} : { "--frame-shape": `${shape.width} / ${shape.height}` }}
            >
                {wanted.map((one, i) => {
                    const at = frames[i]?.milliseconds ?? null;
                    const name = at === null ? words.frame(i + 1) : clock(at);
                    return (
                        <li key={one.ordinal}>
                            <div class="film-frame">
                                <ShownPicture wanted={one} label={words.frameAt(name)} />
                            </div>
                            <span class="muted">{name}</span>
                        </li>
                    );
                })}
            </ol>
            <Button
                look="small"
                aria-pressed={isOpen}
                {...holding}
                onClick={(event) => {
                    if (byHolding && event.detail !== 0) return;
                    if (isOpen) hideAll();
                    else showAll(false);
                }}
            >
                {isOpen ? words.hideStrip : words.showStrip}
            </Button>
        </div>
    );
}
