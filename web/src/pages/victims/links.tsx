// SPDX-License-Identifier: Apache-2.0
//
// What a victim is linked to: media of cases and series, those that were taken away too.
import { useState } from "preact/hooks";
import { all, del, get, post, type Schemas } from "../../api/client.ts";
import { caseNumber, useCases } from "../../names.ts";
import { href } from "../../route.ts";
import { may } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { sentence } from "../../ui/failure.tsx";
import { Choice, Form, TextField } from "../../ui/form.tsx";
import { MediaCell, useMediaFacts } from "../../ui/media-facts.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Section, Time } from "../../ui/parts.tsx";
import { Table } from "../../ui/table.tsx";
import { numberOf } from "../leads/entry.ts";

const words = text.victims.links;

function useSeriesList() {
    return useLoad(
        (signal) =>
            all((cursor) =>
                get("/api/v1/series", { query: { limit: 200, ...(cursor !== undefined && { cursor }) }, signal }),
            ),
        [],
    ).data;
}

function AddLink(props: {
    victim: number;
    cases: readonly Schemas["Case"][] | null;
    series: readonly Schemas["Series"][] | null;
    onDone: (linked: boolean) => void;
}) {
    const cases = props.cases ?? [];
    const series = props.series ?? [];
    const [kind, setKind] = useState("media");
    const [caseId, setCase] = useState(String(cases[0]?.id ?? ""));
    const [media, setMedia] = useState("");
    const [seriesId, setSeries] = useState(String(series[0]?.id ?? ""));
    const isMedia = kind === "media";
    const number = numberOf(media);
    return (
        <Dialog title={words.add} onClose={() => props.onDone(false)}>
            <Form
                submit={text.victims.link.submit}
                disabled={isMedia ? number === null || caseId === "" : seriesId === ""}
                onCancel={() => props.onDone(false)}
                onSubmit={async () => {
                    const body = isMedia ? { case: Number(caseId), media: number } : { series: Number(seriesId) };
                    await post("/api/v1/victims/{victim}/links", { path: { victim: props.victim }, body });
                    notify(words.added);
                    props.onDone(true);
                }}
            >
                <Choice
                    label={words.kind}
                    value={kind}
                    onValue={setKind}
                    autoFocus
                    options={[
                        ["media", words.kinds.media],
                        ["series", words.kinds.series],
                    ]}
                />
                {isMedia && (
                    <>
                        <Choice
                            label={words.case}
                            value={caseId}
                            onValue={setCase}
                            at="/case"
                            options={cases.map((one) => [String(one.id), `${one.number} ${one.title}`] as const)}
                        />
                        <TextField
                            label={words.media}
                            hint={words.mediaHint}
                            at="/media"
                            value={media}
                            onValue={setMedia}
                            inputMode="numeric"
                            autocomplete="off"
                        />
                    </>
                )}
                {!isMedia &&
                    (series.length === 0 ? (
                        <p class="muted">{words.noSeries}</p>
                    ) : (
                        <Choice
                            label={words.series}
                            value={seriesId}
                            onValue={setSeries}
                            at="/series"
                            options={series.map((one) => [String(one.id), one.name] as const)}
                        />
                    ))}
            </Form>
        </Dialog>
    );
}

// What is linked, as the server wants it to link it again.
function targetOf(link: Schemas["VictimLink"]) {
    return link.series !== null ? { series: link.series } : { case: link.case, media: link.media };
}

const keyOf = (link: Schemas["VictimLink"]) => `${link.series} ${link.case} ${link.media}`;

export function VictimLinks(props: { victim: Schemas["VictimWithLinks"]; onChanged: () => void }) {
    const { victim } = props;
    const [adding, setAdding] = useState(false);
    const cases = useCases();
    const series = useSeriesList();
    const facts = useMediaFacts(
        victim.links.flatMap((link) =>
            link.case !== null && link.media !== null ? [{ case: link.case, media: link.media }] : [],
        ),
    );
    const rows = [...victim.links].sort((a, b) => b.id - a.id);
    const standing = new Set(rows.filter((row) => row.left === null).map(keyOf));
    const change = async (link: Schemas["VictimLink"]) => {
        try {
            if (link.left === null)
                await del("/api/v1/victims/{victim}/links/{link}", { path: { victim: victim.id, link: link.id } });
            else await post("/api/v1/victims/{victim}/links", { path: { victim: victim.id }, body: targetOf(link) });
            notify(link.left === null ? words.removed : words.added);
            props.onChanged();
        } catch (error) {
            notify(sentence(error));
        }
    };
    return (
        <Section
            title={words.title}
            actions={
                may("case_write") &&
                cases !== null &&
                series !== null && (
                    <Button look="small" onClick={() => setAdding(true)}>
                        {words.add}
                    </Button>
                )
            }
        >
            <Table
                stacks
                caption={words.title}
                rows={rows}
                rowKey={(row) => row.id}
                empty={words.none}
                columns={[
                    {
                        name: words.what,
                        heads: true,
                        cell: (row) =>
                            row.case !== null && row.media !== null ? (
                                <MediaCell case={row.case} media={row.media} facts={facts} />
                            ) : (
                                <a class="target" href={href(`/series/${row.series}`)}>
                                    {words.series_(
                                        series?.find((one) => one.id === row.series)?.name ?? `#${row.series}`,
                                    )}
                                </a>
                            ),
                    },
                    {
                        name: words.case,
                        cell: (row) => row.case !== null && <span class="nowrap">{caseNumber(cases, row.case)}</span>,
                    },
                    { name: words.made, cell: (row) => <Time at={row.made} /> },
                    { name: words.left, cell: (row) => row.left !== null && <Time at={row.left} /> },
                    ...(may("case_write")
                        ? [
                              {
                                  name: words.of,
                                  quietName: true,
                                  cell: (row: Schemas["VictimLink"]) =>
                                      (row.left === null || !standing.has(keyOf(row))) && (
                                          <span class="actions">
                                              <Button look="small" onClick={() => void change(row)}>
                                                  {row.left === null ? words.remove : words.back}
                                              </Button>
                                          </span>
                                      ),
                              },
                          ]
                        : []),
                ]}
            />
            {adding && (
                <AddLink
                    victim={victim.id}
                    cases={cases}
                    series={series}
                    onDone={(linked) => {
                        setAdding(false);
                        if (linked) props.onChanged();
                    }}
                />
            )}
        </Section>
    );
}
