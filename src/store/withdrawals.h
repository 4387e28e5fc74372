// SPDX-License-Identifier: Apache-2.0
//
// Withdrawals: the hashes that people here have withdrawn from one set. An entry that carries one
// of them is withdrawn locally, under whatever key and in whatever list it comes back.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/hash_list.h"
#include "store/database.h"

typedef struct Withdrawals Withdrawals;

// Reads those of a set into memory.
Withdrawals *withdrawals_load(Database *database, uint64_t set_id, GError **err);
void withdrawals_free(Withdrawals *withdrawals);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Withdrawals, withdrawals_free)

// An empty one, for hashes somebody asks for.
Withdrawals *withdrawals_new(void);
void withdrawals_add(Withdrawals *withdrawals, HashType type, const uint8_t *value);
bool withdrawals_contain(const Withdrawals *withdrawals, HashType type, const uint8_t *value);
bool withdrawals_touch(const Withdrawals *withdrawals, const ListEntry *entry);

// Writes and removes rows; present or absent ones are no error.
bool withdrawals_insert(Database *database, uint64_t set_id, HashType type, const uint8_t *value,
                        const char *who, GError **err);
bool withdrawals_delete(Database *database, uint64_t set_id, HashType type, const uint8_t *value,
                        GError **err);
