// SPDX-License-Identifier: Apache-2.0
//
// Series: media that show one history, over cases. The list, and one of them case by case.
import { useEffect, useState } from "preact/hooks";
import { get, post, type Schemas } from "../api/client.ts";
import { number } from "../format.ts";
import { caseNumber, useCases, useUnitName } from "../names.ts";
import { go, href } from "../route.ts";
import type { PageProps } from "../routes.ts";
import { may } from "../session.ts";
import { useLoad, type Load } from "../store.ts";
import { text } from "../text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { sentence } from "../ui/failure.tsx";
import { Choice, Form, TextField } from "../ui/form.tsx";
import { Await, More, usePages } from "../ui/load.tsx";
import { MediaCell, useMediaFacts } from "../ui/media-facts.tsx";
import { notify } from "../ui/notice.tsx";
import { Button, Empty, Facts, Message, Page, Section, Time } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";
import { numbersOf } from "./leads/entry.ts";
import { SeriesVictims } from "./leads/series-victims.tsx";

const words = text.series;

function MakeSeries(props: { onClose: () => void }) {
    const [name, setName] = useState("");
    return (
        <Dialog title={words.make} onClose={props.onClose}>
            <Form
                submit={words.make}
                disabled={name.trim() === ""}
                onCancel={props.onClose}
                onSubmit={async () => {
                    const made = await post("/api/v1/series", { body: { name: name.trim() } });
                    go(`/series/${made.id}`);
                }}
            >
                <TextField
                    label={words.name}
                    hint={words.nameHint}
                    at="/name"
                    value={name}
                    onValue={setName}
                    autoFocus
                    maxLength={256}
                    autocomplete="off"
                />
            </Form>
        </Dialog>
    );
}

export function SeriesList(_props: PageProps) {
    const [making, setMaking] = useState(false);
    const unitName = useUnitName();
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/series", { query: { limit: 100, ...(cursor !== undefined && { cursor }) }, signal }),
        [],
    );
    return (
        <Page
            title={words.title}
            lead={words.lead}
            actions={may("case_write") && <Button onClick={() => setMaking(true)}>{words.make}</Button>}
        >
            {(pages.items.length > 0 || pages.state === "ready") && (
                <Table
                    stacks
                    caption={words.title}
                    rows={pages.items}
                    rowKey={(row) => row.id}
                    empty={words.none}
                    columns={[
                        {
                            name: words.name,
                            heads: true,
                            cell: (row) => (
                                <a class="target" href={href(`/series/${row.id}`)}>
                                    {row.name}
                                </a>
                            ),
                        },
                        { name: words.unit, cell: (row) => unitName(row.unit) },
                        { name: words.media, number: true, cell: (row) => number(row.media) },
                        { name: words.made, cell: (row) => <Time at={row.made} /> },
                    ]}
                />
            )}
            <More pages={pages} />
            {making && <MakeSeries onClose={() => setMaking(false)} />}
        </Page>
    );
}

function AddMedia(props: {
    series: number;
    cases: readonly Schemas["Case"][] | null;
    onDone: (added: boolean) => void;
}) {
    const open = (props.cases ?? []).filter((one) => one.state === "open");
    const [chosen, setChosen] = useState("");
    const [typed, setTyped] = useState("");
    const caseId = Number(chosen === "" ? (open[0]?.id ?? 0) : chosen);
    const media = numbersOf(typed);
    return (
        <Dialog title={words.add} onClose={() => props.onDone(false)}>
            {open.length === 0 ? (
                <>
                    <p>{words.noOpenCase}</p>
                    <div>
                        <Button onClick={() => props.onDone(false)}>{text.common.close}</Button>
                    </div>
                </>
            ) : (
                <Form
                    submit={words.add}
                    disabled={media === null || media.length === 0}
                    onCancel={() => props.onDone(false)}
                    onSubmit={async () => {
                        await post("/api/v1/cases/{case}/series/{series}/media", {
                            path: { case: caseId, series: props.series },
                            body: { media: media ?? [] },
                        });
                        notify(words.added(media?.length ?? 0));
                        props.onDone(true);
                    }}
                >
                    <Choice
                        label={words.addCase}
                        value={String(caseId)}
                        onValue={setChosen}
                        autoFocus
                        options={open.map((one) => [String(one.id), `${one.number} ${one.title}`] as const)}
                    />
                    <TextField
                        label={words.addNumbers}
                        hint={words.addNumbersHint}
                        at="/media"
                        value={typed}
                        onValue={setTyped}
                        autocomplete="off"
                    />
                </Form>
            )}
        </Dialog>
    );
}

