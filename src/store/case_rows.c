// SPDX-License-Identifier: Apache-2.0
#include "store/case_rows.h"

#include "base/error.h"
#include "store/bound.h"

// ?2 everything, ?3 account, ?4 unit, ?5 only this case. ?1 and ?6 on are the query's own.
#define READABLE                                                                                   \
    "(?5 = 0 OR id = ?5) AND (?2 = 1 OR (?4 <> 0 AND unit_id = ?4) OR EXISTS (SELECT 1 FROM "      \
    "case_member m WHERE m.case_id = case_file.id AND m.account_id = ?3))"

#define CASE_COLUMNS                                                                               \
    "id, seq, number, unit_id, title, state, scheme, voters, voter_units, restricted, reference, " \
    "opened_us, closed_us, decided_set_id, outcome"

static void bind_reader(Statement *statement, const CaseReader *reader)
{
    statement_bind_int(statement, 2, reader->everything);
    statement_bind_int(statement, 3, (int64_t)reader->account_id);
    statement_bind_int(statement, 4, (int64_t)reader->unit_id);
    statement_bind_int(statement, 5, (int64_t)reader->only_case);
}

static CaseFile *from_row(const Statement *row, GError **err)
{
    g_autoptr(CaseFile) file = g_new0(CaseFile, 1);
    file->id = (uint64_t)statement_int(row, 0);
    file->seq = (uint64_t)statement_int(row, 1);
    file->number = g_strdup(statement_text(row, 2));
    file->unit_id = (uint64_t)statement_int(row, 3);
    file->title = g_strdup(statement_text(row, 4));
    const char *state = statement_text(row, 5);
    file->scheme = g_strdup(statement_text(row, 6));
    file->voters = (unsigned)statement_int(row, 7);
    file->voter_units = (unsigned)statement_int(row, 8);
    file->restricted = statement_int(row, 9) != 0;
    file->reference = g_strdup(statement_text(row, 10));
    file->opened_us = statement_int(row, 11);
    file->closed_us = statement_int(row, 12);
    file->decided_set_id = (uint64_t)statement_int(row, 13);
    file->outcome = g_strdup(statement_text(row, 14));
    if (state == NULL || !case_state_from_name(state, &file->state)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "the database is damaged: case %" G_GUINT64_FORMAT " has no possible state",
                    file->id);
        return NULL;
    }
    return g_steal_pointer(&file);
}

static bool one(Statement *statement, CaseFile **ret_file, GError **err)
{
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
    *ret_file = NULL;
    if (!row)
        return true;
    *ret_file = from_row(statement, err);
    statement_reset(statement);
    return *ret_file != NULL;
}

bool case_rows_get(Database *database, const CaseReader *reader, uint64_t case_id,
                   CaseFile **ret_file, GError **err)
{
    Statement *statement = database_statement(
        database, "SELECT " CASE_COLUMNS " FROM case_file WHERE id = ?1 AND " READABLE, err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)case_id);
    bind_reader(statement, reader);
    return one(statement, ret_file, err);
}

bool case_rows_find(Database *database, const CaseReader *reader, const char *number,
                    CaseFile **ret_file, GError **err)
{
    Statement *statement = database_statement(
        database, "SELECT " CASE_COLUMNS " FROM case_file WHERE number = ?1 AND " READABLE, err);
    if (statement == NULL)
        return false;
    statement_bind_text(statement, 1, number);
    bind_reader(statement, reader);
    return one(statement, ret_file, err);
}

static bool append_files(Statement *statement, GPtrArray *files, GError **err)
{
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        CaseFile *file = from_row(statement, err);
        if (file == NULL) {
            statement_reset(statement);
            return false;
        }
        g_ptr_array_add(files, file);
    }
}

bool case_rows_list(Database *database, const CaseReader *reader, uint64_t after_id, unsigned limit,
                    GPtrArray *files, GError **err)
{
    Statement *statement =
        database_statement(database,
                           "SELECT " CASE_COLUMNS " FROM case_file WHERE id > ?1 AND " READABLE
                           " ORDER BY id LIMIT ?6",
                           err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)after_id);
    bind_reader(statement, reader);
    statement_bind_int(statement, 6, limit);
    return append_files(statement, files, err);
}

