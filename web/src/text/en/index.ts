// SPDX-License-Identifier: Apache-2.0
import { account } from "./account.ts";
import { administration } from "./administration.ts";
import { audit } from "./audit.ts";
import { cases } from "./cases.ts";
import { common, units, words } from "./common.ts";
import { enquiries } from "./enquiries.ts";
import { identifiers } from "./identifiers.ts";
import { victims } from "./victims.ts";
import { who } from "./who.ts";
import { facts } from "./facts.ts";
import { help } from "./help.ts";
import { links } from "./links.ts";
import { media } from "./media.ts";
import { outcomes } from "./outcomes.ts";
import { overview } from "./overview.ts";
import { report } from "./report.ts";
import { review } from "./review.ts";
import { search } from "./search.ts";
import { series } from "./series.ts";
import { sets } from "./sets.ts";
import { settings } from "./settings.ts";
import { signIn } from "./signin.ts";
import { stacks } from "./stacks.ts";
import { statistics } from "./statistics.ts";

export const en = {
    locale: "en-GB",
    common,
    units,
    words,
    account,
    administration,
    audit,
    cases,
    facts,
    who,
    victims,
    identifiers,
    enquiries,
    help,
    links,
    media,
    outcomes,
    overview,
    report,
    review,
    search,
    series,
    sets,
    settings,
    signIn,
    stacks,
    statistics,
};