function CaseMedia(props: {
    series: number;
    case: number;
    of: Schemas["Case"] | undefined;
    round: number;
    onChanged: () => void;
}) {
    const path = { case: props.case, series: props.series };
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/cases/{case}/series/{series}/media", {
                path,
                query: { limit: 100, ...(cursor !== undefined && { cursor }) },
                signal,
            }),
        [props.case, props.series],
    );
    const facts = useMediaFacts(pages.items.map((row) => ({ case: props.case, media: row.media })));
    const mayChange = may("case_write") && props.of?.state === "open";
    const put = async (media: number, into: boolean) => {
        const body = { media: [media] };
        if (into) await post("/api/v1/cases/{case}/series/{series}/media", { path, body });
        else await post("/api/v1/cases/{case}/series/{series}/leave", { path, body });
        pages.reload();
        props.onChanged();
    };
    useEffect(() => {
        if (props.round > 0) pages.reload();
    }, [props.round]);
    const current = new Set(pages.items.filter((row) => row.left === null).map((row) => row.media));
    const move = (media: number, into: boolean) => {
        put(media, into).then(
            () => notify(into ? words.added(1) : words.takenOut),
            (error) => notify(sentence(error)),
        );
    };
    return (
        <Section
            title={words.inCase(props.of?.number ?? `#${props.case}`, props.of?.title ?? "")}
            actions={<a href={href(`/cases/${props.case}`)}>{words.openCase}</a>}
        >
            {(pages.items.length > 0 || pages.state === "ready") && (
                <Table
                    stacks
                    caption={words.inCase(props.of?.number ?? "", "")}
                    rows={pages.items}
                    rowKey={(row) => `${row.media} ${row.joined}`}
                    empty={words.noneInCase}
                    columns={[
                        {
                            name: words.media,
                            heads: true,
                            cell: (row) => <MediaCell case={props.case} media={row.media} facts={facts} />,
                        },
                        { name: words.joined, cell: (row) => <Time at={row.joined} /> },
                        {
                            name: words.left,
                            cell: (row) =>
                                row.left === null ? <span class="muted">{words.still}</span> : <Time at={row.left} />,
                        },
                        ...(mayChange
                            ? [
                                  {
                                      name: words.act,
                                      quietName: true,
                                      cell: (row: Schemas["SeriesMedia"]) =>
                                          (row.left === null || !current.has(row.media)) && (
                                              <span class="actions">
                                                  <Button
                                                      look="small"
                                                      onClick={() => move(row.media, row.left !== null)}
                                                  >
                                                      {row.left === null ? words.takeOut : words.putBack}
                                                  </Button>
                                              </span>
                                          ),
                                  },
                              ]
                            : []),
                    ]}
                />
            )}
            <More pages={pages} />
        </Section>
    );
}

function Content(props: { load: Load<Schemas["SeriesWithCases"]>; series: Schemas["SeriesWithCases"] }) {
    const { series, load } = props;
    const isEmpty = series.cases.length === 0;
    const cases = useCases();
    const unitName = useUnitName();
    const [adding, setAdding] = useState(false);
    // Media were added from the dialog: lists are loaded anew.
    const [round, setRound] = useState(0);
    return (
        <Page
            title={words.one(series.name)}
            actions={may("case_write") && <Button onClick={() => setAdding(true)}>{words.add}</Button>}
        >
            <Facts
                of={[
                    [words.unit, unitName(series.unit)],
                    [words.made, <Time key="made" at={series.made} />],
                    [words.media, number(series.media)],
                    [words.cases, isEmpty ? null : series.cases.map((id) => caseNumber(cases, id)).join(", ")],
                ]}
            />
            {isEmpty && <Empty>{words.noCases}</Empty>}
            {series.cases.map((id) => (
                <CaseMedia
                    key={id}
                    series={series.id}
                    case={id}
                    round={round}
                    of={cases?.find((one) => one.id === id)}
                    onChanged={load.reload}
                />
            ))}
            <SeriesVictims series={series.id} />
            {adding && (
                <AddMedia
                    series={series.id}
                    cases={cases}
                    onDone={(added) => {
                        setAdding(false);
                        if (!added) return;
                        setRound((count) => count + 1);
                        load.reload();
                    }}
                />
            )}
        </Page>
    );
}

export function SeriesPage(props: PageProps) {
    const id = props.ids["series"] ?? 0;
    const load = useLoad((signal) => get("/api/v1/series/{series}", { path: { series: id }, signal }), [id]);
    if (load.data === null)
        return (
            <Page title={words.title}>
                <Await load={load}>{() => null}</Await>
            </Page>
        );
    return (
        <>
            {load.state === "failed" && <Message role="alert">{text.common.failed}</Message>}
            <Content load={load} series={load.data} />
        </>
    );
}
