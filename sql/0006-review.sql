-- SPDX-License-Identifier: Apache-2.0
--
-- Review: votes, what they decided, leases of stacks, notes and tags.

-- One row a vote, and one for each that was taken back. Rows are never changed.
CREATE TABLE vote (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    media_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    unit_id INTEGER NOT NULL,          -- of the voter when they voted
    undoes INTEGER,                    -- the vote that this row takes back; NULL: a vote
    category TEXT,                     -- as the scheme writes it; NULL in a row that undoes
    self_generated TEXT,
    commercial TEXT,
    is_late INTEGER NOT NULL,          -- after the lease of its voter had ended
    is_submitter INTEGER NOT NULL,     -- its voter brought the list entry, so it does not count
    made_us INTEGER NOT NULL
) STRICT;

CREATE INDEX vote_by_media ON vote (media_id, case_id, id);
CREATE INDEX vote_by_account ON vote (case_id, account_id, id);
CREATE UNIQUE INDEX vote_undone_once ON vote (undoes) WHERE undoes IS NOT NULL;

-- What the votes came to, until something else took its place.
CREATE TABLE decision (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    media_id INTEGER NOT NULL,
    case_media_id INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('disputed', 'decided')),
    category TEXT,                     -- once decided, as the next two
    self_generated TEXT,
    commercial TEXT,
    in_favour INTEGER NOT NULL,        -- counting votes for the category
    against INTEGER NOT NULL,          -- counting votes for others
    units INTEGER NOT NULL,            -- of those in favour
    voters INTEGER NOT NULL,           -- the policy it was counted by
    voter_units INTEGER NOT NULL,
    votes TEXT NOT NULL,               -- ids of the counting votes, JSON
    account_id INTEGER NOT NULL,       -- whose act it followed from
    made_us INTEGER NOT NULL,
    waited_us INTEGER NOT NULL,        -- since the media came into the case
    set_id INTEGER,                    -- the entry it became; NULL: none
    entry_id INTEGER,
    entry_withdrawn_us INTEGER,        -- NULL: the entry stands
    withdrawn_us INTEGER,              -- NULL: it stands
    withdrawn_why TEXT                 -- 'votes changed', 'policy changed'
) STRICT;

CREATE UNIQUE INDEX decision_standing ON decision (case_media_id) WHERE withdrawn_us IS NULL;
CREATE INDEX decision_by_entry ON decision (entry_id) WHERE entry_id IS NOT NULL;
CREATE INDEX decision_by_time ON decision (case_id, waited_us)
    WHERE withdrawn_us IS NULL AND state = 'decided';

-- Text about a media or a stack. One that was removed keeps its row and loses its text.
CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    case_media_id INTEGER NOT NULL,    -- of a stack: of its leader
    is_stack INTEGER NOT NULL,         -- 1: about the whole stack
    kind TEXT NOT NULL CHECK (kind IN ('note', 'tag')),
    text TEXT,
    account_id INTEGER NOT NULL,
    made_us INTEGER NOT NULL,
    removed_us INTEGER,
    removed_by INTEGER                 -- account
) STRICT;

CREATE INDEX note_by_media ON note (case_media_id, id);
CREATE INDEX note_by_tag ON note (case_id, text, id) WHERE kind = 'tag' AND removed_us IS NULL;

-- ---- Not on record ------------------------------------------------------------------------------

-- Who looks at which stack, until when. One that ended stays until it is swept, so that a vote that
-- comes too late is known as such.
CREATE TABLE review_lease (
    stack_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    unit_id INTEGER NOT NULL,
    ends_us INTEGER NOT NULL,
    PRIMARY KEY (stack_id, account_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX review_lease_by_account ON review_lease (case_id, account_id, ends_us);
CREATE INDEX review_lease_by_end ON review_lease (ends_us);

-- The queue in its other orders; stack_queue is that of the case.
CREATE INDEX stack_queue_largest ON stack (case_id, voted_by, media_count, id) WHERE open_count > 0;
CREATE INDEX stack_queue_newest ON stack (case_id, voted_by, id) WHERE open_count > 0;

-- Statistics read this and not the table.
CREATE INDEX case_media_counted ON case_media (case_id, added_us, kind, decision, category);

-- Lists of stacks. All of them: also stack_by_case and stack_by_size; open ones: the queue's.
CREATE INDEX stack_by_order ON stack (case_id, order_key, id);
CREATE INDEX stack_done_by_order ON stack (case_id, order_key, id) WHERE open_count = 0;
CREATE INDEX stack_done_by_size ON stack (case_id, media_count, id) WHERE open_count = 0;
CREATE INDEX stack_done_by_case ON stack (case_id, id) WHERE open_count = 0;
CREATE INDEX stack_disputed_by_order ON stack (case_id, order_key, id) WHERE disputed_count > 0;
CREATE INDEX stack_disputed_by_size ON stack (case_id, media_count, id) WHERE disputed_count > 0;
CREATE INDEX stack_disputed_by_case ON stack (case_id, id) WHERE disputed_count > 0;

CREATE INDEX decision_by_case ON decision (case_id, state, id) WHERE withdrawn_us IS NULL;
