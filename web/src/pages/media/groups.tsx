// SPDX-License-Identifier: Apache-2.0
//
// Series and victims that a media belongs to, and identifiers found in it.
//
// The server lists the media of a series and the links of a victim, not the other way round: they are
// looked through at once while there are few, else when the person asks for it.
import { useState } from "preact/hooks";
import { all, get, post, type Schemas } from "../../api/client.ts";
import { useCase } from "../../case.ts";
import { href } from "../../route.ts";
import { may } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { Choice } from "../../ui/form.tsx";
import { Await } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Section, Time, word } from "../../ui/parts.tsx";

const words = text.media.groups;
const AT_ONCE_MOST = 20;
const MEDIA_AT_ONCE_MOST = 2000;
const PAGE = 200;

interface OfMedia {
    caseId: number;
    mediaId: number;
}

const pageQuery = (cursor: string | undefined) => ({ limit: PAGE, ...(cursor !== undefined && { cursor }) });

function useIsOpen(caseId: number): boolean {
    return useCase(caseId).data?.state === "open";
}

// ---- Series -----------------------------------------------------------------------------------

type Series = Schemas["Series"];
type InSeries = Schemas["SeriesMedia"];

async function membership(of: OfMedia, series: Series, signal: AbortSignal): Promise<InSeries | null> {
    const rows = await all((cursor) =>
        get("/api/v1/cases/{case}/series/{series}/media", {
            path: { case: of.caseId, series: series.id },
            query: pageQuery(cursor),
            signal,
        }),
    );
    return rows.filter((row) => row.media === of.mediaId).at(-1) ?? null;
}

interface SeriesFound {
    series: readonly Series[];
    // null: not looked through.
    members: readonly { series: Series; row: InSeries }[] | null;
}

async function findSeries(of: OfMedia, always: boolean, signal: AbortSignal): Promise<SeriesFound> {
    const series = await all((cursor) => get("/api/v1/series", { query: pageQuery(cursor), signal }));
    const held = series.filter((one) => one.media > 0);
    const media = held.reduce((sum, one) => sum + one.media, 0);
    if ((held.length > AT_ONCE_MOST || media > MEDIA_AT_ONCE_MOST) && !always) return { series, members: null };
    const members: { series: Series; row: InSeries }[] = [];
    for (const one of held) {
        const row = await membership(of, one, signal);
        if (row !== null) members.push({ series: one, row });
    }
    return { series, members };
}

function JoinSeries(props: OfMedia & { series: readonly Series[]; onClose: () => void; onDone: () => void }) {
    const [chosen, setChosen] = useState("");
    const join = async () => {
        await post("/api/v1/cases/{case}/series/{series}/media", {
            path: { case: props.caseId, series: Number(chosen) },
            body: { media: [props.mediaId] },
        });
        notify(words.joined);
        props.onDone();
    };
    return (
        <Confirm
            title={words.joinTitle}
            submit={words.join}
            disabled={chosen === ""}
            onConfirm={join}
            onClose={props.onClose}
        >
            {props.series.length === 0 ? (
                <p>
                    {words.noSeriesYet} <a href={href("/series")}>{text.common.nav.series}</a>
                </p>
            ) : (
                <Choice
                    label={words.whichSeries}
                    value={chosen}
                    onValue={setChosen}
                    options={[["", words.choose], ...props.series.map((one) => [String(one.id), one.name] as const)]}
                />
            )}
        </Confirm>
    );
}

function LeaveSeries(props: OfMedia & { series: Series; onClose: () => void; onDone: () => void }) {
    const leave = async () => {
        await post("/api/v1/cases/{case}/series/{series}/leave", {
            path: { case: props.caseId, series: props.series.id },
            body: { media: [props.mediaId] },
        });
        notify(words.left);
        props.onDone();
    };
    return (
        <Confirm
            title={words.leaveTitle(props.series.name)}
            submit={words.leave}
            onConfirm={leave}
            onClose={props.onClose}
        >
            <p>{words.leaveWhat}</p>
        </Confirm>
    );
}

