// SPDX-License-Identifier: Apache-2.0
//
// Scans that the server runs for the case, live; starting one and ending one.
import { useRef, useState } from "preact/hooks";
import { del, get, post } from "../../api/client.ts";
import { caseChanged } from "../../case.ts";
import { number, percent, size } from "../../format.ts";
import { usePersonName } from "../../names.ts";
import { may } from "../../session.ts";
import { text } from "../../text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Form, TextField } from "../../ui/form.tsx";
import { More, usePages } from "../../ui/load.tsx";
import { notify } from "../../ui/notice.tsx";
import { Button, Chip, Empty, Section, Time, word } from "../../ui/parts.tsx";
import { isGoing, useLiveScan, type Scan } from "./live-scan.ts";

const words = text.overview;
// While scans bring in more, the case's numbers are asked for anew this often at most.
const REFRESH_MS = 5000;

function StartScan(props: { caseId: number; onDone: (started: boolean) => void }) {
    const [path, setPath] = useState("");
    return (
        <Dialog title={words.startScan} onClose={() => props.onDone(false)}>
            <Form
                submit={words.startIt}
                disabled={path.trim() === ""}
                onCancel={() => props.onDone(false)}
                onSubmit={async () => {
                    await post("/api/v1/cases/{case}/scans", {
                        path: { case: props.caseId },
                        body: { path: path.trim() },
                    });
                    props.onDone(true);
                }}
            >
                <TextField
                    label={words.path}
                    hint={words.pathHint}
                    value={path}
                    onValue={setPath}
                    at="/path"
                    maxLength={4096}
                    autoFocus
                    spellcheck={false}
                    autocomplete="off"
                />
            </Form>
        </Dialog>
    );
}

function EndScan(props: { caseId: number; scan: Scan; onClose: () => void }) {
    return (
        <Dialog title={words.endScan} onClose={props.onClose}>
            <Form
                submit={words.endIt}
                onCancel={props.onClose}
                onSubmit={async () => {
                    await del("/api/v1/cases/{case}/scans/{scan}", {
                        path: { case: props.caseId, scan: props.scan.id },
                    });
                    notify(words.endAsked);
                    props.onClose();
                }}
            >
                <p>{words.endHint}</p>
            </Form>
        </Dialog>
    );
}

function count(scan: Scan, name: string): number | null {
    const value: unknown = scan.progress?.[name];
    return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function soFar(scan: Scan): string {
    const parts = [
        [count(scan, "items"), words.scanItems],
        [count(scan, "media"), words.scanMedia],
        [count(scan, "exact"), words.scanExact],
        [count(scan, "near"), words.scanNear],
        [count(scan, "not_examined"), words.scanNotExamined],
    ] as const;
    return parts.flatMap(([value, say]) => (value === null ? [] : [say(number(value))])).join(", ");
}

function HowFar(props: { scan: Scan }) {
    const all = count(props.scan, "evidence_bytes");
    const done = count(props.scan, "done_bytes");
    if (all === null || done === null || all === 0) return null;
    const share = Math.min(1, done / all);
    return (
        <div class="scan-far">
            <progress value={share} max={1} aria-label={words.howFar} />
            <span class="nowrap">
                {percent(share)} {words.ofBytes(size(all))}
            </span>
        </div>
    );
}

function ScanRow(props: { caseId: number; first: Scan; position: number; changed: (scan: Scan) => void }) {
    const scan = useLiveScan(props.caseId, props.first, props.position, props.changed);
    const [ending, setEnding] = useState(false);
    const personName = usePersonName();
    const facts = soFar(scan);
    return (
        <li class="scan">
            <div class="row">
                <Chip>{word("state", scan.state)}</Chip>
                <span class="break mono">{scan.path}</span>
                {isGoing(scan) && may("ingest") && (
                    <Button look="small" onClick={() => setEnding(true)}>
                        {words.endScan}
                    </Button>
                )}
            </div>
            {isGoing(scan) && <HowFar scan={scan} />}
            {facts !== "" && <p>{facts}</p>}
            {scan.error !== null && <p>{scan.error}</p>}
            <p class="muted">
                {words.asked(scan.account > 0 ? personName(scan.account) : text.common.unknown)} <Time at={scan.made} />
                {scan.ended !== null && (
                    <>
                        ; {words.ended} <Time at={scan.ended} />
                    </>
                )}
            </p>
            {ending && <EndScan caseId={props.caseId} scan={scan} onClose={() => setEnding(false)} />}
        </li>
    );
}

export function Scans(props: { caseId: number; open: boolean }) {
    const { caseId } = props;
    const [starting, setStarting] = useState(false);
    const refreshed = useRef(0);
    const pages = usePages(
        (cursor, signal) =>
            get("/api/v1/cases/{case}/scans", {
                path: { case: caseId },
                query: { limit: 10, ...(cursor !== undefined && { cursor }) },
                signal,
            }),
        [caseId],
    );
    const changed = (scan: Scan) => {
        const now = Date.now();
        if (isGoing(scan) && now - refreshed.current < REFRESH_MS) return;
        refreshed.current = now;
        caseChanged();
    };
    return (
        <Section
            title={words.scans}
            actions={
                props.open && may("ingest") && <Button onClick={() => setStarting(true)}>{words.startScan}</Button>
            }
        >
            {pages.items.length === 0 && pages.state === "ready" && <Empty>{words.noScans}</Empty>}
            <ul class="scans">
                {pages.items.map((scan, position) => (
                    <ScanRow key={scan.id} caseId={caseId} first={scan} position={position} changed={changed} />
                ))}
            </ul>
            <More pages={pages} />
            {starting && (
                <StartScan
                    caseId={caseId}
                    onDone={(started) => {
                        setStarting(false);
                        if (started) pages.reload();
                    }}
                />
            )}
        </Section>
    );
}
