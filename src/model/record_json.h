// SPDX-License-Identifier: Apache-2.0
//
// The JSON form of a record and of a match: the key names of docs/json.md, in a fixed order.
#pragma once

#include "base/json_writer.h"
#include "model/match.h"
#include "model/record.h"

// Writes the members of a record into an object the caller has begun, so that it can add its own.
void record_json_members(JsonWriter *json, const Record *record);

// Parts of it as values of their own: what decoding showed, without the hashes; findings (of
// Finding *); times.
void record_json_facts(JsonWriter *json, const Record *record);
void findings_json(JsonWriter *json, const GPtrArray *findings);
void item_times_json(JsonWriter *json, const ItemTimes *times);

// Writes the members of a match into an object the caller has begun, or the whole object.
void match_json_members(JsonWriter *json, const Match *match);
void match_json(JsonWriter *json, const Match *match);