export function SeriesOf(props: OfMedia) {
    const [always, setAlways] = useState(false);
    const [joining, setJoining] = useState(false);
    const [leaving, setLeaving] = useState<Series | null>(null);
    const load = useLoad((signal) => findSeries(props, always, signal), [props.caseId, props.mediaId, always]);
    const changes = may("case_write") && useIsOpen(props.caseId);
    return (
        <Section
            title={words.series}
            panel
            {...(changes &&
                load.data !== null && {
                    actions: (
                        <Button look="small" onClick={() => setJoining(true)}>
                            {words.join}
                        </Button>
                    ),
                })}
        >
            <Await load={load}>
                {({ series, members }) =>
                    members === null ? (
                        <div class="row">
                            <span class="muted">{words.notLooked(series.length)}</span>
                            <Button look="small" onClick={() => setAlways(true)}>
                                {words.look}
                            </Button>
                        </div>
                    ) : members.length === 0 ? (
                        <p class="muted">{words.noSeries}</p>
                    ) : (
                        <ul class="plain-list spaced">
                            {members.map(({ series: one, row }) => (
                                <li key={one.id} class="row">
                                    <a href={href(`/series/${one.id}`, { case: props.caseId })}>{one.name}</a>
                                    <span class="muted">
                                        {row.left === null ? words.since : words.leftAt}{" "}
                                        <Time at={row.left ?? row.joined} />
                                    </span>
                                    {changes && row.left === null && (
                                        <Button look="small" onClick={() => setLeaving(one)}>
                                            {words.leave}
                                        </Button>
                                    )}
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Await>
            {joining && load.data !== null && (
                <JoinSeries
                    {...props}
                    series={load.data.series}
                    onClose={() => setJoining(false)}
                    onDone={load.reload}
                />
            )}
            {leaving !== null && (
                <LeaveSeries {...props} series={leaving} onClose={() => setLeaving(null)} onDone={load.reload} />
            )}
        </Section>
    );
}

// ---- Victims ----------------------------------------------------------------------------------

type Victim = Schemas["Victim"];

interface VictimsFound {
    victims: readonly Victim[];
    linked: readonly Victim[] | null;
}

async function findVictims(of: OfMedia, always: boolean, signal: AbortSignal): Promise<VictimsFound> {
    const victims = await all((cursor) => get("/api/v1/victims", { query: pageQuery(cursor), signal }));
    if (victims.length > AT_ONCE_MOST && !always) return { victims, linked: null };
    const linked: Victim[] = [];
    for (const one of victims) {
        const whole = await get("/api/v1/victims/{victim}", { path: { victim: one.id }, signal });
        if (whole.links.some((link) => link.left === null && link.case === of.caseId && link.media === of.mediaId))
            linked.push(one);
    }
    return { victims, linked };
}

function LinkVictim(props: OfMedia & { victims: readonly Victim[]; onClose: () => void; onDone: () => void }) {
    const [chosen, setChosen] = useState("");
    const link = async () => {
        await post("/api/v1/victims/{victim}/links", {
            path: { victim: Number(chosen) },
            body: { case: props.caseId, media: props.mediaId },
        });
        notify(words.linked);
        props.onDone();
    };
    return (
        <Confirm
            title={words.linkTitle}
            submit={words.link}
            disabled={chosen === ""}
            onConfirm={link}
            onClose={props.onClose}
        >
            {props.victims.length === 0 ? (
                <p>
                    {words.noVictimsYet} <a href={href("/victims")}>{text.common.nav.victims}</a>
                </p>
            ) : (
                <Choice
                    label={words.whichVictim}
                    value={chosen}
                    onValue={setChosen}
                    options={[
                        ["", words.choose],
                        ...props.victims.map(
                            (one) => [String(one.id), `${one.reference} · ${word("victim", one.state)}`] as const,
                        ),
                    ]}
                />
            )}
        </Confirm>
    );
}

export function VictimsOf(props: OfMedia) {
    const [always, setAlways] = useState(false);
    const [linking, setLinking] = useState(false);
    const load = useLoad((signal) => findVictims(props, always, signal), [props.caseId, props.mediaId, always]);
    const changes = may("case_write") && useIsOpen(props.caseId);
    return (
        <Section
            title={words.victims}
            panel
            {...(changes &&
                load.data !== null && {
                    actions: (
                        <Button look="small" onClick={() => setLinking(true)}>
                            {words.link}
                        </Button>
                    ),
                })}
        >
            <Await load={load}>
                {({ victims, linked }) =>
                    linked === null ? (
                        <div class="row">
                            <span class="muted">{words.notLookedVictims(victims.length)}</span>
                            <Button look="small" onClick={() => setAlways(true)}>
                                {words.look}
                            </Button>
                        </div>
                    ) : linked.length === 0 ? (
                        <p class="muted">{words.noVictims}</p>
                    ) : (
                        <ul class="plain-list spaced">
                            {linked.map((one) => (
                                <li key={one.id}>
                                    <a href={href(`/victims/${one.id}`)}>{one.reference}</a>{" "}
                                    <span class="muted">{word("victim", one.state)}</span>
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Await>
            {linking && load.data !== null && (
                <LinkVictim
                    {...props}
                    victims={load.data.victims}
                    onClose={() => setLinking(false)}
                    onDone={load.reload}
                />
            )}
        </Section>
    );
}

// ---- Identifiers ------------------------------------------------------------------------------

type Identifier = Schemas["Identifier"];

async function findIdentifiers(
    of: OfMedia,
    items: ReadonlySet<number>,
    always: boolean,
    signal: AbortSignal,
): Promise<{ found: readonly Identifier[]; more: boolean }> {
    const page = (cursor: string | undefined) =>
        get("/api/v1/cases/{case}/identifiers", { path: { case: of.caseId }, query: pageQuery(cursor), signal });
    const first = always ? { items: await all(page), next: null } : await page(undefined);
    return {
        found: first.items.filter((one) => one.media === of.mediaId || (one.item !== null && items.has(one.item))),
        more: first.next !== null,
    };
}

export function IdentifiersOf(props: OfMedia & { items: readonly number[] }) {
    const [always, setAlways] = useState(false);
    const load = useLoad(
        (signal) => findIdentifiers(props, new Set(props.items), always, signal),
        [props.caseId, props.mediaId, always],
    );
    return (
        <Section title={words.identifiers} panel>
            <Await load={load}>
                {({ found, more }) => (
                    <>
                        {found.length === 0 && !more && <p class="muted">{words.noIdentifiers}</p>}
                        {found.length > 0 && (
                            <ul class="plain-list spaced">
                                {found.map((one) => (
                                    <li key={one.id}>
                                        <span class="muted">{word("trait", one.kind)}</span>{" "}
                                        <span class="break">{one.written}</span>
                                        {one.port !== null && `:${one.port}`}
                                        {one.at !== null && (
                                            <span class="muted">
                                                {" "}
                                                · <Time at={one.at} />
                                            </span>
                                        )}
                                    </li>
                                ))}
                            </ul>
                        )}
                        {more && (
                            <div class="row">
                                <span class="muted">{words.firstIdentifiers(PAGE)}</span>
                                <Button look="small" onClick={() => setAlways(true)}>
                                    {words.look}
                                </Button>
                            </div>
                        )}
                    </>
                )}
            </Await>
            <p>
                <a href={href(`/cases/${props.caseId}/identifiers`)}>{words.allIdentifiers}</a>
            </p>
        </Section>
    );
}
