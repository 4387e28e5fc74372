// SPDX-License-Identifier: Apache-2.0
#include "store/scan_job_rows.h"

#include "store/bound.h"

void scan_job_row_free(ScanJobRow *row)
{
    if (row == NULL)
        return;
    g_free(row->path);
    g_free(row->state);
    g_free(row->progress);
    g_free(row->error);
    g_free(row);
}

bool scan_job_row_insert(Database *database, const ScanJobRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO scan_job (id, case_id, account_id, path, state, made_us) VALUES "
                     "(?1, ?2, ?3, ?4, ?5, ?6)",
                     "uuutti", row->id, row->case_id, row->account_id, row->path, row->state,
                     row->made_us);
}

static ScanJobRow *read_row(const Statement *statement)
{
    ScanJobRow *row = g_new0(ScanJobRow, 1);
    row->id = (uint64_t)statement_int(statement, 0);
    row->case_id = (uint64_t)statement_int(statement, 1);
    row->account_id = (uint64_t)statement_int(statement, 2);
    row->path = g_strdup(statement_text(statement, 3));
    row->state = g_strdup(statement_text(statement, 4));
    row->progress = g_strdup(statement_text(statement, 5));
    row->error = g_strdup(statement_text(statement, 6));
    row->pid = statement_int(statement, 7);
    row->made_us = statement_int(statement, 8);
    row->started_us = statement_int(statement, 9);
    row->seen_us = statement_int(statement, 10);
    row->ended_us = statement_int(statement, 11);
    return row;
}

#define COLUMNS                                                                                    \
    "id, case_id, account_id, path, state, progress, error, pid, made_us, started_us, seen_us, "   \
    "ended_us"

bool scan_job_row_load(Database *database, uint64_t id, ScanJobRow **ret_row, GError **err)
{
    Statement *statement =
        bound_statement(database, err, "SELECT " COLUMNS " FROM scan_job WHERE id = ?1", "u", id);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_row = row ? read_row(statement) : NULL;
    if (row)
        statement_reset(statement);
    return true;
}

bool scan_job_row_list(Database *database, uint64_t case_id, uint64_t before_id, unsigned limit,
                       GPtrArray *rows, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT " COLUMNS " FROM scan_job WHERE case_id = ?1 AND id < ?2 "
        "ORDER BY id DESC LIMIT ?3",
        "uii", case_id, before_id == 0 ? INT64_MAX : (int64_t)before_id, (int64_t)limit);
    for (bool row = statement != NULL; row;) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row)
            g_ptr_array_add(rows, read_row(statement));
    }
    return statement != NULL;
}

bool scan_job_row_begin(Database *database, uint64_t id, int64_t pid, int64_t now_us, GError **err)
{
    return bound_run(database, err,
                     "UPDATE scan_job SET state = 'running', pid = ?2, started_us = ?3, seen_us = "
                     "?3 WHERE id = ?1",
                     "uii", id, pid, now_us);
}

bool scan_job_row_progress(Database *database, uint64_t id, const char *progress, int64_t now_us,
                           GError **err)
{
    return bound_run(database, err,
                     "UPDATE scan_job SET progress = ?2, seen_us = ?3 WHERE id = ?1 AND state = "
                     "'running'",
                     "uti", id, progress, now_us);
}

bool scan_job_row_end(Database *database, uint64_t id, const char *state, const char *error,
                      int64_t now_us, bool *ret_ended, GError **err)
{
    int64_t ended;
    return bound_number(database, &ended, ret_ended, err,
                        "UPDATE scan_job SET state = ?2, error = ?3, ended_us = ?4, pid = NULL "
                        "WHERE id = ?1 AND state IN ('waiting', 'running') RETURNING id",
                        "utti", id, state, error, now_us);
}
