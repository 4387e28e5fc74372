// SPDX-License-Identifier: Apache-2.0
//
// The last page before leaving: quiet, no picture, nothing to judge. Signing out is here, so that
// nobody leaves decisions behind without knowing.
import { useEffect, useState } from "preact/hooks";
import { Sitting } from "../review/break.tsx";
import { endReview } from "../review/sessions.ts";
import { hideAll } from "../review/showing.ts";
import { unsent, useOutboxState } from "../review/unsent.ts";
import { href } from "../route.ts";
import type { PageProps } from "../routes.ts";
import { may, signOut } from "../session.ts";
import { text } from "../text.ts";
import { Failure } from "../ui/failure.tsx";
import { Button, LinkButton, Message, Page } from "../ui/parts.tsx";

const words = text.review.leaving;

export function Leaving(_props: PageProps) {
    const { waiting } = useOutboxState();
    const [error, setError] = useState<unknown>(null);
    useEffect(() => {
        hideAll();
        void endReview();
    }, []);
    const leave = () => {
        signOut().catch(setError);
    };
    return (
        <Page title={words.title} shape="narrow">
            {may("reveal") && (
                <div class="stack">
                    <Sitting count={null} />
                    <p>{words.quiet}</p>
                    <p>
                        <a href={href("/outcomes")}>{words.outcomes}</a>
                    </p>
                </div>
            )}
            {waiting > 0 && (
                <Message role="status">
                    <p>{words.unsent(waiting)}</p>
                    <Button look="small" onClick={() => unsent()?.retry()}>
                        {words.wait}
                    </Button>
                </Message>
            )}
            {error !== null && <Failure error={error} />}
            <div class="form-end">
                <Button look="primary" onClick={leave}>
                    {waiting > 0 ? words.anyway : words.signOut}
                </Button>
                <LinkButton href={href("/")}>{words.stay}</LinkButton>
            </div>
        </Page>
    );
}
