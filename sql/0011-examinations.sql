-- SPDX-License-Identifier: Apache-2.0
--
-- How each evidence was examined: every scan of it, as a report on the case must state it.

CREATE TABLE examination (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    case_id INTEGER NOT NULL REFERENCES case_file (id),
    evidence_id INTEGER NOT NULL REFERENCES evidence (id),
    account_id INTEGER NOT NULL,       -- 0: the person at the command line
    login TEXT,                        -- who that was; NULL with an account
    begun_us INTEGER NOT NULL,         -- by the clock of the machine that scanned
    ended_us INTEGER,                  -- NULL until it ended: it runs, or was cut off
    provenance TEXT NOT NULL,          -- JSON, as a scan prints it
    totals TEXT,                       -- JSON of what came of it; NULL until it ended
    CHECK ((ended_us IS NULL) = (totals IS NULL))
) STRICT;

CREATE INDEX examination_by_case ON examination (case_id, id);
CREATE INDEX examination_by_evidence ON examination (evidence_id, begun_us);
