// SPDX-License-Identifier: Apache-2.0
//
// Whom to reach: unit, agency, country and contact of the other side.
import type { Schemas } from "../../api/client.ts";
import { text } from "../../text.ts";

export function ContactFacts(props: { of: Schemas["Contact"] | null }) {
    const { of } = props;
    if (of === null) return <span class="muted">{text.common.notSaid}</span>;
    const from = [of.agency, of.country].filter((part) => part !== null && part !== "").join(", ");
    return (
        <span class="contact">
            <strong>{of.unit ?? text.common.notSaid}</strong>
            {from !== "" && <span>{from}</span>}
            {of.contact !== null && of.contact !== "" && <span class="break">{of.contact}</span>}
        </span>
    );
}
