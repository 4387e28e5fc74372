// SPDX-License-Identifier: Apache-2.0
//
// SetTally: what a set knows of its entries without reading them: how many of which kind, and the
// sum that its digest is made of. Kept up to date entry by entry inside the transaction that
// changes them, so that it costs nothing to ask at ten million entries.
//
// The sum adds up the digests of the active entries (stored_entry_digest) modulo 2^256: it does not
// depend on order, and taking an entry out is a subtraction.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"
#include "store/stored_entry.h"

typedef struct {
    uint64_t active, withdrawn_by_list, withdrawn_locally; // an entry withdrawn by both is local
    uint64_t hashes[HASH_TYPE_COUNT];                      // of active entries
    uint64_t videos, frames;                               // of active entries
    uint64_t sum[4];                                       // lowest word first
} SetTally;

// `work` as in stored_entry_digest.
void set_tally_add(SetTally *tally, const StoredEntry *entry, GChecksum *work);
void set_tally_remove(SetTally *tally, const StoredEntry *entry, GChecksum *work);

// The digest of a set, in hex with a NUL: SHA-256 over the number of active entries and the sum.
void set_tally_digest(const SetTally *tally, char ret_hex[2 * SHA256_BYTES + 1]);

bool set_tally_equal(const SetTally *a, const SetTally *b);

bool set_tally_load(Database *database, uint64_t set_id, SetTally *tally, GError **err);
bool set_tally_save(Database *database, uint64_t set_id, const SetTally *tally, GError **err);
