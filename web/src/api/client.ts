// SPDX-License-Identifier: Apache-2.0
//
// Calls of /api/v1, typed by api/openapi.yaml:
//
//     const page = await get("/api/v1/cases", { query: { limit: 50 } });
//     await post("/api/v1/cases/{case}/notes", { path: { case: 3 }, body: { text } });
//
// Replies are parsed and trusted to be as described (tests of the server check that). Anything else
// throws: Problem, Offline, or an AbortError. A call that needs a second factor asks for it through
// `onSecondFactor` and is then repeated once; one without a session ends in `onSignedOut`.
import { Offline, Problem, type ProblemDetails } from "./problem.ts";
import type { components, paths } from "./schema.ts";
import { unrepeatable } from "./unrepeatable.ts";

export type Schemas = components["schemas"];

type Method = "get" | "post" | "put" | "patch" | "delete";
type OperationOf<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>;
export type PathOf<M extends Method> = {
    [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never;
}[keyof paths];

type ParametersOf<O> = O extends { parameters: infer R } ? R : never;
type PathParameters<P extends keyof paths, O> = NonNullable<
    | (ParametersOf<O> extends { path: infer T } ? T : never)
    | (paths[P] extends { parameters: { path: infer T } } ? T : never)
>;
type QueryParameters<O> = ParametersOf<O> extends { query?: infer Q } ? NonNullable<Q> : never;
type BodyOf<O> = O extends { requestBody: { content: { "application/json": infer B } } } ? B : never;
type ContentOf<R> = R extends { content: { "application/json": infer T } } ? T : undefined;
type Success<R> = {
    [S in keyof R]: S extends 200 | 201 | 202 | 204 ? ContentOf<R[S]> : never;
}[keyof R];
type ReplyOf<O> = O extends { responses: infer R } ? Success<R> : never;

// A member is needed exactly when the operation has it.
type Needed<K extends string, T> = [T] extends [never] ? { [P in K]?: never } : { [P in K]: T };
type Possible<K extends string, T> = [T] extends [never] ? { [P in K]?: never } : { [P in K]?: T };

export interface CallOptions {
    signal?: AbortSignal;
    // Idempotency-Key; without one a write gets a fresh one.
    key?: string;
    // If-Match: the version that the caller has seen.
    version?: number;
    // Bytes as the body (application/octet-stream).
    bytes?: Blob | ArrayBuffer;
    // Is finished by the browser even when the page goes away.
    keepalive?: boolean;
}

type Options<P extends keyof paths, M extends Method> = CallOptions &
    Needed<"path", PathParameters<P, OperationOf<P, M>>> &
    Possible<"query", QueryParameters<OperationOf<P, M>>> &
    Needed<"body", BodyOf<OperationOf<P, M>>>;
type Arguments<P extends keyof paths, M extends Method> =
    Record<never, never> extends Options<P, M> ? [options?: Options<P, M>] : [options: Options<P, M>];

interface AnyOptions extends CallOptions {
    path?: Record<string, unknown>;
    query?: Record<string, unknown>;
    body?: unknown;
}

export const hooks = {
    // Asks the person for a code; false: they gave up.
    onSecondFactor: async (): Promise<boolean> => false,
    onSignedOut: (): void => undefined,
    // Whether the server answered the last call.
    onReach: (_reached: boolean): void => undefined,
};

let csrfToken: string | null = null;

// Counts sessions: what an earlier one is told says nothing of the present one.
let sessionRound = 0;

export function useCsrfToken(token: string | null): void {
    csrfToken = token;
    sessionRound++;
}

function address(template: string, options: AnyOptions): string {
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(options.path?.[name])));
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(options.query ?? {}))
        if (value !== undefined && value !== null && value !== "") query.set(name, String(value));
    const text = query.toString();
    return text === "" ? path : `${path}?${text}`;
}

function headersOf(method: Method, template: string, options: AnyOptions): Headers {
    const headers = new Headers({ Accept: "application/json, application/problem+json, */*" });
    if (method !== "get") {
        if (csrfToken !== null) headers.set("X-CSRF-Token", csrfToken);
        if (!unrepeatable.has(`${method} ${template}`))
            headers.set("Idempotency-Key", options.key ?? crypto.randomUUID());
    }
    if (options.body !== undefined) headers.set("Content-Type", "application/json");
    if (options.bytes !== undefined) headers.set("Content-Type", "application/octet-stream");
    if (options.version !== undefined) headers.set("If-Match", `"${options.version}"`);
    return headers;
}

