-- SPDX-License-Identifier: Apache-2.0
--
-- Hash sets: what they hold, where it came from, and what changed when.

CREATE TABLE store (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    created TEXT NOT NULL,
    last_set INTEGER NOT NULL,    -- highest set id ever given; ids are not used twice
    last_change INTEGER NOT NULL  -- highest sequence number in change
) STRICT;

CREATE TABLE hash_set (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('notable', 'ignorable', 'alert')),
    scheme TEXT,                  -- id of the category scheme; NULL: no categories
    created TEXT NOT NULL,
    generation INTEGER NOT NULL,  -- grows by one with every change
    last_entry INTEGER NOT NULL,  -- highest entry number ever given in this set
    active INTEGER NOT NULL,
    withdrawn_by_list INTEGER NOT NULL,
    withdrawn_locally INTEGER NOT NULL,
    digest_sum BLOB NOT NULL CHECK (length(digest_sum) = 32)
) STRICT;

-- Hashes of active entries by type.
CREATE TABLE set_hash_count (
    set_id INTEGER NOT NULL REFERENCES hash_set (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    active INTEGER NOT NULL,
    PRIMARY KEY (set_id, type)
) STRICT, WITHOUT ROWID;

-- Provenance: one row per import, and per command that added, withdrew or reinstated entries.
CREATE TABLE set_act (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES hash_set (id) ON DELETE CASCADE,
    generation INTEGER NOT NULL,  -- of the set after it
    act TEXT NOT NULL CHECK (act IN ('import', 'merge', 'replace', 'add', 'withdraw', 'reinstate')),
    made TEXT NOT NULL,
    who TEXT NOT NULL,
    source TEXT,                  -- name of the file; NULL when there is none
    source_bytes INTEGER,
    source_sha256 BLOB,           -- NULL when the source could be read only once
    format TEXT,
    description TEXT,
    entries INTEGER NOT NULL,
    added INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    reinstated INTEGER NOT NULL,
    refused INTEGER NOT NULL
) STRICT;

CREATE INDEX set_act_by_set ON set_act (set_id);

-- The set of an entry is id >> 32, so a set's entries lie together and need no index of their own.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,       -- bit 0: withdrawn by its list; bit 1: withdrawn locally
    md5 BLOB,
    sha1 BLOB,
    sha256 BLOB,
    pdq BLOB,
    extra_hashes INTEGER NOT NULL, -- rows in entry_hash
    is_video INTEGER NOT NULL,
    victim_identified INTEGER,    -- 1, 0, NULL not said
    offender_identified INTEGER,
    distributed INTEGER,
    size_bytes INTEGER,
    category TEXT,                -- as written in the list
    list_key TEXT,
    series TEXT,
    name TEXT,
    comment TEXT,
    extra_json TEXT
) STRICT;

-- A second hash of one type, and hashes that are kept but cannot be computed.
CREATE TABLE entry_hash (
    entry_id INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    type TEXT NOT NULL,
    value BLOB,                   -- computable types
    text TEXT,                    -- others, as it came
    PRIMARY KEY (entry_id, ordinal)
) STRICT, WITHOUT ROWID;

-- Finds an entry by what makes it the same entry in the next list: the first 8 bytes of the SHA-256
-- of its list key, else of its strongest hash. Candidates are compared in full.
CREATE TABLE entry_identity (
    set_id INTEGER NOT NULL,
    identity INTEGER NOT NULL,
    entry_id INTEGER NOT NULL,
    PRIMARY KEY (set_id, identity, entry_id)
) STRICT, WITHOUT ROWID;

-- Hashes withdrawn by people here. Any entry of the set that carries one is withdrawn locally,
-- also when the next import brings it under another key.
CREATE TABLE withdrawal (
    set_id INTEGER NOT NULL REFERENCES hash_set (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    value BLOB NOT NULL,
    made TEXT NOT NULL,
    who TEXT NOT NULL,
    PRIMARY KEY (set_id, type, value)
) STRICT, WITHOUT ROWID;

-- What a follower (the index) must look at again: the entries first_entry to last_entry, whatever
-- they are now. Rows that are gone or not active count no more.
CREATE TABLE change (
    seq INTEGER PRIMARY KEY,
    token INTEGER NOT NULL,       -- random; tells this history from that of a copy of the store
    set_id INTEGER NOT NULL,
    first_entry INTEGER NOT NULL,
    last_entry INTEGER NOT NULL
) STRICT;
