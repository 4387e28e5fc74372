-- SPDX-License-Identifier: Apache-2.0
--
-- Sets hold videos: hashed frames and segments of an entry.

ALTER TABLE hash_set ADD COLUMN videos INTEGER NOT NULL DEFAULT 0; -- active entries that are videos
ALTER TABLE hash_set ADD COLUMN frames INTEGER NOT NULL DEFAULT 0; -- of active entries

UPDATE hash_set SET videos =
    (SELECT count(*) FROM entry
     WHERE entry.id BETWEEN hash_set.id << 32 AND (hash_set.id << 32) + 4294967295
       AND state = 0 AND is_video <> 0);

ALTER TABLE entry ADD COLUMN frames INTEGER NOT NULL DEFAULT 0;   -- in entry_frames
ALTER TABLE entry ADD COLUMN frames_sha256 BLOB;                  -- over all of them; NULL: none
ALTER TABLE entry ADD COLUMN segments INTEGER NOT NULL DEFAULT 0; -- rows in entry_segment

-- Hashed frames (vPDQ) of a video in order of time, 41 bytes each: number and milliseconds as
-- 32-bit words, lowest byte first, quality, hash.
CREATE TABLE entry_frames (
    entry_id INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    usable INTEGER NOT NULL,       -- of these frames, those of sufficient quality to be matched
    frames BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX entry_frames_by_entry ON entry_frames (entry_id, ordinal);

-- Stretches of a video that a list says something of.
CREATE TABLE entry_segment (
    entry_id INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    from_seconds REAL NOT NULL,
    to_seconds REAL NOT NULL,
    category TEXT,
    PRIMARY KEY (entry_id, ordinal)
) STRICT, WITHOUT ROWID;
