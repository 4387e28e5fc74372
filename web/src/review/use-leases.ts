// SPDX-License-Identifier: Apache-2.0
//
// Stacks are held for a while only. While the person is at work they are kept; when not, they are told
// before the end, and any key or press keeps them.
import { useEffect, useRef, useState } from "preact/hooks";
import { post } from "../api/client.ts";
import { QueueDeck } from "./queue-deck.ts";
import type { ReviewSession } from "./session.ts";

const LOOK_MS = 30_000;
const HELD_MS = 15 * 60_000; // the server's REVIEW_LEASE_US
const RENEW_MS = 4 * 60_000;
const WARN_MS = 12 * 60_000;

// When they end, once that is near.
export function useLeases(session: ReviewSession | null): Date | null {
    const [ends, setEnds] = useState<Date | null>(null);
    const renewed = useRef(Date.now());
    const acted = useRef(Date.now());
    useEffect(() => {
        const deck = session?.deck;
        if (!(deck instanceof QueueDeck)) return;
        const renew = () => {
            renewed.current = Date.now();
            setEnds(null);
            post("/api/v1/cases/{case}/leases/renew", { path: { case: deck.caseId }, body: {} }).catch(() => undefined);
        };
        const look = () => {
            const age = Date.now() - renewed.current;
            if (age >= RENEW_MS && acted.current > renewed.current) renew();
            else if (age >= WARN_MS) setEnds(new Date(renewed.current + HELD_MS));
        };
        const act = () => {
            acted.current = Date.now();
            if (Date.now() - renewed.current >= WARN_MS) renew();
        };
        const timer = setInterval(look, LOOK_MS);
        addEventListener("keydown", act);
        addEventListener("pointerdown", act);
        return () => {
            clearInterval(timer);
            removeEventListener("keydown", act);
            removeEventListener("pointerdown", act);
        };
    }, [session]);
    return ends;
}
