// SPDX-License-Identifier: Apache-2.0
//
// What pages are made of: heads, buttons, messages, tables of facts. Nothing here knows the API.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { time } from "../format.ts";
import { text } from "../text.ts";

// Joins the names that are true.
export function classes(...names: (string | false | null | undefined)[]): string {
    return names.filter((name) => name).join(" ");
}

// One page: its title is the document's, and takes the focus when the page is new.
export function Page(props: {
    title: string;
    lead?: ComponentChildren;
    actions?: ComponentChildren;
    shape?: "wide" | "narrow";
    children: ComponentChildren;
}) {
    const head = useRef<HTMLHeadingElement>(null);
    useEffect(() => {
        document.title = `${props.title} · ${text.common.product}`;
    }, [props.title]);
    useEffect(() => head.current?.focus({ preventScroll: true }), []);
    return (
        <div class={classes("page", props.shape)}>
            <div class="page-head">
                <h1 ref={head} tabIndex={-1}>
                    {props.title}
                </h1>
                {props.actions !== undefined && <div class="actions">{props.actions}</div>}
            </div>
            {props.lead !== undefined && <p class="page-lead">{props.lead}</p>}
            {props.children}
        </div>
    );
}

export function Section(props: {
    title: string;
    actions?: ComponentChildren;
    children: ComponentChildren;
    panel?: boolean;
}) {
    const id = useId();
    return (
        <section class={classes("section", props.panel && "panel")} aria-labelledby={id}>
            <div class="section-head">
                <h2 id={id}>{props.title}</h2>
                {props.actions !== undefined && <div class="actions">{props.actions}</div>}
            </div>
            {props.children}
        </section>
    );
}

type ButtonProps = Omit<JSX.IntrinsicElements["button"], "class"> & { look?: "primary" | "quiet" | "small" };

export function Button({ look, type, ...rest }: ButtonProps) {
    return <button {...rest} type={type ?? "button"} class={classes("button", look)} />;
}

export function LinkButton(props: { href: string; look?: "primary" | "quiet" | "small"; children: ComponentChildren }) {
    return (
        <a class={classes("button", props.look)} href={props.href}>
            {props.children}
        </a>
    );
}

export function Message(props: { calm?: boolean; role?: "alert" | "status"; children: ComponentChildren }) {
    return (
        <div class={classes("message", props.calm === true && "calm")} role={props.role}>
            {props.children}
        </div>
    );
}

export function Empty(props: { children?: ComponentChildren }) {
    return <p class="quiet-place">{props.children ?? text.common.empty}</p>;
}

// Says so only when it takes a while.
export function Loading() {
    return (
        <p class="quiet-place" role="status">
            {text.common.loading}
        </p>
    );
}

export function Chip(props: { children: ComponentChildren; title?: string }) {
    return (
        <span class="chip" title={props.title}>
            {props.children}
        </span>
    );
}

export function Time(props: { at: string }) {
    return (
        <time dateTime={props.at} title={props.at} class="nowrap">
            {time(props.at)}
        </time>
    );
}

// Pairs of a name and a value; those whose value is null or undefined are left out.
export function Facts(props: { of: readonly (readonly [string, ComponentChildren])[] }) {
    return (
        <dl class="facts">
            {props.of.map(([name, value]) =>
                value === null || value === undefined ? null : (
                    <>
                        <dt key={`${name} name`}>{name}</dt>
                        <dd key={`${name} value`}>{value}</dd>
                    </>
                ),
            )}
        </dl>
    );
}

export function Figures(props: { of: readonly (readonly [string, ComponentChildren])[] }) {
    return (
        <dl class="figures">
            {props.of.map(([name, value]) => (
                <div class="figure" key={name}>
                    <dt class="name">{name}</dt>
                    <dd class="value">{value}</dd>
                </div>
            ))}
        </dl>
    );
}

// Where something lies, layer by layer: "disk.E01 › p1 › /letter.eml › photo.jpg".
export function Layers(props: { path: readonly string[] }) {
    return (
        <ol class="layers">
            {props.path.map((layer, i) => (
                <li key={i}>{layer}</li>
            ))}
        </ol>
    );
}

// The server's word for the value of a field, as people read it.
export function word(field: keyof typeof text.words, value: string | null | undefined): string {
    if (value === null || value === undefined) return text.common.none;
    return text.words[field]?.[value] ?? value.replaceAll("_", " ");
}

// Hands a file to the person; the browser keeps no copy.
export function download(content: Blob, name: string): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
