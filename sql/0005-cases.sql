-- SPDX-License-Identifier: Apache-2.0
--
-- Cases, what was found in their evidence, and stacks.
-- Audited tables have id and seq (the leaf that wrote the row last): store/audit_tables.c.

CREATE TABLE case_file (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    number TEXT NOT NULL UNIQUE,       -- as people write it
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    title TEXT NOT NULL,               -- neutral; '' for none
    state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'expunged')),
    scheme TEXT NOT NULL,              -- categories of its votes
    voters INTEGER NOT NULL,           -- distinct voters that decide
    voter_units INTEGER NOT NULL,      -- from so many units
    restricted INTEGER NOT NULL,       -- 1: other units are told "no", and the owner of the question
    preview_days INTEGER,              -- reserved for retention; NULL: as the rules say
    reference TEXT,                    -- what other units are given to name it by
    opened_us INTEGER NOT NULL,
    closed_us INTEGER,
    decided_set_id INTEGER             -- set that takes what is decided; NULL until the first
) STRICT;

CREATE INDEX case_file_by_unit ON case_file (unit_id);

CREATE TABLE case_member (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    case_id INTEGER NOT NULL REFERENCES case_file (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    added_us INTEGER NOT NULL,
    UNIQUE (case_id, account_id)
) STRICT;

CREATE INDEX case_member_by_account ON case_member (account_id);

-- A source that was scanned: a folder, a disk image, a report package.
CREATE TABLE evidence (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    case_id INTEGER NOT NULL REFERENCES case_file (id),
    name TEXT NOT NULL,
    root TEXT,                         -- where it lay when it was scanned; for people and full views
    added_us INTEGER NOT NULL,
    UNIQUE (case_id, name)
) STRICT;

-- Distinct content, in whatever cases. What it is, never what anybody thinks of it.
CREATE TABLE media (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
    sha1 BLOB NOT NULL CHECK (length(sha1) = 20),
    md5 BLOB NOT NULL CHECK (length(md5) = 16),
    size_bytes INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    family TEXT NOT NULL CHECK (family IN ('picture', 'video', 'other')),
    status TEXT NOT NULL,              -- of its best examination
    reason TEXT,                       -- why it is not ok
    width INTEGER, height INTEGER, frames INTEGER, duration_ms INTEGER,
    pdq_quality INTEGER,               -- of the untrimmed 512 pipeline
    hashes BLOB,                       -- perceptual, with their variants: store/media_hashes.h
    facts TEXT                         -- what decoding showed, as in a record: docs/json.md
) STRICT;

CREATE INDEX media_by_sha1 ON media (sha1);
CREATE INDEX media_by_md5 ON media (md5);

-- Hashed frames of a video in order of time (store/frame_pack.h), in chunks. Derived from the media.
CREATE TABLE media_frames (
    media_id INTEGER NOT NULL REFERENCES media (id) ON DELETE CASCADE,
    chunk INTEGER NOT NULL,
    frames BLOB NOT NULL,
    PRIMARY KEY (media_id, chunk)
) STRICT, WITHOUT ROWID;

-- One byte stream in an evidence.
CREATE TABLE item (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    evidence_id INTEGER NOT NULL,
    item_key BLOB NOT NULL,            -- item_id of the record
    parent_key BLOB,                   -- of what it lies in
    media_id INTEGER,                  -- NULL: no byte was read
    path TEXT NOT NULL,                -- for people
    locator TEXT NOT NULL,             -- for programs
    name TEXT NOT NULL,                -- last part of the path, lower case
    status TEXT NOT NULL,
    reason TEXT,
    size_bytes INTEGER,
    modified_us INTEGER, created_us INTEGER,
    times TEXT,                        -- all of them with their zone, JSON
    findings TEXT,                     -- JSON; NULL for none
    UNIQUE (evidence_id, item_key)
) STRICT;

CREATE INDEX item_by_media ON item (media_id, case_id);
CREATE INDEX item_by_name ON item (case_id, name);
CREATE INDEX item_not_examined ON item (case_id, status, id) WHERE status <> 'ok';

-- A media in a case: what the sets say of it, where it stands, what was decided.
CREATE TABLE case_media (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    media_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('new', 'notable', 'ignorable')), -- new: needs eyes
    stack_id INTEGER,                  -- id of the case_media that leads its stack; NULL: none
    distance INTEGER,                  -- to the leader: bits; NULL for the leader itself
    orientation INTEGER,               -- in which it resembles the leader
    pipeline INTEGER,
    added_us INTEGER NOT NULL,
    decision TEXT CHECK (decision IN ('disputed', 'decided')), -- NULL: open
    category TEXT,                     -- once decided
    UNIQUE (case_id, media_id)
) STRICT;

