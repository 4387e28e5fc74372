-- SPDX-License-Identifier: Apache-2.0
--
-- Casework: ids, and the record of every act.

-- The last id given of each kind. Ids are given by the program and never twice.
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row an act, written in its transaction (store/audit_log.h). A payload that had to be erased
-- is NULL; its digest, and so the leaf, stays.
CREATE TABLE audit_leaf (
    seq INTEGER PRIMARY KEY,           -- from 1, without gaps
    made_us INTEGER NOT NULL,          -- UTC
    monotonic_us INTEGER NOT NULL,     -- since the machine started
    account_id INTEGER NOT NULL,       -- 0: the program itself, or a person at its command line
    actor TEXT NOT NULL,               -- name as it was then
    session TEXT NOT NULL,             -- short key of the session or token; '' for none
    action TEXT NOT NULL,
    case_id INTEGER NOT NULL,          -- 0: none
    object TEXT NOT NULL,              -- what it was done to, "media 17"; '' for none
    payload TEXT,                      -- one JSON object
    payload_sha256 BLOB NOT NULL CHECK (length(payload_sha256) = 32),
    rows_written INTEGER NOT NULL,
    rows_sha256 BLOB NOT NULL CHECK (length(rows_sha256) = 32),
    previous BLOB NOT NULL CHECK (length(previous) = 32), -- hash of the leaf before; zeros for none
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX audit_leaf_by_case ON audit_leaf (case_id, seq);
CREATE INDEX audit_leaf_by_account ON audit_leaf (account_id, seq);

-- What the digest of a leaf's rows needs beside the rows that still stand as it left them: hashes of
-- rows that a later act changed or deleted, and the deletions of its own, as hashes of zeros.
CREATE TABLE audit_superseded (
    seq INTEGER NOT NULL,              -- the leaf that wrote or deleted the row
    table_number INTEGER NOT NULL,     -- AuditTable
    row_id INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (seq, table_number, row_id)
) STRICT, WITHOUT ROWID;

-- Signed heads of the tree over the leaves; derived after commit.
CREATE TABLE audit_checkpoint (
    size INTEGER PRIMARY KEY,          -- leaves 1 to size
    root BLOB NOT NULL CHECK (length(root) = 32),
    note TEXT NOT NULL                 -- with its signatures
) STRICT;
