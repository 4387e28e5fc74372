-- SPDX-License-Identifier: Apache-2.0
--
-- What leads from media to people and from case to case: series, victims, identifiers, traits,
-- enquiries; and when it all goes again: retention, expunge, tombstones.

CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    name TEXT NOT NULL,
    made_us INTEGER NOT NULL
) STRICT;

CREATE INDEX series_by_unit ON series (unit_id, id);

-- A media in a series, as somebody saw it in a case. One that left keeps its row.
CREATE TABLE series_media (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    series_id INTEGER NOT NULL REFERENCES series (id),
    case_id INTEGER NOT NULL,
    media_id INTEGER NOT NULL,
    joined_us INTEGER NOT NULL,
    left_us INTEGER                    -- NULL: it is in it
) STRICT;

CREATE UNIQUE INDEX series_media_present ON series_media (series_id, case_id, media_id)
    WHERE left_us IS NULL;
CREATE INDEX series_media_by_media ON series_media (media_id, series_id);
CREATE INDEX series_media_by_case ON series_media (case_id, series_id);

-- A child. Nothing here names it but a reference; a name, where a unit must keep one, is sealed under
-- a key of its own.
CREATE TABLE victim (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    reference TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('unidentified', 'being_worked', 'identified', 'safeguarded')),
    name_key_id INTEGER,               -- object_key; a row that is gone: the name is lost
    name_sealed BLOB,
    made_us INTEGER NOT NULL
) STRICT;

CREATE INDEX victim_by_unit ON victim (unit_id, id);

-- Every state a victim was in. Rows are never changed.
CREATE TABLE victim_state (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    victim_id INTEGER NOT NULL REFERENCES victim (id),
    state TEXT NOT NULL,
    unit_id INTEGER NOT NULL,          -- which says so
    reason TEXT NOT NULL,
    since_us INTEGER NOT NULL,         -- when it came to be so
    made_us INTEGER NOT NULL           -- when it was written down
) STRICT;

CREATE INDEX victim_state_by_victim ON victim_state (victim_id, id);

-- A victim is in a series, or is to be seen in a media of a case.
CREATE TABLE victim_link (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    victim_id INTEGER NOT NULL REFERENCES victim (id),
    series_id INTEGER,                 -- either this
    case_id INTEGER,                   -- or these two
    media_id INTEGER,
    made_us INTEGER NOT NULL,
    left_us INTEGER                    -- NULL: it stands
) STRICT;

CREATE INDEX victim_link_by_victim ON victim_link (victim_id, id);
CREATE INDEX victim_link_by_series ON victim_link (series_id, victim_id);
CREATE INDEX victim_link_by_media ON victim_link (media_id, victim_id);
CREATE INDEX victim_link_by_case ON victim_link (case_id, victim_id);

-- Accounts, addresses, numbers, devices and names, out of records and from people. The nonce keeps
-- anybody from finding the value by trying, from the hash that the record of acts keeps of a row.
CREATE TABLE identifier (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    nonce BLOB NOT NULL CHECK (length(nonce) = 16),
    case_id INTEGER NOT NULL,
    media_id INTEGER,                  -- what it was found at; NULL: the case as a whole
    item_id INTEGER,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,               -- as it is compared: cases/identifiers.h
    written TEXT NOT NULL,             -- as it was found
    at_us INTEGER,                     -- of an address in use at a time
    port INTEGER,
    source TEXT NOT NULL CHECK (source IN ('mail', 'vics', 'hand')),
    made_us INTEGER NOT NULL
) STRICT;

CREATE INDEX identifier_by_case ON identifier (case_id, id);
CREATE INDEX identifier_by_value ON identifier (case_id, kind, value);
CREATE INDEX identifier_by_item ON identifier (item_id) WHERE item_id IS NOT NULL;

-- ---- Asking elsewhere ---------------------------------------------------------------------------

-- A media of one case that is, or may be, the same as one of a case that the asker may not see.
CREATE TABLE enquiry (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    case_id INTEGER NOT NULL,          -- the asker's
    media_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,       -- who asked
    owner_case_id INTEGER NOT NULL,
    owner_media_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('exact', 'near')),
    distance INTEGER,                  -- of a near one: bits
    -- told: the asker has the answer. waiting: the owner has the question. same, different: what the
    -- owner answered. withheld: the owner's case is restricted, the asker was told "no".
    -- withdrawn: there is nothing to ask about any more.
    state TEXT NOT NULL CHECK (state IN
        ('told', 'waiting', 'same', 'different', 'withheld', 'withdrawn')),
    victim_state TEXT NOT NULL,        -- as last told
    made_us INTEGER NOT NULL,
    answered_us INTEGER,
    answered_by INTEGER,               -- account
    UNIQUE (case_id, media_id, owner_case_id)
) STRICT;

