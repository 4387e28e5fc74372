// SPDX-License-Identifier: Apache-2.0
//
// The newest signed head, and how it and a proof are checked elsewhere.
import { raw } from "../../api/client.ts";
import { number } from "../../format.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Await } from "../../ui/load.tsx";
import { Button, Empty, Facts, Section, download } from "../../ui/parts.tsx";

const words = text.audit;

// A checkpoint begins with the log's name, the number of leaves and the root, a line each.
function Head(props: { note: string }) {
    const [log = "", leaves = "", root = ""] = props.note.split("\n");
    if (log === "") return <Empty>{words.head.none}</Empty>;
    return (
        <>
            <Facts
                of={[
                    [words.head.log, <span class="mono break">{log}</span>],
                    [words.head.leaves, /^\d+$/.test(leaves) ? number(Number(leaves)) : leaves],
                    [words.head.root, <span class="mono break">{root}</span>],
                ]}
            />
            <div>
                <Button onClick={() => download(new Blob([props.note], { type: "text/plain" }), "clew-head.txt")}>
                    {words.head.download}
                </Button>
            </div>
        </>
    );
}

export function NewestHead() {
    const load = useLoad(async (signal) => (await raw("get", "/api/v1/audit/checkpoint", { signal })).text(), []);
    return (
        <Section title={words.head.title} panel>
            <Await load={load}>{(note) => <Head note={note} />}</Await>
            <p class="muted">{words.head.keep}</p>
        </Section>
    );
}

export function CheckElsewhere() {
    return (
        <Section title={words.check.title} panel>
            <p>{words.check.needs}</p>
            <p>{words.check.proof}</p>
            <p>
                <code class="leaf-command">{words.check.proofCommand}</code>
            </p>
            <p>{words.check.head}</p>
            <p>
                <code class="leaf-command">{words.check.headCommand}</code>
            </p>
            <p class="muted">{words.check.forms}</p>
        </Section>
    );
}
