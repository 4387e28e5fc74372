// SPDX-License-Identifier: Apache-2.0
//
// A data folder and database of its own for each test, and short ways to put entries into sets.
//
// The database is SQLite, unless CLEW_TEST_POSTGRES names a server (tests/tools/postgres.sh): then
// each test has a schema of its own there, dropped at its end.
#pragma once

#include <glib.h>
#include <stdint.h>

#include "model/hash_list.h"
#include "store/database.h"
#include "store/set_import.h"
#include "store/set_store.h"

// A folder that does not exist yet, inside a temporary one that fixture_clear removes.
typedef struct {
    char *parent;
    char *folder;
    char *database; // URL of the schema; NULL: a file in the folder
} Fixture;

Fixture fixture_make(void);
void fixture_clear(Fixture *fixture);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

// True when the database is a server's. Tests of files have no meaning there; main leaves them out.
bool fixture_on_server(void);

// Runs SQL on the store's database, past the store; insists that it works.
void fixture_execute(const Fixture *fixture, const char *script);

// Opens an empty database that is not Clew's yet.
Database *fixture_database(const Fixture *fixture);

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
