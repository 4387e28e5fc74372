// SPDX-License-Identifier: Apache-2.0
//
// One's own account: who one is here, what keeps it safe, how the desk works for one, what one saw.
import { useEffect, useState } from "preact/hooks";
import { loadPreferences } from "../preferences.ts";
import type { PageProps } from "../routes.ts";
import { sessionStore } from "../session.ts";
import { useStore } from "../store.ts";
import { text } from "../text.ts";
import { Failure } from "../ui/failure.tsx";
import { Loading, Page } from "../ui/parts.tsx";
import { DeskSettings } from "./account/desk-settings.tsx";
import { ExposureCounts } from "./account/exposure.tsx";
import { Identity } from "./account/identity.tsx";
import { KeySettings } from "./account/keys.tsx";
import { NotMineSettings } from "./account/not-mine.tsx";
import { Password, SecondFactorState } from "./account/security.tsx";
import { Tokens } from "./tokens/tokens.tsx";

// Settings are offered once the present ones are known, so that none is overwritten unseen.
function Settings() {
    const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
    const [error, setError] = useState<unknown>(null);
    const load = () => {
        setState("loading");
        loadPreferences().then(
            () => setState("ready"),
            (thrown: unknown) => {
                setError(thrown);
                setState("failed");
            },
        );
    };
    useEffect(load, []);
    if (state === "failed") return <Failure error={error} retry={load} />;
    if (state === "loading") return <Loading />;
    return (
        <>
            <div class="columns">
                <DeskSettings />
                <NotMineSettings />
            </div>
            <KeySettings />
        </>
    );
}

export function Account(_props: PageProps) {
    const session = useStore(sessionStore, (state) => state.session);
    if (session === null) return null;
    return (
        <Page title={text.account.title}>
            <div class="columns">
                <Identity session={session} />
                <div class="stack account-side">
                    <SecondFactorState session={session} />
                    <Password />
                </div>
            </div>
            <ExposureCounts />
            <Settings />
            <Tokens account={session.account} mayChoose={false} />
        </Page>
    );
}