async function problemOf(response: Response): Promise<Problem> {
    const wait = Number(response.headers.get("Retry-After"));
    let details: ProblemDetails = {
        type: "about:blank",
        title: response.statusText,
        status: response.status,
        code: "internal",
        detail: `${response.status} ${response.statusText}`,
    };
    try {
        details = (await response.json()) as ProblemDetails;
    } catch {
        // A proxy in between answered with something else.
    }
    return new Problem(details, Number.isFinite(wait) && wait > 0 ? wait : null);
}

async function send(method: Method, template: string, options: AnyOptions): Promise<Response> {
    let response: Response;
    try {
        response = await fetch(address(template, options), {
            method: method.toUpperCase(),
            headers: headersOf(method, template, options),
            body: options.bytes ?? (options.body !== undefined ? JSON.stringify(options.body) : null),
            signal: options.signal ?? null,
            credentials: "same-origin",
            cache: method === "get" ? "no-cache" : "no-store",
            redirect: "error",
            keepalive: options.keepalive ?? false,
        });
    } catch (error) {
        if (error instanceof DOMException && error.name === "AbortError") throw error;
        hooks.onReach(false);
        throw new Offline("the server cannot be reached");
    }
    hooks.onReach(true);
    return response;
}

// The reply as it is, for pictures, downloads and texts.
export async function raw(method: Method, template: string, options: AnyOptions = {}): Promise<Response> {
    const round = sessionRound;
    const keyed = method === "get" ? options : { ...options, key: options.key ?? crypto.randomUUID() };
    let response = await send(method, template, keyed);
    if (response.ok) return response;
    let problem = await problemOf(response);
    if (problem.code === "second_factor" && (await hooks.onSecondFactor())) {
        response = await send(method, template, keyed);
        if (response.ok) return response;
        problem = await problemOf(response);
    }
    if (problem.code === "unauthenticated" && round === sessionRound) hooks.onSignedOut();
    throw problem;
}

async function call(method: Method, template: string, options: AnyOptions = {}): Promise<unknown> {
    const response = await raw(method, template, options);
    return response.status === 204 ? undefined : ((await response.json()) as unknown);
}

export function get<P extends PathOf<"get">>(
    path: P,
    ...[options]: Arguments<P, "get">
): Promise<ReplyOf<OperationOf<P, "get">>> {
    return call("get", path, options as AnyOptions) as Promise<ReplyOf<OperationOf<P, "get">>>;
}

export function post<P extends PathOf<"post">>(
    path: P,
    ...[options]: Arguments<P, "post">
): Promise<ReplyOf<OperationOf<P, "post">>> {
    return call("post", path, options as AnyOptions) as Promise<ReplyOf<OperationOf<P, "post">>>;
}

export function put<P extends PathOf<"put">>(
    path: P,
    ...[options]: Arguments<P, "put">
): Promise<ReplyOf<OperationOf<P, "put">>> {
    return call("put", path, options as AnyOptions) as Promise<ReplyOf<OperationOf<P, "put">>>;
}

export function patch<P extends PathOf<"patch">>(
    path: P,
    ...[options]: Arguments<P, "patch">
): Promise<ReplyOf<OperationOf<P, "patch">>> {
    return call("patch", path, options as AnyOptions) as Promise<ReplyOf<OperationOf<P, "patch">>>;
}

export function del<P extends PathOf<"delete">>(
    path: P,
    ...[options]: Arguments<P, "delete">
): Promise<ReplyOf<OperationOf<P, "delete">>> {
    return call("delete", path, options as AnyOptions) as Promise<ReplyOf<OperationOf<P, "delete">>>;
}

interface PageReply<T> {
    items: T[];
    next: string | null;
}

// All pages of a list, for lists that are short by nature (units, people, sets); at most `most`.
export async function all<T>(page: (cursor: string | undefined) => Promise<PageReply<T>>, most = 2000): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
        const reply = await page(cursor);
        items.push(...reply.items);
        cursor = reply.next ?? undefined;
    } while (cursor !== undefined && items.length < most);
    return items;
}
