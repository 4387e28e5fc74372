// SPDX-License-Identifier: Apache-2.0
//
// What people change by hand in a set: withdraw, reinstate, remove. Each call is one transaction
// and durable when it returns true.
//
// Withdrawing a hash withdraws every entry of the set that carries it, and outlives the next import
// of the list: the hashes are remembered, whatever entry brings them back. A frame of a video is no
// hash of its entry here: films share frames, so a video is withdrawn by its digest or its id.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/set_store.h"

// Names entries by a hash, or one entry by its id.
typedef struct {
    bool is_id;
    uint64_t id;
    HashType type; // computable
    uint8_t value[HASH_BYTES_MAX];
} EntrySelector;

typedef struct {
    uint64_t changed;   // entries whose state was changed
    uint64_t unchanged; // entries that were in that state already
} SetEditCounts;

// CLEW_ERROR_NOT_FOUND, and nothing changed, when a selector names nothing in the set; the message
// says which one by its place, never its hash.
bool set_edit_withdraw(SetStore *store, const char *set_name, const EntrySelector *selectors,
                       size_t count, const char *who, SetEditCounts *ret_counts, GError **err);

// Ends local withdrawals. An entry that its list has withdrawn as well stays so.
bool set_edit_reinstate(SetStore *store, const char *set_name, const EntrySelector *selectors,
                        size_t count, const char *who, SetEditCounts *ret_counts, GError **err);

// Removes a set with everything it holds.
bool set_edit_remove(SetStore *store, const char *set_name, const char *who, GError **err);
