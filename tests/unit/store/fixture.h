// SPDX-License-Identifier: Apache-2.0
//
// A data folder of its own for each test, and short ways to put entries into sets.
#pragma once

#include <glib.h>
#include <stdint.h>

#include "model/hash_list.h"
#include "store/set_import.h"
#include "store/set_store.h"

// A folder that does not exist yet, inside a temporary one that fixture_clear removes.
typedef struct {
    char *parent;
    char *folder;
} Fixture;

Fixture fixture_make(void);
void fixture_clear(Fixture *fixture);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

// Opens the store and insists that it works.
SetStore *fixture_open(const Fixture *fixture);

// A value of a computable type made from a small number.
void fixture_value(HashType type, uint32_t number, uint8_t ret_value[HASH_BYTES_MAX]);
void fixture_add_hash(ListEntry *entry, HashType type, uint32_t number);

// Imports entries, each with one hash of the type, from number first to last; insists on success.
SetImportCounts fixture_import(SetStore *store, const char *set, SetImportMode mode, HashType type,
                               uint32_t first, uint32_t last);

// Active entries of the set.
uint64_t fixture_active(SetStore *store, const char *set);
