// SPDX-License-Identifier: Apache-2.0
//
// The evidence itself, drawn by the server's confined worker as the person asks for it. Every showing
// is on record with its purpose. It is drawn and dropped: leaving the window, Escape, or a minute.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { raw, type Schemas } from "../../api/client.ts";
import { clock } from "../../format.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Check, Choice, Form, TextField } from "../../ui/form.tsx";
import { Button } from "../../ui/parts.tsx";

const words = text.media.fullView;
const SHOWN_MS = 60_000;
const PURPOSE_MOST = 256;
const TURNS = ["0", "1", "2", "3"] as const;

type Media = Schemas["MediaWhole"];

// As typed; an empty field is left to the server.
const untouched = {
    left: "",
    top: "",
    right: "",
    bottom: "",
    turns: "0",
    grey: false,
    contrast: "",
    brightness: "",
    gamma: "",
    seconds: "",
};
type Wish = typeof untouched;

function numberOr(value: string, scale = 1): number | null {
    return value.trim() === "" ? null : Number(value) * scale;
}

// The picture that is shown now. Whatever ends it also drops its pixels.
function useBitmap(): { bitmap: ImageBitmap | null; show: (bitmap: ImageBitmap) => void; hide: () => void } {
    const [bitmap, setBitmap] = useState<ImageBitmap | null>(null);
    const current = useRef<ImageBitmap | null>(null);
    const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
    const hide = () => {
        clearTimeout(timer.current);
        current.current?.close();
        current.current = null;
        setBitmap(null);
    };
    const show = (next: ImageBitmap) => {
        hide();
        // It was asked for, and the person has looked away meanwhile.
        if (!document.hasFocus()) {
            next.close();
            return;
        }
        current.current = next;
        setBitmap(next);
        timer.current = setTimeout(hide, SHOWN_MS);
    };
    useEffect(() => {
        const events = ["blur", "pagehide"] as const;
        const whenHidden = () => document.visibilityState === "hidden" && hide();
        events.forEach((name) => addEventListener(name, hide));
        document.addEventListener("visibilitychange", whenHidden);
        return () => {
            events.forEach((name) => removeEventListener(name, hide));
            document.removeEventListener("visibilitychange", whenHidden);
            hide();
        };
    }, []);
    return { bitmap, show, hide };
}

function Canvas(props: { bitmap: ImageBitmap; label: string }) {
    const canvas = useRef<HTMLCanvasElement>(null);
    useLayoutEffect(() => {
        const element = canvas.current;
        if (element === null) return;
        element.width = props.bitmap.width;
        element.height = props.bitmap.height;
        element.getContext("2d")?.drawImage(props.bitmap, 0, 0);
        element.scrollIntoView({ block: "nearest" });
        return () => {
            element.width = 0;
        };
    }, [props.bitmap]);
    return <canvas ref={canvas} class="full-picture" role="img" aria-label={props.label} />;
}

