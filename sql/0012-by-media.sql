-- SPDX-License-Identifier: Apache-2.0
--
-- What a media leads to, and the victims in one state, asked for directly.

CREATE INDEX victim_by_state ON victim (state, id);
CREATE INDEX identifier_by_media ON identifier (media_id, id) WHERE media_id IS NOT NULL;

-- With the case, or else a planner goes through all that its case has instead.
DROP INDEX series_media_by_media;
CREATE INDEX series_media_by_media ON series_media (media_id, case_id, series_id);
DROP INDEX victim_link_by_media;
CREATE INDEX victim_link_by_media ON victim_link (media_id, case_id, victim_id);
