// SPDX-License-Identifier: Apache-2.0
import { plural } from "../plural.ts";

export const who = {
    title: "Who is it?",
    lead: "Media decided to be notable in which nobody is identified yet. One leaves this list when a victim of it is identified or safeguarded and none is still looked for.",
    media: "Media",
    victims: "Victims",
    linked: plural("en", { one: "linked", other: "linked" }),
    nobody: "nobody linked",
    link: "Link a victim",
    act: "What can be done",
    none: "Nothing waits here: in all notable media that are decided somebody is identified, or none is decided yet.",
    count: plural("en", { one: "media shown", other: "media shown" }),
};
