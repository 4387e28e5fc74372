// SPDX-License-Identifier: Apache-2.0
#include "store/desk_rows.h"

#include "store/bound.h"

// ---- Skips --------------------------------------------------------------------------------------

bool skip_rows_add(Database *database, uint64_t account_id, uint64_t case_id, const SkipRow *row,
                   GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO review_skip (account_id, stack_id, case_id, made_us) VALUES (?1, "
                     "?2, ?3, ?4) ON CONFLICT (account_id, stack_id) DO NOTHING",
                     "uuui", account_id, row->stack_id, case_id, row->made_us);
}

bool skip_rows_remove(Database *database, uint64_t account_id, uint64_t case_id, uint64_t stack_id,
                      GError **err)
{
    return bound_run(database, err,
                     "DELETE FROM review_skip WHERE account_id = ?1 AND stack_id = ?2 AND "
                     "case_id = ?3",
                     "uuu", account_id, stack_id, case_id);
}

bool skip_rows_list(Database *database, uint64_t account_id, uint64_t case_id, uint64_t after,
                    unsigned limit, GArray *rows, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT stack_id, made_us FROM review_skip WHERE case_id = ?1 AND account_id = ?2 AND "
        "stack_id > ?3 ORDER BY stack_id LIMIT ?4",
        "uuui", case_id, account_id, after, (int64_t)limit);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row) {
            SkipRow skip = {.stack_id = (uint64_t)statement_int(statement, 0),
                            .made_us = statement_int(statement, 1)};
            g_array_append_val(rows, skip);
        }
    }
    return statement != NULL;
}

// ---- Preferences --------------------------------------------------------------------------------

bool preference_rows_get(Database *database, uint64_t account_id, char **ret_desk,
                         unsigned *ret_families, GError **err)
{
    *ret_desk = NULL;
    *ret_families = 0;
    Statement *statement = bound_statement(
        database, err, "SELECT desk, families FROM preference WHERE account_id = ?1", "u",
        account_id);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    if (row) {
        *ret_desk = g_strdup(statement_text(statement, 0));
        *ret_families = (unsigned)statement_int(statement, 1);
        statement_reset(statement);
    }
    return true;
}

bool preference_rows_tags(Database *database, uint64_t account_id, GPtrArray *tags, GError **err)
{
    Statement *statement = bound_statement(
        database, err, "SELECT tag FROM not_mine_tag WHERE account_id = ?1 ORDER BY tag", "u",
        account_id);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row)
            g_ptr_array_add(tags, g_strdup(statement_text(statement, 0)));
    }
    return statement != NULL;
}

bool preference_rows_set(Database *database, uint64_t account_id, const char *desk,
                         unsigned families, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO preference (account_id, desk, families) VALUES (?1, ?2, ?3) "
                     "ON CONFLICT (account_id) DO UPDATE SET desk = excluded.desk, families = "
                     "excluded.families",
                     "uti", account_id, desk, (int64_t)families);
}

static bool forget_tags(Database *database, uint64_t account_id, GError **err)
{
    return bound_run(database, err, "DELETE FROM not_mine_tag WHERE account_id = ?1", "u",
                     account_id);
}

bool preference_rows_set_tags(Database *database, uint64_t account_id, const GPtrArray *tags,
                              GError **err)
{
    bool ok = forget_tags(database, account_id, err);
    for (unsigned i = 0; ok && i < tags->len; i++)
        ok = bound_run(database, err,
                       "INSERT INTO not_mine_tag (account_id, tag) VALUES (?1, ?2) "
                       "ON CONFLICT (account_id, tag) DO NOTHING",
                       "ut", account_id, (const char *)tags->pdata[i]);
    return ok;
}

// ---- Exposure -----------------------------------------------------------------------------------

bool exposure_rows_add(Database *database, uint64_t account_id, const ExposureRow *row,
                       GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO exposure (account_id, day, reveals, shown_ms) VALUES (?1, ?2, "
                     "?3, ?4) ON CONFLICT (account_id, day) DO UPDATE SET reveals = "
                     "exposure.reveals + excluded.reveals, shown_ms = exposure.shown_ms + "
                     "excluded.shown_ms",
                     "uiuu", account_id, row->day, row->reveals, row->shown_ms);
}

bool exposure_rows_forget(Database *database, int64_t before_day, GError **err)
{
    return bound_run(database, err, "DELETE FROM exposure WHERE day < ?1", "i", before_day);
}

bool exposure_rows_list(Database *database, uint64_t account_id, unsigned limit, GArray *rows,
                        GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT day, reveals, shown_ms FROM exposure WHERE account_id = ?1 ORDER BY day DESC "
        "LIMIT ?2",
        "ui", account_id, (int64_t)limit);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row) {
            ExposureRow day = {.day = statement_int(statement, 0),
                               .reveals = (uint64_t)statement_int(statement, 1),
                               .shown_ms = (uint64_t)statement_int(statement, 2)};
            g_array_append_val(rows, day);
        }
    }
    return statement != NULL;
}

// ---- All of it ----------------------------------------------------------------------------------

bool desk_rows_forget(Database *database, uint64_t account_id, GError **err)
{
    static const char *const statements[] = {
        "DELETE FROM review_skip WHERE account_id = ?1",
        "DELETE FROM preference WHERE account_id = ?1",
        "DELETE FROM not_mine_tag WHERE account_id = ?1",
        "DELETE FROM exposure WHERE account_id = ?1",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(statements); i++)
        if (!bound_run(database, err, statements[i], "u", account_id))
            return false;
    return true;
}
