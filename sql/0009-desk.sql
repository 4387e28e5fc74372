-- SPDX-License-Identifier: Apache-2.0
--
-- The desk of one person: what they need not see, how it is set up, how much they saw. Private to
-- them, not on record, and gone when their account is closed.

-- Stacks that the queue does not give to a person.
CREATE TABLE review_skip (
    account_id INTEGER NOT NULL,
    stack_id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    made_us INTEGER NOT NULL,
    PRIMARY KEY (account_id, stack_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX review_skip_by_case ON review_skip (case_id, account_id, stack_id);

CREATE TABLE preference (
    account_id INTEGER PRIMARY KEY,
    desk TEXT NOT NULL,                -- JSON, of the page
    families INTEGER NOT NULL          -- bits of the families that the queue does not give to them
) STRICT;

-- Tags that keep a stack from a person.
CREATE TABLE not_mine_tag (
    account_id INTEGER NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (account_id, tag)
) STRICT, WITHOUT ROWID;

-- What was shown to a person on a day.
CREATE TABLE exposure (
    account_id INTEGER NOT NULL,
    day INTEGER NOT NULL,              -- since 1970, of UTC
    reveals INTEGER NOT NULL,
    shown_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX exposure_by_day ON exposure (day);

-- Findings of a media are on every tile, and most items have none.
CREATE INDEX item_with_findings ON item (media_id, case_id) WHERE findings IS NOT NULL;
