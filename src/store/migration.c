// SPDX-License-Identifier: Apache-2.0
#include "store/migration.h"

#include "base/clock.h"
#include "base/error.h"
#include "store/sql_texts.h"

#define STEP_COUNT ((int64_t)G_N_ELEMENTS(sql_texts) - 1)

bool migration_begin(Database *database, GError **err)
{
    return database_execute(database,
                            "CREATE TABLE " MIGRATION_TABLE
                            " (step INTEGER PRIMARY KEY, name TEXT NOT "
                            "NULL, applied TEXT NOT NULL) STRICT",
                            err);
}

static bool query_number(Database *database, const char *sql, int64_t *ret_number, GError **err)
{
    g_autoptr(Statement) statement = statement_prepare(database, sql, err);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_number = row ? statement_int(statement, 0) : 0;
    return true;
}

static bool record_step(Database *database, int64_t step, GError **err)
{
    g_autofree char *now = clock_now_utc();
    Statement *statement =
        database_statement(database, "INSERT INTO " MIGRATION_TABLE " VALUES (?1, ?2, ?3)", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, step);
    statement_bind_text(statement, 2, sql_texts[step - 1].name);
    statement_bind_text(statement, 3, now);
    return statement_run(statement, err);
}

// Another process may have taken the step while this one waited for the lock.
static bool take_step(Database *database, int64_t step, GError **err)
{
    int64_t present;
    if (!database_begin_write(database, err))
        return false;
    if (query_number(database, "SELECT max(step) FROM " MIGRATION_TABLE, &present, err) &&
        (present >= step || (database_execute(database, sql_texts[step - 1].text, err) &&
                             record_step(database, step, err))))
        return database_commit(database, err);
    database_rollback(database);
    return false;
}

bool migration_present(Database *database, int64_t *ret_step, GError **err)
{
    bool known;
    if (!database_has_table(database, MIGRATION_TABLE, &known, err))
        return false;
    if (known)
        return query_number(database, "SELECT max(step) FROM " MIGRATION_TABLE, ret_step, err);
    *ret_step = 0;
    return true;
}

int64_t migration_newest(void)
{
    return STEP_COUNT;
}

bool migration_apply(Database *database, const char *path, GError **err)
{
    bool known;
    int64_t present;
    if (!database_has_table(database, MIGRATION_TABLE, &known, err))
        return false;
    if (!known) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "the database %s is damaged or not Clew's: it has no schema", path);
        return false;
    }
    if (!query_number(database, "SELECT max(step) FROM " MIGRATION_TABLE, &present, err))
        return false;
    if (present > STEP_COUNT) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "the database %s was written by a newer Clew (schema %d, this program knows "
                    "%d); use that one",
                    path, (int)present, (int)STEP_COUNT);
        return false;
    }
    for (int64_t step = present + 1; step <= STEP_COUNT; step++)
        if (!take_step(database, step, err))
            return false;
    return true;
}
