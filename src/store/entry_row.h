// SPDX-License-Identifier: Apache-2.0
//
// Entries to and from their rows. The first hash of each computable type stands in a column of its
// own; further ones, and those that cannot be computed, stand in entry_hash.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"
#include "store/stored_entry.h"

// Reads the entry with this id, or the one a row of ENTRY_COLUMNS holds. *ret_found is false when
// there is none. `entry` must be initialised; its old content is freed.
bool stored_entry_load(Database *database, uint64_t id, StoredEntry *entry, bool *ret_found,
                       GError **err);
bool stored_entry_from_row(Database *database, const Statement *row, StoredEntry *entry,
                           GError **err);

// For "SELECT " ENTRY_COLUMNS " FROM entry …".
#define ENTRY_COLUMNS                                                                              \
    "id, state, md5, sha1, sha256, pdq, extra_hashes, is_video, victim_identified, "               \
    "offender_identified, distributed, size_bytes, category, list_key, series, name, comment, "    \
    "extra_json, frames, frames_sha256, segments"

// Inserts a new entry, or writes all of an existing one, of which `before` is what it was; frames
// that it only counts (content.frames NULL) stay as they are.
bool stored_entry_insert(Database *database, const StoredEntry *entry, GError **err);
bool stored_entry_update(Database *database, const StoredEntry *before, const StoredEntry *entry,
                         GError **err);
bool stored_entry_set_state(Database *database, uint64_t id, unsigned state, GError **err);
