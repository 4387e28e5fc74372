// SPDX-License-Identifier: Apache-2.0
//
// The whole database as a file, and back: for SQLite the database file itself, for PostgreSQL what
// pg_dump writes (custom format) and pg_restore reads. Both see one state of the database, while
// others go on reading and writing it.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/database.h"

// Writes the copy to `path`, which must be an empty file of mode 0600. What was deleted before is
// not in it. CLEW_ERROR_UNSUPPORTED when pg_dump is not installed or does not fit the server.
bool store_copy_write(Database *database, const char *path, GError **err);

// Fills the empty PostgreSQL database at `url` with a copy: all of it or nothing.
bool store_copy_read_postgres(const char *url, const char *path, GError **err);

// CLEW_ERROR_CONFLICT unless the PostgreSQL database at `url` holds no table.
bool store_copy_check_empty_postgres(const char *url, GError **err);
