-- SPDX-License-Identifier: Apache-2.0
--
-- What a media leads to, and the victims in one state, asked for directly.

CREATE INDEX victim_by_state ON victim (state, id);
CREATE INDEX identifier_by_media ON identifier (media_id, id) WHERE media_id IS NOT NULL;
