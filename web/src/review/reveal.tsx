// SPDX-License-Identifier: Apache-2.0
//
// A picture that is hidden until somebody asks for it.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { preferences } from "../preferences.ts";
import { useStore } from "../store.ts";
import { text } from "../text.ts";
import { sentence } from "../ui/failure.tsx";
import { Button, classes } from "../ui/parts.tsx";
import { hide, nameOf, show, showing, type Shown, type Wanted } from "./showing.ts";

function Picture(props: { bitmap: ImageBitmap; label: string; grey: boolean }) {
    const canvas = useRef<HTMLCanvasElement>(null);
    useLayoutEffect(() => {
        const element = canvas.current;
        if (element === null) return;
        element.width = props.bitmap.width;
        element.height = props.bitmap.height;
        element.getContext("2d")?.drawImage(props.bitmap, 0, 0);
        return () => {
            element.width = 0; // the pixels go with the element, now and not when memory is collected
        };
    }, [props.bitmap]);
    return (
        <canvas
            ref={canvas}
            class={classes("reveal-picture", props.grey && "grey")}
            role="img"
            aria-label={props.label}
        />
    );
}

export function useShown(name: string): Shown | null {
    return useStore(showing, (all) => all.get(name) ?? null);
}

// The picture while it is shown, or what went wrong, or nothing; it goes with the component.
export function ShownPicture(props: { wanted: Wanted; label: string }) {
    const name = nameOf(props.wanted);
    const shown = useShown(name);
    const grey = useStore(preferences, (all) => all.desk.grey);
    useEffect(() => () => hide(name), [name]);
    if (shown === null) return null;
    if (shown.state === "asked")
        return (
            <span class="reveal-note" role="status">
                {text.common.loading}
            </span>
        );
    if (shown.state === "failed")
        return (
            <span class="reveal-note" role="alert">
                {sentence(shown.error)}
            </span>
        );
    return <Picture bitmap={shown.bitmap} label={props.label} grey={grey} />;
}

// A frame with a button: one press shows, by choice only while held, and it hides again by itself, on
// Escape, and with the window.
export function Reveal(props: {
    caseId: number;
    mediaId: number;
    kind: Wanted["kind"];
    ordinal?: number;
    purpose?: string | null;
    // What is said in place of the picture, and of it.
    label: string;
    children?: ComponentChildren;
}) {
    const wanted: Wanted = {
        caseId: props.caseId,
        mediaId: props.mediaId,
        kind: props.kind,
        ordinal: props.ordinal ?? 0,
        purpose: props.purpose ?? null,
    };
    const name = nameOf(wanted);
    const isOpen = useShown(name) !== null;
    const byHolding = useStore(preferences, (all) => all.desk.show === "hold");
    const press = () => (isOpen ? hide(name) : void show(wanted));
    const holding = byHolding
        ? {
              onPointerDown: () => void show(wanted, true),
              onPointerUp: () => hide(name),
              onPointerLeave: () => hide(name),
          }
        : {};
    return (
        <div
            class={classes("reveal", `reveal-${props.kind}`)}
            onKeyDown={(event) => {
                if (event.key === "Escape" && isOpen) {
                    event.stopPropagation();
                    hide(name);
                }
            }}
        >
            <div class="reveal-frame">
                <ShownPicture wanted={wanted} label={props.label} />
                {!isOpen && <span class="reveal-note">{props.label}</span>}
                {isOpen && props.children}
            </div>
            <Button
                look="small"
                aria-pressed={isOpen}
                {...holding}
                onClick={(event) => {
                    // A held pointer has shown it already; a key press has no pointer (detail 0).
                    if (!byHolding || event.detail === 0) press();
                }}
            >
                {isOpen ? text.review.hide : text.review.show}
            </Button>
        </div>
    );
}
