// SPDX-License-Identifier: Apache-2.0
//
// Series and victims that a media belongs to, and identifiers found in it.
import { useState } from "preact/hooks";
import { all, get, post, type Schemas } from "../../api/client.ts";
import { useCase } from "../../case.ts";
import { href } from "../../route.ts";
import { may } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { Choice } from "../../ui/form.tsx";
import { Await, More, usePages } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Section, Time, word } from "../../ui/parts.tsx";
import { LinkVictim } from "../leads/link-victim.tsx";

const words = text.media.groups;

interface OfMedia {
    caseId: number;
    mediaId: number;
}

const pageQuery = (cursor: string | undefined) => ({ limit: 200, ...(cursor !== undefined && { cursor }) });

function useIsOpen(caseId: number): boolean {
    return useCase(caseId).data?.state === "open";
}

// ---- Series -----------------------------------------------------------------------------------

type Series = Schemas["Series"];

interface Membership {
    series: Series;
    // Null: it left between the two calls.
    since: string | null;
}

async function since(of: OfMedia, series: Series, signal: AbortSignal): Promise<string | null> {
    const rows = await all((cursor) =>
        get("/api/v1/cases/{case}/series/{series}/media", {
            path: { case: of.caseId, series: series.id },
            query: { media: of.mediaId, ...pageQuery(cursor) },
            signal,
        }),
    );
    return rows.find((row) => row.left === null)?.joined ?? null;
}

async function findSeries(of: OfMedia, signal: AbortSignal): Promise<Membership[]> {
    const series = await all((cursor) =>
        get("/api/v1/series", { query: { case: of.caseId, media: of.mediaId, ...pageQuery(cursor) }, signal }),
    );
    return Promise.all(series.map(async (one) => ({ series: one, since: await since(of, one, signal) })));
}

function JoinSeries(props: OfMedia & { onClose: () => void; onDone: () => void }) {
    const [chosen, setChosen] = useState("");
    const load = useLoad((signal) => all((cursor) => get("/api/v1/series", { query: pageQuery(cursor), signal })), []);
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
            <Await load={load}>
                {(series) =>
                    series.length === 0 ? (
                        <p>
                            {words.noSeriesYet} <a href={href("/series")}>{text.common.nav.series}</a>
                        </p>
                    ) : (
                        <Choice
                            label={words.whichSeries}
                            value={chosen}
                            onValue={setChosen}
                            options={[["", words.choose], ...series.map((one) => [String(one.id), one.name] as const)]}
                        />
                    )
                }
            </Await>
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
    const [joining, setJoining] = useState(false);
    const [leaving, setLeaving] = useState<Series | null>(null);
    const load = useLoad((signal) => findSeries(props, signal), [props.caseId, props.mediaId]);
    const changes = may("case_write") && useIsOpen(props.caseId);
    return (
        <Section
            title={words.series}
            panel
            {...(changes && {
                actions: (
                    <Button look="small" onClick={() => setJoining(true)}>
                        {words.join}
                    </Button>
                ),
            })}
        >
            <Await load={load}>
                {(members) =>
                    members.length === 0 ? (
                        <p class="muted">{words.noSeries}</p>
                    ) : (
                        <ul class="plain-list spaced">
                            {members.map(({ series, since: joined }) => (
                                <li key={series.id} class="row">
                                    <a href={href(`/series/${series.id}`, { case: props.caseId })}>{series.name}</a>
                                    {joined !== null && (
                                        <span class="muted">
                                            {words.since} <Time at={joined} />
                                        </span>
                                    )}
                                    {changes && (
                                        <Button look="small" onClick={() => setLeaving(series)}>
                                            {words.leave}
                                        </Button>
                                    )}
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Await>
            {joining && <JoinSeries {...props} onClose={() => setJoining(false)} onDone={load.reload} />}
            {leaving !== null && (
                <LeaveSeries {...props} series={leaving} onClose={() => setLeaving(null)} onDone={load.reload} />
            )}
        </Section>
    );
}

// ---- Victims ----------------------------------------------------------------------------------

export function VictimsOf(props: OfMedia) {
    const [linking, setLinking] = useState(false);
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/victims", {
                query: { case: props.caseId, media: props.mediaId, ...pageQuery(cursor) },
                signal,
            }),
        [props.caseId, props.mediaId],
    );
    const changes = may("case_write") && useIsOpen(props.caseId);
    return (
        <Section
            title={words.victims}
            panel
            {...(changes && {
                actions: (
                    <Button look="small" onClick={() => setLinking(true)}>
                        {words.link}
                    </Button>
                ),
            })}
        >
            {pages.items.length === 0 && pages.state === "ready" && <p class="muted">{words.noVictims}</p>}
            {pages.items.length > 0 && (
                <ul class="plain-list spaced">
                    {pages.items.map((one) => (
                        <li key={one.id}>
                            <a href={href(`/victims/${one.id}`)}>{one.reference}</a>{" "}
                            <span class="muted">
                                {word("victim", one.state)}, {words.since} <Time at={one.since} />
                            </span>
                        </li>
                    ))}
                </ul>
            )}
            <More pages={pages} />
            {linking && (
                <LinkVictim
                    target={{ case: props.caseId, media: props.mediaId }}
                    onDone={(linked) => {
                        setLinking(false);
                        if (linked) pages.reload();
                    }}
                />
            )}
        </Section>
    );
}

// ---- Identifiers ------------------------------------------------------------------------------

export function IdentifiersOf(props: OfMedia) {
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/cases/{case}/identifiers", {
                path: { case: props.caseId },
                query: { media: props.mediaId, ...pageQuery(cursor) },
                signal,
            }),
        [props.caseId, props.mediaId],
    );
    return (
        <Section title={words.identifiers} panel>
            {pages.items.length === 0 && pages.state === "ready" && <p class="muted">{words.noIdentifiers}</p>}
            {pages.items.length > 0 && (
                <ul class="plain-list spaced">
                    {pages.items.map((one) => (
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
            <More pages={pages} />
            <p>
                <a href={href(`/cases/${props.caseId}/identifiers`)}>{words.allIdentifiers}</a>
            </p>
        </Section>
    );
}