CREATE INDEX case_media_by_stack ON case_media (stack_id);
CREATE INDEX case_media_by_media ON case_media (media_id);
CREATE INDEX case_media_by_kind ON case_media (case_id, kind, id);
CREATE INDEX case_media_by_decision ON case_media (case_id, decision, id) WHERE decision IS NOT NULL;

-- Derived: a stack and its place in the queue of review. id is that of its leader in case_media.
CREATE TABLE stack (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL,
    media_count INTEGER NOT NULL,
    open_count INTEGER NOT NULL,       -- of these not decided
    disputed_count INTEGER NOT NULL DEFAULT 0, -- of these disputed
    order_key INTEGER NOT NULL,        -- lower comes first
    voted_by INTEGER NOT NULL          -- 0: nobody; an account: only that one; -1: several
) STRICT;

CREATE INDEX stack_queue ON stack (case_id, voted_by, order_key, id) WHERE open_count > 0;
CREATE INDEX stack_by_case ON stack (case_id, id);
CREATE INDEX stack_by_size ON stack (case_id, media_count, id);

-- Derived: how far a case is, kept while it changes so that nobody counts a million rows to say so.
CREATE TABLE case_tally (
    case_id INTEGER PRIMARY KEY,
    items INTEGER NOT NULL,
    not_examined INTEGER NOT NULL,
    notable INTEGER NOT NULL,
    ignorable INTEGER NOT NULL,
    fresh INTEGER NOT NULL,            -- media that need eyes; of these:
    decided INTEGER NOT NULL,
    disputed INTEGER NOT NULL,
    stacks INTEGER NOT NULL
) STRICT;

-- What the sets said when it came in, or when the sets changed.
CREATE TABLE media_match (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    media_id INTEGER NOT NULL,
    set_id INTEGER NOT NULL,
    entry_id INTEGER NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('exact', 'near')),
    meaning TEXT NOT NULL CHECK (meaning IN ('notable', 'ignorable', 'neither')),
    is_weak INTEGER NOT NULL,          -- exact by MD5 or SHA-1 alone
    distance INTEGER,                  -- near: bits
    category TEXT,                     -- as the list has it
    detail TEXT NOT NULL               -- the whole match, JSON: docs/json.md
) STRICT;

CREATE INDEX media_match_by_media ON media_match (media_id, case_id);
CREATE INDEX media_match_by_entry ON media_match (entry_id);

-- A preview, sealed with a key that is not in the database (store/vault.h).
CREATE TABLE preview (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    media_id INTEGER NOT NULL,
    kind TEXT NOT NULL,                -- 'small' 192, 'medium' 512, 'strip', 'thumbnail'
    ordinal INTEGER NOT NULL,          -- of a strip's pictures; else 0
    milliseconds INTEGER,              -- of a video's frame
    object_key_id INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    UNIQUE (media_id, kind, ordinal)
) STRICT;

-- Why a media has no preview. Derived.
CREATE TABLE preview_missing (
    media_id INTEGER PRIMARY KEY,
    reason TEXT NOT NULL
) STRICT;

-- A scan that the server runs, or that reports to it.
CREATE TABLE scan_job (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL,
    evidence_id INTEGER,
    account_id INTEGER NOT NULL,
    path TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'incomplete', 'failed', 'cancelled')),
    progress TEXT,                     -- totals, JSON
    error TEXT,
    pid INTEGER,
    made_us INTEGER NOT NULL,
    started_us INTEGER, seen_us INTEGER, ended_us INTEGER
) STRICT;

CREATE INDEX scan_job_by_case ON scan_job (case_id, id);
