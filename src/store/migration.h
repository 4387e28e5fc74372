// SPDX-License-Identifier: Apache-2.0
//
// The schema as numbered steps (sql/NNNN-*.sql), compiled into the program. A step, once released,
// never changes; a new one is appended.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/database.h"

// Brings the database to this program's schema, each step in a transaction of its own.
// CLEW_ERROR_CORRUPT when the file holds no Clew schema, CLEW_ERROR_UNSUPPORTED when a newer
// program wrote it.
bool migration_apply(Database *database, const char *path, GError **err);

// Makes the table of steps in a new, empty database.
bool migration_begin(Database *database, GError **err);
