// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from "preact/hooks";
import { duration } from "../format.ts";
import { preferences } from "../preferences.ts";
import { useStore } from "../store.ts";

const LOOK_MS = 15_000;
// Who did nothing for so long had a break.
const AWAY_MS = 5 * 60_000;
const LATER_MS = 10 * 60_000;

// Proposes a break after as long as the person chose, of work without one.
export function useBreaks(resting: boolean): { due: string | null; later: () => void; restart: () => void } {
    const minutes = useStore(preferences, (all) => all.desk.breakMinutes);
    const began = useRef(Date.now());
    const acted = useRef(Date.now());
    const quietUntil = useRef(0);
    const [due, setDue] = useState<string | null>(null);
    const restart = () => {
        began.current = acted.current = Date.now();
        setDue(null);
    };
    useEffect(() => {
        const act = () => {
            if (Date.now() - acted.current > AWAY_MS) restart();
            acted.current = Date.now();
        };
        const look = () => {
            const worked = Date.now() - began.current;
            if (minutes > 0 && worked >= minutes * 60_000 && Date.now() >= quietUntil.current && !resting)
                setDue(duration(Math.floor(worked / 60_000) * 60));
        };
        const timer = setInterval(look, LOOK_MS);
        addEventListener("keydown", act);
        addEventListener("pointerdown", act);
        return () => {
            clearInterval(timer);
            removeEventListener("keydown", act);
            removeEventListener("pointerdown", act);
        };
    }, [minutes, resting]);
    return {
        due: resting ? null : due,
        restart,
        later: () => {
            quietUntil.current = Date.now() + LATER_MS;
            setDue(null);
        },
    };
}
