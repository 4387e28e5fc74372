// SPDX-License-Identifier: Apache-2.0
import { plural } from "../plural.ts";

const mediaWord = plural("en", { one: "media", other: "media" });

export const enquiries = {
    title: "Known elsewhere",
    lead: "Asks whether other cases hold the same media, so that the same work is not done twice. That you asked is on record in both cases.",
    ask: {
        title: "Ask",
        which: "About which media",
        kinds: {
            notable: "all that are notable",
            decided: "all that are decided",
            chosen: "these",
        },
        numbers: "Numbers of media",
        numbersHint: "With commas or spaces between them.",
        submit: "Ask",
        asking: (done: string, whole: string) => `Asked about ${done} of ${whole}.`,
        nothing: "There are no such media in this case.",
        done: (asked: number, found: number) => `Asked about ${mediaWord(asked)}: ${places(found)} known.`,
        more: "There are more than a million of them; those were not asked about.",
        waitHint:
            "Of media that only resemble yours you hear nothing yet: the owner is asked, and you are told here when the answer is “the same”.",
    },
    answers: {
        title: "Answers",
        media: "Media",
        how: "How alike",
        exact: "exactly the same",
        near: (bits: string) => `near, ${bits}`,
        state: "Victim",
        owner: "Who has it",
        reference: "Their reference",
        yourCase: (number: string) => `case ${number}`,
        none: "No answers so far. Where another case holds the same media, its owner stands here with a way to reach them.",
        visible: "In cases that you may see",
    },
    questions: {
        title: "Asked about this case",
        lead: "Others who hold the same or a near media. Who asked about the very same was told whom to reach; a near one waits for you.",
        asker: "Who asks",
        asked: "Asked",
        state: "Answer",
        answered: (when: string) => `answered ${when}`,
        none: "Nobody asked about media of this case.",
        same: "The same",
        different: "Different",
        later: "Later",
        sameHint:
            "“The same” tells them your unit, how to reach it, the case's reference and the state of the victim. They never see your media.",
        act: "Your answer",
        tellTitle: "Tell them that it is the same?",
        tell: "Tell them",
        noted: { same: "They are told.", different: "Noted: it is another one.", later: "Noted; it goes on waiting." },
    },
    notices: {
        title: "What is new",
        none: "Nothing new.",
        owner: {
            told: "Somebody asked about it and was told whom to reach.",
            waiting: "Somebody has one that is near. It waits for your answer.",
            same: "Your answer was passed on.",
            withheld: "Somebody asked; nothing was told.",
            withdrawn: "A question about it was withdrawn.",
            victim_state: "Who asked was told the new state of the victim.",
        } as Record<string, string>,
        asker: {
            told: "It is known elsewhere; the answer names whom to reach.",
            waiting: "A near one is known elsewhere; its owner was asked.",
            same: "The owner says that it is the same.",
            withheld: "An answer is no longer given.",
            withdrawn: "An answer was withdrawn.",
            victim_state: "The state of the victim changed elsewhere.",
        } as Record<string, string>,
    },
};

function places(count: number): string {
    return plural("en", { one: "place is", other: "places are" })(count);
}
