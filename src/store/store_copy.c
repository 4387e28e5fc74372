// SPDX-License-Identifier: Apache-2.0
#include "store/store_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "store/bound.h"
#include "store/database_ops.h"
#include "store/postgres_tool.h"

#define DUMP_BUSY_MS 10000

// VACUUM INTO holds one snapshot and lets writers go on; free pages, where deleted rows may still
// be read, do not come along.
static bool copy_sqlite(Database *database, const char *path, GError **err)
{
    g_autoptr(Statement) statement = statement_prepare(database, "VACUUM INTO ?1", err);
    if (statement == NULL)
        return false;
    statement_bind_text(statement, 1, path);
    return statement_run(statement, err);
}

bool store_copy_write(Database *database, const char *path, GError **err)
{
    if (!database_url_is_postgres(database->place))
        return copy_sqlite(database, path, err);
    static const char *const arguments[] = {"--format=custom", "--no-owner", "--no-privileges",
                                            NULL};
    return postgres_tool_run("pg_dump", database->place, arguments, NULL, path, err);
}

bool store_copy_read_postgres(const char *url, const char *path, GError **err)
{
    static const char *const arguments[] = {"--format=custom",      "--no-owner",
                                            "--no-privileges",      "--exit-on-error",
                                            "--single-transaction", NULL};
    return postgres_tool_run("pg_restore", url, arguments, path, NULL, err);
}

bool store_copy_check_empty_postgres(const char *url, GError **err)
{
    g_autoptr(Database) database = database_open_url(url, DUMP_BUSY_MS, err);
    Statement *statement =
        database == NULL
            ? NULL
            : database_statement(
                  database,
                  "SELECT count(*) FROM information_schema.tables WHERE table_schema NOT IN "
                  "('pg_catalog', 'information_schema')",
                  err);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    int64_t tables = row ? statement_int(statement, 0) : 0;
    statement_reset(statement);
    if (tables == 0)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                "cannot restore into %s: it holds tables; drop the database, create it empty and "
                "restore again",
                database_name(database));
    return false;
}