function Wishes(props: { wish: Wish; onWish: (part: Partial<Wish>) => void; duration: number | null }) {
    const { wish, onWish } = props;
    const share = { type: "number", min: 0, max: 100, step: "any" } as const;
    return (
        <details class="full-wishes">
            <summary>{words.how}</summary>
            <div class="form-grid">
                {props.duration !== null && (
                    <TextField
                        label={words.seconds}
                        hint={words.secondsHint(clock(props.duration))}
                        at="/milliseconds"
                        type="number"
                        min={0}
                        max={props.duration / 1000}
                        step="any"
                        value={wish.seconds}
                        onValue={(seconds) => onWish({ seconds })}
                    />
                )}
                <Choice
                    label={words.turn}
                    at="/quarter_turns"
                    value={wish.turns}
                    onValue={(turns) => onWish({ turns })}
                    options={TURNS.map((turn) => [turn, words.turns[turn]] as const)}
                />
                <TextField
                    label={words.contrast}
                    hint={words.contrastHint}
                    at="/contrast"
                    type="number"
                    min={0.25}
                    max={8}
                    step="any"
                    value={wish.contrast}
                    onValue={(contrast) => onWish({ contrast })}
                />
                <TextField
                    label={words.brightness}
                    hint={words.brightnessHint}
                    at="/brightness"
                    type="number"
                    min={-1}
                    max={1}
                    step="any"
                    value={wish.brightness}
                    onValue={(brightness) => onWish({ brightness })}
                />
                <TextField
                    label={words.gamma}
                    hint={words.gammaHint}
                    at="/gamma"
                    type="number"
                    min={0.1}
                    max={10}
                    step="any"
                    value={wish.gamma}
                    onValue={(gamma) => onWish({ gamma })}
                />
            </div>
            <fieldset class="stack">
                <legend>{words.crop}</legend>
                <div class="form-grid">
                    <TextField
                        label={words.left}
                        at="/left"
                        {...share}
                        value={wish.left}
                        onValue={(left) => onWish({ left })}
                        placeholder="0"
                    />
                    <TextField
                        label={words.top}
                        at="/top"
                        {...share}
                        value={wish.top}
                        onValue={(top) => onWish({ top })}
                        placeholder="0"
                    />
                    <TextField
                        label={words.right}
                        at="/right"
                        {...share}
                        value={wish.right}
                        onValue={(right) => onWish({ right })}
                        placeholder="100"
                    />
                    <TextField
                        label={words.bottom}
                        at="/bottom"
                        {...share}
                        value={wish.bottom}
                        onValue={(bottom) => onWish({ bottom })}
                        placeholder="100"
                    />
                </div>
            </fieldset>
            <Check label={words.grey} checked={wish.grey} onValue={(grey) => onWish({ grey })} />
        </details>
    );
}

export function FullView(props: { caseId: number; media: Media; onClose: () => void }) {
    const { caseId, media } = props;
    const [item, setItem] = useState(String(media.places[0]?.item ?? ""));
    const [purpose, setPurpose] = useState("");
    const [wish, setWish] = useState<Wish>(untouched);
    const { bitmap, show, hide } = useBitmap();
    const closed = useRef(false);
    useEffect(
        () => () => {
            closed.current = true;
        },
        [],
    );
    const ask = async () => {
        hide();
        const response = await raw("post", "/api/v1/cases/{case}/media/{media}/views", {
            path: { case: caseId, media: media.media },
            body: {
                item: Number(item),
                purpose: purpose.trim(),
                left: numberOr(wish.left, 0.01),
                top: numberOr(wish.top, 0.01),
                right: numberOr(wish.right, 0.01),
                bottom: numberOr(wish.bottom, 0.01),
                quarter_turns: Number(wish.turns),
                grey: wish.grey,
                contrast: numberOr(wish.contrast),
                brightness: numberOr(wish.brightness),
                gamma: numberOr(wish.gamma),
                milliseconds: wish.seconds.trim() === "" ? null : Math.round(Number(wish.seconds) * 1000),
            },
        });
        const picture = await createImageBitmap(await response.blob());
        if (closed.current) picture.close();
        else show(picture);
    };
    return (
        <Dialog title={words.title} wide onClose={() => (bitmap !== null ? hide() : props.onClose())}>
            <p class="muted">{media.kind === "notable" ? words.leadKnown : words.lead}</p>
            <Form
                submit={bitmap === null ? words.show : words.again}
                disabled={purpose.trim() === "" || item === ""}
                onSubmit={ask}
                end={
                    <>
                        {bitmap !== null && <Button onClick={hide}>{text.review.hide}</Button>}
                        <Button onClick={props.onClose}>{text.common.close}</Button>
                    </>
                }
            >
                <TextField
                    label={words.purpose}
                    hint={text.common.reasonHint}
                    at="/purpose"
                    value={purpose}
                    onValue={setPurpose}
                    maxLength={PURPOSE_MOST}
                    autoFocus
                    autocomplete="off"
                />
                {media.places.length > 1 && (
                    <Choice
                        label={words.place}
                        at="/item"
                        value={item}
                        onValue={setItem}
                        options={media.places.map(
                            (place) =>
                                [String(place.item), `${place.evidence_name} › ${place.path.join(" › ")}`] as const,
                        )}
                    />
                )}
                <Wishes
                    wish={wish}
                    onWish={(part) => setWish((old) => ({ ...old, ...part }))}
                    duration={media.family === "video" ? media.duration_ms : null}
                />
            </Form>
            {bitmap !== null && <Canvas bitmap={bitmap} label={words.canvas(String(media.media))} />}
        </Dialog>
    );
}
