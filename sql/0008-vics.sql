-- SPDX-License-Identifier: Apache-2.0
--
-- Case documents (Project VIC) that others made, as they were brought into a case: every element as
-- it came, so that the document can be written again, and what Clew takes out of it.

CREATE TABLE vics_document (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    case_id INTEGER NOT NULL REFERENCES case_file (id),
    account_id INTEGER NOT NULL,
    name TEXT NOT NULL,                -- of the file
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32), -- of the file
    size_bytes INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reading', 'complete')), -- reading: it counts for nothing
    frame TEXT,                        -- what stands around its elements, JSON; NULL until complete
    version TEXT, region TEXT,         -- as its context says
    scheme TEXT,                       -- of its categories; NULL: not known
    case_number TEXT, application TEXT, -- as its first case says
    media INTEGER NOT NULL,            -- elements, so far
    identifiers INTEGER NOT NULL,
    files INTEGER NOT NULL,
    not_understood INTEGER NOT NULL,   -- values; they are kept as they came
    photodna INTEGER NOT NULL,         -- kept and not matchable
    photodna_bad INTEGER NOT NULL,     -- of no valid form, or a constant of a faulty tool
    added_us INTEGER NOT NULL,
    UNIQUE (case_id, sha256)
) STRICT;

-- One element of the lists of a document.
CREATE TABLE vics_media (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    document_id INTEGER NOT NULL REFERENCES vics_document (id),
    case_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('media', 'identifier')),
    case_ordinal INTEGER NOT NULL,     -- which case of the document
    ordinal INTEGER NOT NULL,          -- of the element in the document, from 0
    raw TEXT NOT NULL,                 -- JSON
    md5 BLOB, sha1 BLOB, sha256 BLOB,  -- of a media, where it says them
    size_bytes INTEGER,
    category TEXT,                     -- given by somebody else; never a vote
    category_source TEXT,
    series TEXT,
    media_type TEXT,
    victim_identified INTEGER,         -- 0, 1; NULL: not said
    UNIQUE (document_id, kind, case_ordinal, ordinal)
) STRICT;

CREATE INDEX vics_media_by_md5 ON vics_media (md5, case_id) WHERE md5 IS NOT NULL;

-- ---- Derived from vics_media ---------------------------------------------------------------------

-- Where the maker of the document found a media. For people: these are names that others chose.
CREATE TABLE vics_file (
    vics_media_id INTEGER NOT NULL REFERENCES vics_media (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    name TEXT, path TEXT,
    created TEXT, written TEXT, accessed TEXT, -- UTC, as in the document
    source TEXT,                       -- its SourceID
    unallocated INTEGER, deleted INTEGER,
    PRIMARY KEY (vics_media_id, ordinal)
) STRICT, WITHOUT ROWID;

-- Accounts, addresses and names: elements of their own, or in a media.
CREATE TABLE vics_identifier (
    vics_media_id INTEGER NOT NULL REFERENCES vics_media (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    type TEXT, name TEXT, application TEXT,
    PRIMARY KEY (vics_media_id, ordinal)
) STRICT, WITHOUT ROWID;
