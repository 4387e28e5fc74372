// SPDX-License-Identifier: Apache-2.0
//
// The report on a case: gathered here, shown here, and handed out as one file.
import { useState } from "preact/hooks";
import { useUnits, usePeople } from "../names.ts";
import type { PageProps } from "../routes.ts";
import { reportOf } from "../report/build.ts";
import { gather } from "../report/data.ts";
import type { ReportDocument, ReportPicture } from "../report/document.ts";
import { reportHtml } from "../report/html.ts";
import { may, sessionStore } from "../session.ts";
import { useLoad } from "../store.ts";
import { text } from "../text.ts";
import { Await } from "../ui/load.tsx";
import { Button, Message, Page, download } from "../ui/parts.tsx";
import { ChoosePictures } from "./report/choose.tsx";
import { ReportView } from "./report/view.tsx";

const words = text.report;

async function save(document: ReportDocument, name: string): Promise<string> {
    const bytes = new TextEncoder().encode(reportHtml(document));
    download(new Blob([bytes], { type: "text/html;charset=utf-8" }), name);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fileName(caseNumber: string, made: string): string {
    return `report-${caseNumber.replace(/[^\w.-]+/g, "_")}-${made.slice(0, 10)}.html`;
}

export function Report(props: PageProps) {
    const id = props.ids["case"] ?? 0;
    const session = sessionStore.get().session;
    const people = usePeople();
    const units = useUnits();
    const [pictures, setPictures] = useState<readonly ReportPicture[]>([]);
    const [digest, setDigest] = useState<string | null>(null);
    const load = useLoad((signal) => gather(id, { by: session?.name ?? "", unit: "" }, signal), [id]);
    const by = people?.get(session?.account ?? 0)?.display ?? session?.name ?? "";
    const unit = load.data === null ? "" : (units?.get(load.data.case.unit)?.name ?? `#${load.data.case.unit}`);
    const examiners = new Map([...(people ?? [])].map(([account, person]) => [account, person.display]));
    const document = load.data === null ? null : reportOf({ ...load.data, by, unit, examiners }, pictures);
    const saveIt = async () => {
        if (document !== null && load.data !== null)
            setDigest(await save(document, fileName(load.data.case.number, load.data.made)));
    };
    return (
        <Page
            title={words.title}
            lead={words.lead}
            actions={
                <>
                    <Button onClick={load.reload} disabled={load.state === "loading"}>
                        {words.again}
                    </Button>
                    <Button disabled={document === null} onClick={() => print()}>
                        {words.print}
                    </Button>
                    <Button look="primary" disabled={document === null} onClick={() => void saveIt()}>
                        {words.save}
                    </Button>
                </>
            }
        >
            <div class="report-tools" role="status">
                {digest !== null && (
                    <Message calm>
                        <p>
                            {words.saved} <code class="break">{digest}</code>
                        </p>
                    </Message>
                )}
                {pictures.length > 0 && <Message calm>{words.printWithout}</Message>}
            </div>
            <Await load={load}>
                {(data) => (
                    <>
                        {may("reveal") && data.case.state !== "expunged" && (
                            <div class="report-tools">
                                <ChoosePictures
                                    caseId={id}
                                    scheme={data.scheme}
                                    pictures={pictures}
                                    onPictures={setPictures}
                                />
                            </div>
                        )}
                        {document !== null && <ReportView of={document} />}
                    </>
                )}
            </Await>
        </Page>
    );
}
