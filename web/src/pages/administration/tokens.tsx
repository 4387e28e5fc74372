// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { usePeople } from "../../names.ts";
import { text } from "../../text.ts";
import { Choice } from "../../ui/form.tsx";
import { Tokens } from "../tokens/tokens.tsx";

const words = text.administration.tokens;

export function TokensOfAll() {
    const people = usePeople();
    const [account, setAccount] = useState("");
    const named = [...(people?.values() ?? [])].sort((a, b) => a.display.localeCompare(b.display, text.locale));
    return (
        <>
            <div class="form-grid">
                <Choice
                    label={words.whose}
                    value={account}
                    onValue={setAccount}
                    options={[["", words.everybody], ...named.map((one) => [String(one.id), one.display] as const)]}
                />
            </div>
            <Tokens account={account === "" ? null : Number(account)} mayChoose />
        </>
    );
}
