// SPDX-License-Identifier: Apache-2.0
//
// Opens Clew's database, brought to this program's schema, and makes it where there is none: an
// SQLite file, which must lie in a folder that only its owner may enter, or the schema in a
// PostgreSQL database that exists.
//
// A new file is made whole under another name and then linked into place, so that an empty or
// half-made one is always damage and never mistaken for a new store.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/database.h"

typedef struct {
    unsigned busy_ms; // how long to wait for another writer; 0: not at all
    bool must_exist;  // CLEW_ERROR_NOT_FOUND instead of creating anything
} StoreDatabaseOptions;

// `place` is a path or a postgresql:// URL. CLEW_ERROR_DENIED when others can read the folder,
// CLEW_ERROR_CORRUPT when the database is damaged, CLEW_ERROR_UNSUPPORTED when a newer program
// wrote it or it is not encoded in UTF-8.
Database *store_database_open(const char *place, StoreDatabaseOptions options, GError **err);

// Gives an empty database the schema; harmless with one that has it.
bool store_database_fill(Database *database, GError **err);
