// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { del, get, post, type Schemas } from "../../api/client.ts";
import { usePeople, useUnitName } from "../../names.ts";
import { may } from "../../session.ts";
import { useLoad } from "../../store.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Choice, Form } from "../../ui/form.tsx";
import { Await } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Section } from "../../ui/parts.tsx";
import { Table, type Column } from "../../ui/table.tsx";

const words = text.settings;

type Person = Schemas["Person"];
interface Member {
    account: number;
    name: string;
    display: string;
    unit: number;
}

function AddMember(props: { caseId: number; members: readonly Member[]; onDone: (added: boolean) => void }) {
    const people = usePeople();
    const unitName = useUnitName();
    const [chosen, setChosen] = useState("");
    const members = new Set(props.members.map((one) => one.account));
    const others: Person[] = [...(people?.values() ?? [])]
        .filter((one) => !members.has(one.id))
        .sort((a, b) => a.display.localeCompare(b.display, text.locale));
    return (
        <Dialog title={words.addMember} onClose={() => props.onDone(false)}>
            <Form
                submit={text.common.add}
                disabled={chosen === ""}
                onCancel={() => props.onDone(false)}
                onSubmit={async () => {
                    await post("/api/v1/cases/{case}/members", {
                        path: { case: props.caseId },
                        body: { account: Number(chosen) },
                    });
                    props.onDone(true);
                }}
            >
                <Choice
                    label={words.person}
                    hint={words.memberHint}
                    value={chosen}
                    onValue={setChosen}
                    at="/account"
                    autoFocus
                    options={[
                        ["", people === null ? text.common.loading : words.choose],
                        ...others.map(
                            (one) => [String(one.id), `${one.display} (${one.name}), ${unitName(one.unit)}`] as const,
                        ),
                    ]}
                />
            </Form>
        </Dialog>
    );
}

function RemoveMember(props: { caseId: number; member: Member; onDone: (removed: boolean) => void }) {
    return (
        <Dialog title={words.removeMember(props.member.display)} onClose={() => props.onDone(false)}>
            <Form
                submit={text.common.remove}
                onCancel={() => props.onDone(false)}
                onSubmit={async () => {
                    await del("/api/v1/cases/{case}/members/{account}", {
                        path: { case: props.caseId, account: props.member.account },
                    });
                    props.onDone(true);
                }}
            >
                <p>{words.removeFollows}</p>
            </Form>
        </Dialog>
    );
}

export function Members(props: { caseId: number; editable: boolean }) {
    const load = useLoad(
        (signal) => get("/api/v1/cases/{case}/members", { path: { case: props.caseId }, signal }),
        [props.caseId],
    );
    const unitName = useUnitName();
    const [adding, setAdding] = useState(false);
    const [removing, setRemoving] = useState<Member | null>(null);
    const editable = props.editable && may("case_write");
    const done = (changed: boolean) => {
        setAdding(false);
        setRemoving(null);
        if (!changed) return;
        notify(words.saved);
        load.reload();
    };
    const columns: Column<Member>[] = [
        { name: words.person, cell: (one) => one.display, heads: true },
        { name: words.account, cell: (one) => one.name },
        { name: words.unit, cell: (one) => unitName(one.unit) },
        ...(editable
            ? [
                  {
                      name: text.common.remove,
                      quietName: true,
                      cell: (one: Member) => (
                          <div class="actions">
                              <Button
                                  look="small"
                                  aria-label={words.removeMember(one.display)}
                                  onClick={() => setRemoving(one)}
                              >
                                  {text.common.remove}
                              </Button>
                          </div>
                      ),
                  },
              ]
            : []),
    ];
    return (
        <Section
            title={words.members}
            actions={editable && <Button onClick={() => setAdding(true)}>{words.addMember}</Button>}
        >
            <Await load={load}>
                {({ items }) => (
                    <>
                        <Table
                            caption={words.members}
                            columns={columns}
                            rows={items}
                            rowKey={(one) => one.account}
                            empty={words.noMembers}
                        />
                        {adding && <AddMember caseId={props.caseId} members={items} onDone={done} />}
                        {removing !== null && <RemoveMember caseId={props.caseId} member={removing} onDone={done} />}
                    </>
                )}
            </Await>
        </Section>
    );
}
