// SPDX-License-Identifier: Apache-2.0
//
// How far review is and how long it may take: of the case, never of a person.
import { get, type Schemas } from "../../api/client.ts";
import { orNull } from "../../api/optional.ts";
import type { CaseWithCounts } from "../../case.ts";
import { day, duration, number } from "../../format.ts";
import { href } from "../../route.ts";
import { may } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { ColumnChart, PartsBar } from "../../ui/chart.tsx";
import { Await } from "../../ui/load.tsx";
import { Empty, LinkButton, Section } from "../../ui/parts.tsx";

const words = text.overview;

type Progress = Schemas["Progress"];

function timeLeft(progress: Progress, open: number): string {
    if (open === 0) return words.nothingLeft;
    if (progress.seconds_left === null || progress.decided_per_hour === null) return words.timeUnknown;
    return words.timeLeft(duration(progress.seconds_left), number(Math.round(progress.decided_per_hour)));
}

function ByDay(props: { progress: Progress }) {
    const { days } = props.progress;
    return (
        <Section title={words.byDay}>
            {days.length === 0 ? (
                <Empty>{words.noDays}</Empty>
            ) : (
                <ColumnChart
                    title={words.byDay}
                    labelName={words.day}
                    labels={days.map((one) => day(one.day))}
                    series={[
                        { name: words.mediaCameIn, values: days.map((one) => one.came_in) },
                        { name: words.mediaDecided, values: days.map((one) => one.decided) },
                    ]}
                />
            )}
        </Section>
    );
}

export function ReviewProgress(props: { of: CaseWithCounts }) {
    const { counts, id, state, voters, voter_units } = props.of;
    const load = useLoad(
        (signal) => orNull(get("/api/v1/cases/{case}/progress", { path: { case: id }, signal })),
        [id, counts.open, counts.decided],
    );
    const to = (decision: string) => href(`/cases/${id}/media`, { kind: "new", decision });
    return (
        <>
            <Section
                title={words.review}
                actions={
                    state === "open" &&
                    counts.open + counts.disputed > 0 &&
                    may("review") && (
                        <LinkButton href={href(`/cases/${id}/review`)} look="primary">
                            {words.toReview}
                        </LinkButton>
                    )
                }
            >
                {counts.new === 0 ? (
                    <Empty>{words.nothingToReview}</Empty>
                ) : (
                    <PartsBar
                        title={words.reviewBar}
                        parts={[
                            { name: words.decided, value: counts.decided, href: to("decided") },
                            { name: words.disputed, value: counts.disputed, href: to("disputed") },
                            {
                                name: words.open,
                                value: Math.max(0, counts.new - counts.decided - counts.disputed),
                                href: to("open"),
                            },
                        ]}
                    />
                )}
                <p>
                    {words.policy(voters, voter_units)}{" "}
                    {counts.stacks > 0 && (
                        <a href={href(`/cases/${id}/stacks`)}>{words.inStacks(number(counts.stacks))}</a>
                    )}
                </p>
                {load.data !== null && state === "open" && counts.new > 0 && <p>{timeLeft(load.data, counts.open)}</p>}
            </Section>
            {load.state === "ready" && load.data === null ? null : (
                <Await load={load}>{(progress) => (progress === null ? null : <ByDay progress={progress} />)}</Await>
            )}
        </>
    );
}
