// SPDX-License-Identifier: Apache-2.0
//
// A scan as it goes on: by events of the server while the stream holds, else asked every few
// seconds. A browser keeps six connections to a server, so only the first scans get a stream.
import { useEffect, useState } from "preact/hooks";
import { get, type Schemas } from "../../api/client.ts";

export type Scan = Schemas["Scan"];

const POLL_MS = 4000;
const STREAMS = 2;

export function isGoing(scan: Scan): boolean {
    return scan.state === "waiting" || scan.state === "running";
}

function follow(caseId: number, scan: number, show: (scan: Scan) => void, lost: () => void): () => void {
    const source = new EventSource(`/api/v1/cases/${caseId}/scans/${scan}/events`);
    source.addEventListener("progress", (event: MessageEvent<string>) => {
        const now = JSON.parse(event.data) as Scan;
        show(now);
        if (!isGoing(now)) source.close();
    });
    source.addEventListener("error", () => {
        source.close();
        lost();
    });
    return () => source.close();
}

function poll(caseId: number, scan: number, show: (scan: Scan) => void): () => void {
    const control = new AbortController();
    let timer = 0;
    const ask = async () => {
        try {
            const now = await get("/api/v1/cases/{case}/scans/{scan}", {
                path: { case: caseId, scan },
                signal: control.signal,
            });
            if (control.signal.aborted) return;
            show(now);
            if (!isGoing(now)) return;
        } catch {
            // Out of reach for now: asked again.
        }
        if (!control.signal.aborted) timer = setTimeout(() => void ask(), POLL_MS);
    };
    timer = setTimeout(() => void ask(), POLL_MS);
    return () => {
        control.abort();
        clearTimeout(timer);
    };
}

// The newest known of a scan; `changed` hears of each.
export function useLiveScan(caseId: number, first: Scan, position: number, changed: (scan: Scan) => void): Scan {
    const [newest, setNewest] = useState(first);
    const scan = newest.id === first.id && isGoing(first) ? newest : first;
    const going = isGoing(scan);
    useEffect(() => {
        if (!going) return undefined;
        const show = (now: Scan) => {
            setNewest(now);
            changed(now);
        };
        let end = () => {};
        if (position < STREAMS)
            end = follow(caseId, first.id, show, () => {
                end = poll(caseId, first.id, show);
            });
        else end = poll(caseId, first.id, show);
        return () => end();
    }, [caseId, first.id, going, position]);
    return scan;
}
