// SPDX-License-Identifier: Apache-2.0
import { plural } from "../plural.ts";

export const outcomes = {
    title: "What came of it",
    lead: "Cases that you worked on, the newest first.",
    none: "You have not worked on a case yet.",
    notSaid: "It is not said yet what came of it.",
    opened: "opened",
    decided: (media: string) => `${media} media decided by all who worked on it`,
    victims: plural("en", { one: "victim", other: "victims" }),
};
