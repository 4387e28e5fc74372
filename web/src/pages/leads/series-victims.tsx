// SPDX-License-Identifier: Apache-2.0
//
// Victims that are linked to a series. The server lists the links of a victim, not the victims of a
// series, so they are looked for only when somebody asks.
import { useState } from "preact/hooks";
import { get, type Schemas } from "../../api/client.ts";
import { number } from "../../format.ts";
import { href } from "../../route.ts";
import { may } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Await } from "../../ui/load.tsx";
import { Button, Section, Time, word } from "../../ui/parts.tsx";
import { Table } from "../../ui/table.tsx";
import { allVictims, LinkVictim } from "./link-victim.tsx";

const words = text.series.victims;
const VICTIMS_MAX = 500;
const AT_ONCE = 4;

interface Linked {
    victim: Schemas["Victim"];
    since: string;
}

async function linkedTo(series: number, signal: AbortSignal) {
    const victims = await allVictims(signal);
    const waiting = victims.slice(0, VICTIMS_MAX);
    const looked = waiting.length;
    const found: Linked[] = [];
    const work = async () => {
        for (let victim = waiting.shift(); victim !== undefined; victim = waiting.shift()) {
            const whole = await get("/api/v1/victims/{victim}", { path: { victim: victim.id }, signal });
            const link = whole.links.find((one) => one.series === series && one.left === null);
            if (link !== undefined) found.push({ victim: whole, since: link.made });
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    found.sort((a, b) => a.victim.id - b.victim.id);
    return { found, cut: looked < victims.length ? looked : null };
}

function Found(props: { series: number; round: number }) {
    const load = useLoad((signal) => linkedTo(props.series, signal), [props.series, props.round]);
    return (
        <Await load={load}>
            {({ found, cut }) => (
                <>
                    <Table
                        stacks
                        caption={words.title}
                        rows={found}
                        rowKey={(row) => row.victim.id}
                        empty={words.none}
                        columns={[
                            {
                                name: words.reference,
                                heads: true,
                                cell: ({ victim }) => (
                                    <a class="target" href={href(`/victims/${victim.id}`)}>
                                        {victim.reference}
                                    </a>
                                ),
                            },
                            { name: words.state, cell: (row) => word("victim", row.victim.state) },
                            { name: words.since, cell: (row) => <Time at={row.since} /> },
                        ]}
                    />
                    {cut !== null && <p class="muted">{words.cut(number(cut))}</p>}
                </>
            )}
        </Await>
    );
}

export function SeriesVictims(props: { series: number }) {
    const [round, setRound] = useState(0);
    const [linking, setLinking] = useState(false);
    return (
        <Section
            title={words.title}
            actions={
                may("case_write") && (
                    <Button look="small" onClick={() => setLinking(true)}>
                        {words.link}
                    </Button>
                )
            }
        >
            {round === 0 ? (
                <div class="row">
                    <Button onClick={() => setRound(1)}>{words.look}</Button>
                    <span class="muted">{words.lookHint}</span>
                </div>
            ) : (
                <Found series={props.series} round={round} />
            )}
            {linking && (
                <LinkVictim
                    target={{ series: props.series }}
                    onDone={(linked) => {
                        setLinking(false);
                        if (linked) setRound((count) => count + 1);
                    }}
                />
            )}
        </Section>
    );
}