bool case_rows_worked_on(Database *database, uint64_t account_id, uint64_t before_id,
                         unsigned limit, GPtrArray *files, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT " CASE_COLUMNS " FROM case_file WHERE id < ?2 AND (EXISTS (SELECT 1 FROM "
        "case_member m WHERE m.case_id = case_file.id AND m.account_id = ?1) OR EXISTS (SELECT 1 "
        "FROM vote v WHERE v.case_id = case_file.id AND v.account_id = ?1) OR EXISTS (SELECT 1 "
        "FROM audit_leaf l WHERE l.case_id = case_file.id AND l.account_id = ?1 AND l.action = "
        "'reveal')) ORDER BY id DESC LIMIT ?3",
        "uii", account_id, before_id != 0 ? (int64_t)before_id : INT64_MAX, (int64_t)limit);
    return statement != NULL && append_files(statement, files, err);
}

bool case_rows_insert(Database *database, const CaseFile *file, GError **err)
{
    return bound_run(
        database, err,
        "INSERT INTO case_file (id, seq, number, unit_id, title, state, scheme, voters, "
        "voter_units, restricted, reference, opened_us, closed_us, decided_set_id, outcome) VALUES "
        "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        "uututttiiitinnt", file->id, file->seq, file->number, file->unit_id, file->title,
        case_state_name(file->state), file->scheme, (int64_t)file->voters,
        (int64_t)file->voter_units, (int64_t)file->restricted, file->reference, file->opened_us,
        file->closed_us, (int64_t)file->decided_set_id, file->outcome);
}

bool case_rows_update(Database *database, const CaseFile *file, GError **err)
{
    return bound_run(
        database, err,
        "UPDATE case_file SET seq = ?2, title = ?3, state = ?4, voters = ?5, voter_units = ?6, "
        "restricted = ?7, reference = ?8, closed_us = ?9, decided_set_id = ?10, outcome = ?11 "
        "WHERE id = ?1",
        "uuttiiitnnt", file->id, file->seq, file->title, case_state_name(file->state),
        (int64_t)file->voters, (int64_t)file->voter_units, (int64_t)file->restricted,
        file->reference, file->closed_us, (int64_t)file->decided_set_id, file->outcome);
}

// The first column of the only row, 0 when there is none.
static bool id_of(bool ok, int64_t id, bool found, uint64_t *ret_id)
{
    if (ok)
        *ret_id = found ? (uint64_t)id : 0;
    return ok;
}

bool case_rows_number_is_taken(Database *database, const char *number, bool *ret_taken,
                               GError **err)
{
    int64_t id;
    return bound_number(database, &id, ret_taken, err, "SELECT id FROM case_file WHERE number = ?1",
                        "t", number);
}

// ---- Members ----------------------------------------------------------------------------------

bool case_rows_member(Database *database, uint64_t case_id, uint64_t account_id, uint64_t *ret_id,
                      GError **err)
{
    int64_t id = 0;
    bool found = false;
    bool ok = bound_number(database, &id, &found, err,
                           "SELECT id FROM case_member WHERE case_id = ?1 AND account_id = ?2",
                           "uu", case_id, account_id);
    return id_of(ok, id, found, ret_id);
}

bool case_rows_members(Database *database, uint64_t case_id, GArray *account_ids, GError **err)
{
    return bound_ids(database, account_ids, err,
                     "SELECT account_id FROM case_member WHERE case_id = ?1 ORDER BY account_id",
                     "u", case_id);
}

bool case_rows_add_member(Database *database, uint64_t id, uint64_t seq, uint64_t case_id,
                          uint64_t account_id, int64_t now_us, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO case_member (id, seq, case_id, account_id, added_us) VALUES (?1, "
                     "?2, ?3, ?4, ?5)",
                     "uuuui", id, seq, case_id, account_id, now_us);
}

bool case_rows_remove_member(Database *database, uint64_t id, GError **err)
{
    return bound_run(database, err, "DELETE FROM case_member WHERE id = ?1", "u", id);
}

bool case_rows_account_exists(Database *database, uint64_t account_id, bool *ret_exists,
                              GError **err)
{
    int64_t id;
    return bound_number(database, &id, ret_exists, err,
                        "SELECT id FROM account WHERE id = ?1 AND state <> 'closed'", "u",
                        account_id);
}

// ---- Evidence ---------------------------------------------------------------------------------

bool case_rows_evidence(Database *database, uint64_t case_id, const char *name, uint64_t *ret_id,
                        GError **err)
{
    int64_t id = 0;
    bool found = false;
    bool ok = bound_number(database, &id, &found, err,
                           "SELECT id FROM evidence WHERE case_id = ?1 AND name = ?2", "ut",
                           case_id, name);
    return id_of(ok, id, found, ret_id);
}

bool case_rows_add_evidence(Database *database, uint64_t id, uint64_t seq, uint64_t case_id,
                            const char *name, const char *root, int64_t now_us, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO evidence (id, seq, case_id, name, root, added_us) VALUES (?1, "
                     "?2, ?3, ?4, ?5, ?6)",
                     "uuutti", id, seq, case_id, name, root, now_us);
}

void evidence_row_free(EvidenceRow *row)
{
    if (row == NULL)
        return;
    g_free(row->name);
    g_free(row->root);
    g_free(row);
}

bool case_rows_evidences(Database *database, uint64_t case_id, GPtrArray *rows, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT id, name, root, added_us FROM evidence WHERE case_id = ?1 ORDER BY id", "u",
        case_id);
    if (statement == NULL)
        return false;
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        EvidenceRow *evidence = g_new0(EvidenceRow, 1);
        evidence->id = (uint64_t)statement_int(statement, 0);
        evidence->case_id = case_id;
        evidence->name = g_strdup(statement_text(statement, 1));
        evidence->root = g_strdup(statement_text(statement, 2));
        evidence->added_us = statement_int(statement, 3);
        g_ptr_array_add(rows, evidence);
    }
}
