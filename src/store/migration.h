// SPDX-License-Identifier: Apache-2.0
//
// The schema as numbered steps (sql/NNNN-*.sql), compiled into the program. A step, once released,
// never changes; a new one is appended.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

// The table of steps; every database of Clew has it.
#define MIGRATION_TABLE "schema_step"

// Brings the database to this program's schema, each step in a transaction of its own
// unless there is one around it. Of several programs that start at once, one takes each step.
// CLEW_ERROR_CORRUPT when the file holds no Clew schema, CLEW_ERROR_UNSUPPORTED when a newer
// program wrote it.
bool migration_apply(Database *database, const char *path, GError **err);

// Makes the table of steps in a new, empty database.
bool migration_begin(Database *database, GError **err);

// The newest step of a database that has been taken (0: it holds no Clew schema), and the newest
// that this program knows. Neither changes anything.
bool migration_present(Database *database, int64_t *ret_step, GError **err);
int64_t migration_newest(void);
