-- SPDX-License-Identifier: Apache-2.0
--
-- What came of a case, and what a page needs to say how it goes on and how it came about.

ALTER TABLE case_file ADD COLUMN outcome TEXT; -- for those who worked on it; NULL: not said

CREATE INDEX media_match_by_case ON media_match (case_id, set_id, media_id);

CREATE INDEX decision_by_day ON decision (case_id, made_us)
    WHERE withdrawn_us IS NULL AND state = 'decided';

-- Who looked at pictures of which case.
CREATE INDEX audit_leaf_of_reveal ON audit_leaf (account_id, case_id) WHERE action = 'reveal';
