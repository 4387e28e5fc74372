// SPDX-License-Identifier: Apache-2.0
//
// Short ways to bind and run a statement. `types` has one letter for each parameter: i int64_t,
// u uint64_t, n int64_t of which 0 binds NULL, t const char *, b const uint8_t * and size_t. Texts
// and blobs stay the caller's until the statement has run.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

// Kept by the database under the literal's address; NULL when it cannot be prepared.
Statement *bound_statement(Database *database, GError **err, const char *sql, const char *types,
                           ...);

// Runs it to its end.
bool bound_run(Database *database, GError **err, const char *sql, const char *types, ...);

// Reads one number; *ret_found is false when there is no row.
bool bound_number(Database *database, int64_t *ret_number, bool *ret_found, GError **err,
                  const char *sql, const char *types, ...);

// Appends the first column of every row to `ids` (of uint64_t).
bool bound_ids(Database *database, GArray *ids, GError **err, const char *sql, const char *types,
               ...);