CREATE INDEX enquiry_by_owner ON enquiry (owner_case_id, id);
CREATE INDEX enquiry_by_owner_media ON enquiry (owner_media_id);

-- Lines on record, by case and kind; case 0: every case without a line of its own.
CREATE TABLE retention_rule (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('preview', 'item', 'note', 'identifier', 'case')),
    days INTEGER NOT NULL,             -- after the case was closed, or opened
    counts_from TEXT NOT NULL CHECK (counts_from IN ('opened', 'closed')),
    reason TEXT NOT NULL,
    made_us INTEGER NOT NULL,
    UNIQUE (case_id, kind)
) STRICT;

CREATE TABLE expunge (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('preview', 'item', 'note', 'identifier', 'case')),
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'refused', 'done')),
    asked_by INTEGER NOT NULL,         -- account
    asked_us INTEGER NOT NULL,
    decided_by INTEGER,                -- another one
    decided_us INTEGER
) STRICT;

CREATE INDEX expunge_by_case ON expunge (case_id, id);

-- What is left of what was expunged: how many of what.
CREATE TABLE tombstone (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    expunge_id INTEGER NOT NULL REFERENCES expunge (id),
    case_id INTEGER NOT NULL,
    what TEXT NOT NULL,                -- table, or "payload"
    detail TEXT NOT NULL,              -- of case_media: "kind decision category"; else ''
    count INTEGER NOT NULL,
    made_us INTEGER NOT NULL
) STRICT;

CREATE INDEX tombstone_by_case ON tombstone (case_id, id);

-- ---- Not on record: derived, or state that comes and goes ----------------------------------------

-- A value that media or items have, once.
CREATE TABLE trait_value (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (kind, value)
) STRICT;

-- How often in a case. This is what links are read from.
CREATE TABLE trait_count (
    value_id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    uses INTEGER NOT NULL,
    PRIMARY KEY (value_id, case_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX trait_count_by_case ON trait_count (case_id, value_id);

-- Where. Folder names have no rows here: items say it themselves.
CREATE TABLE trait_use (
    case_id INTEGER NOT NULL,
    media_id INTEGER NOT NULL,         -- 0: none
    value_id INTEGER NOT NULL,
    item_id INTEGER NOT NULL,          -- 0: the media itself
    PRIMARY KEY (case_id, media_id, value_id, item_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX trait_use_by_value ON trait_use (value_id, case_id);

-- A media that a case has asked about, so that it hears of what comes in elsewhere later.
CREATE TABLE enquiry_watch (
    media_id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    PRIMARY KEY (media_id, case_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX enquiry_watch_by_case ON enquiry_watch (case_id);

-- Media asked about in an hour.
CREATE TABLE enquiry_rate (
    account_id INTEGER NOT NULL,
    hour INTEGER NOT NULL,             -- since 1970
    media INTEGER NOT NULL,
    PRIMARY KEY (account_id, hour)
) STRICT, WITHOUT ROWID;

-- Something about an enquiry changed that the people of this case should look at.
CREATE TABLE enquiry_notice (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL,
    enquiry_id INTEGER NOT NULL,
    is_owner INTEGER NOT NULL,         -- 1: the case that holds the media; 0: the case that asked
    what TEXT NOT NULL,                -- the state it came to, or "victim_state"
    made_us INTEGER NOT NULL
) STRICT;

CREATE INDEX enquiry_notice_by_case ON enquiry_notice (case_id, id);
CREATE INDEX enquiry_notice_by_enquiry ON enquiry_notice (enquiry_id);

-- How far media of cases were compared with what other cases had asked.
CREATE TABLE enquiry_progress (
    id INTEGER PRIMARY KEY,
    case_media_id INTEGER NOT NULL
) STRICT;

CREATE INDEX item_by_time ON item (case_id, modified_us, id);

-- Search goes through the items and notes of a case in order.
CREATE INDEX item_by_case ON item (case_id, id);
CREATE INDEX note_by_case ON note (case_id, id);
