// SPDX-License-Identifier: Apache-2.0
#include "store/examination_rows.h"

#include "store/bound.h"

void examination_row_free(ExaminationRow *row)
{
    if (row == NULL)
        return;
    g_free(row->login);
    g_free(row->provenance);
    g_free(row->totals);
    g_free(row->evidence);
    g_free(row);
}

bool examination_rows_insert(Database *database, const ExaminationRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO examination (id, seq, case_id, evidence_id, account_id, login, "
                     "begun_us, ended_us, provenance, totals) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
                     "?8, ?9, ?10)",
                     "uuuuutintt", row->id, row->seq, row->case_id, row->evidence_id,
                     row->account_id, row->login, row->begun_us, row->ended_us, row->provenance,
                     row->totals);
}

bool examination_rows_end(Database *database, const ExaminationRow *row, GError **err)
{
    return bound_run(database, err,
                     "UPDATE examination SET seq = ?2, ended_us = ?3, totals = ?4 WHERE id = ?1",
                     "uuit", row->id, row->seq, row->ended_us, row->totals);
}

static ExaminationRow *read_row(const Statement *statement)
{
    ExaminationRow *row = g_new0(ExaminationRow, 1);
    row->id = (uint64_t)statement_int(statement, 0);
    row->seq = (uint64_t)statement_int(statement, 1);
    row->case_id = (uint64_t)statement_int(statement, 2);
    row->evidence_id = (uint64_t)statement_int(statement, 3);
    row->account_id = (uint64_t)statement_int(statement, 4);
    row->login = g_strdup(statement_text(statement, 5));
    row->begun_us = statement_int(statement, 6);
    row->ended_us = statement_int(statement, 7);
    row->provenance = g_strdup(statement_text(statement, 8));
    row->totals = g_strdup(statement_text(statement, 9));
    row->evidence = g_strdup(statement_text(statement, 10));
    return row;
}

#define SELECT_ROWS                                                                                \
    "SELECT x.id, x.seq, x.case_id, x.evidence_id, x.account_id, x.login, x.begun_us, "            \
    "x.ended_us, x.provenance, x.totals, e.name FROM examination x JOIN evidence e ON e.id = "     \
    "x.evidence_id WHERE x.case_id = ?1 AND x.id "

bool examination_rows_load(Database *database, uint64_t case_id, uint64_t id,
                           ExaminationRow **ret_row, GError **err)
{
    Statement *statement = bound_statement(database, err, SELECT_ROWS "= ?2", "uu", case_id, id);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_row = row ? read_row(statement) : NULL;
    if (row)
        statement_reset(statement);
    return true;
}

bool examination_rows_find(Database *database, uint64_t evidence_id, uint64_t account_id,
                           int64_t begun_us, uint64_t *ret_id, GError **err)
{
    int64_t id = 0;
    bool found;
    bool ok = bound_number(database, &id, &found, err,
                           "SELECT id FROM examination WHERE evidence_id = ?1 AND account_id = ?2 "
                           "AND begun_us = ?3 ORDER BY id DESC LIMIT 1",
                           "uui", evidence_id, account_id, begun_us);
    *ret_id = ok && found ? (uint64_t)id : 0;
    return ok;
}

bool examination_rows_list(Database *database, uint64_t case_id, uint64_t after_id, unsigned limit,
                           GPtrArray *rows, GError **err)
{
    Statement *statement = bound_statement(database, err, SELECT_ROWS "> ?2 ORDER BY x.id LIMIT ?3",
                                           "uui", case_id, after_id, (int64_t)limit);
    for (bool row = statement != NULL; row;) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row)
            g_ptr_array_add(rows, read_row(statement));
    }
    return statement != NULL;
}
