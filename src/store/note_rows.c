// SPDX-License-Identifier: Apache-2.0
#include "store/note_rows.h"

#include "store/bound.h"

#define NOTE_COLUMNS                                                                               \
    "id, seq, case_id, case_media_id, is_stack, kind, text, account_id, made_us, removed_us, "     \
    "removed_by"

void note_row_clear(NoteRow *row)
{
    g_clear_pointer(&row->text, g_free);
}

bool note_rows_write(Database *database, const NoteRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO note (" NOTE_COLUMNS
                     ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
                     "ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, text = excluded.text, "
                     "removed_us = excluded.removed_us, removed_by = excluded.removed_by",
                     "uuuuittuinn", row->id, row->seq, row->case_id, row->case_media_id,
                     (int64_t)row->is_stack, row->is_tag ? "tag" : "note", row->text,
                     row->account_id, row->made_us, row->removed_us, (int64_t)row->removed_by);
}

static NoteRow note_of_row(const Statement *row)
{
    return (NoteRow){.id = (uint64_t)statement_int(row, 0),
                     .seq = (uint64_t)statement_int(row, 1),
                     .case_id = (uint64_t)statement_int(row, 2),
                     .case_media_id = (uint64_t)statement_int(row, 3),
                     .is_stack = statement_int(row, 4) != 0,
                     .is_tag = g_strcmp0(statement_text(row, 5), "tag") == 0,
                     .text = g_strdup(statement_text(row, 6)),
                     .account_id = (uint64_t)statement_int(row, 7),
                     .made_us = statement_int(row, 8),
                     .removed_us = statement_int(row, 9),
                     .removed_by = (uint64_t)statement_int(row, 10)};
}

bool note_rows_get(Database *database, uint64_t id, NoteRow *ret_row, bool *ret_found, GError **err)
{
    Statement *statement =
        bound_statement(database, err, "SELECT " NOTE_COLUMNS " FROM note WHERE id = ?1", "u", id);
    if (statement == NULL || !statement_step(statement, ret_found, err))
        return false;
    if (*ret_found)
        *ret_row = note_of_row(statement);
    statement_reset(statement);
    return true;
}

bool note_rows_list(Database *database, uint64_t case_media_id, bool is_stack, uint64_t after,
                    unsigned limit, GArray *rows, GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT " NOTE_COLUMNS " FROM note WHERE case_media_id = ?1 AND id > ?3 "
                        "AND is_stack = ?2 ORDER BY id LIMIT ?4",
                        "uiui", case_media_id, (int64_t)is_stack, after, (int64_t)limit);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row) {
            NoteRow note = note_of_row(statement);
            g_array_append_val(rows, note);
        }
    }
    return statement != NULL;
}

static bool find_id(bool ok, int64_t id, bool found, uint64_t *ret_id)
{
    *ret_id = ok && found ? (uint64_t)id : 0;
    return ok;
}

bool note_rows_find_tag(Database *database, uint64_t case_media_id, bool is_stack, const char *text,
                        uint64_t *ret_id, GError **err)
{
    int64_t id = 0;
    bool found = false;
    bool ok = bound_number(database, &id, &found, err,
                           "SELECT id FROM note WHERE case_media_id = ?1 AND is_stack = ?2 "
                           "AND kind = 'tag' AND text = ?3 AND removed_us IS NULL",
                           "uit", case_media_id, (int64_t)is_stack, text);
    return find_id(ok, id, found, ret_id);
}

bool note_rows_tagged(Database *database, uint64_t case_id, const char *text, uint64_t after,
                      unsigned limit, GArray *tags, GArray *case_media, GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT id, case_media_id FROM note WHERE case_id = ?1 AND text = ?2 "
                        "AND id > ?3 AND kind = 'tag' AND removed_us IS NULL ORDER BY id LIMIT ?4",
                        "utui", case_id, text, after, (int64_t)limit);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row) {
            uint64_t tag = (uint64_t)statement_int(statement, 0);
            uint64_t media = (uint64_t)statement_int(statement, 1);
            g_array_append_val(tags, tag);
            g_array_append_val(case_media, media);
        }
    }
    return statement != NULL;
}

bool note_rows_target(Database *database, uint64_t case_id, uint64_t media_or_stack_id,
                      bool is_stack, uint64_t *ret_case_media_id, GError **err)
{
    int64_t id = 0;
    bool found = false, ok;
    if (is_stack)
        ok = bound_number(database, &id, &found, err,
                          "SELECT id FROM stack WHERE id = ?1 AND case_id = ?2", "uu",
                          media_or_stack_id, case_id);
    else
        ok = bound_number(database, &id, &found, err,
                          "SELECT id FROM case_media WHERE media_id = ?1 AND case_id = ?2", "uu",
                          media_or_stack_id, case_id);
    return find_id(ok, id, found, ret_case_media_id);
}
