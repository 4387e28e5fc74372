// SPDX-License-Identifier: Apache-2.0
#include "store/counter.h"

#include "base/error.h"

bool store_next_ids(Database *database, const char *name, uint64_t count, uint64_t *ret_first,
                    GError **err)
{
    g_assert(count > 0 && count <= INT64_MAX);
    Statement *statement = database_statement(
        database,
        "INSERT INTO counter (name, last) VALUES (?1, ?2) "
        "ON CONFLICT (name) DO UPDATE SET last = counter.last + excluded.last RETURNING last",
        err);
    if (statement == NULL)
        return false;
    statement_bind_text(statement, 1, name);
    statement_bind_int(statement, 2, (int64_t)count);
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
    int64_t last = row ? statement_int(statement, 0) : 0;
    if (row && !statement_run(statement, err))
        return false;
    if (last < (int64_t)count) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "the database is damaged: counter %s stands below zero", name);
        return false;
    }
    *ret_first = (uint64_t)last - count + 1;
    return true;
}
