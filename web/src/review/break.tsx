// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "preact/hooks";
import { duration } from "../format.ts";
import { href } from "../route.ts";
import { text } from "../text.ts";
import { Button, LinkButton } from "../ui/parts.tsx";
import { exposure } from "./showing.ts";

const words = text.review.break;

// What was done, in words, for a break and at the end.
export function Sitting(props: { count: number | null }) {
    const { reveals, shownMs } = exposure.get();
    return (
        <>
            {props.count !== null && <p>{words.decided(props.count)}</p>}
            <p>{reveals === 0 ? words.sawNone : words.saw(reveals, duration(shownMs / 1000))}</p>
        </>
    );
}

// A quiet page in place of the review: plain text and nothing else.
export function BreakPage(props: { count: number; onResume: () => void }) {
    const button = useRef<HTMLDivElement>(null);
    useEffect(() => button.current?.querySelector("button")?.focus(), []);
    return (
        <section class="break-page" aria-labelledby="break-title">
            <h2 id="break-title">{words.title}</h2>
            <p>{words.lead}</p>
            <Sitting count={props.count} />
            <div class="form-end" ref={button}>
                <Button look="primary" onClick={props.onResume}>
                    {words.resume}
                </Button>
                <LinkButton href={href("/leaving")}>{words.end}</LinkButton>
            </div>
        </section>
    );
}
