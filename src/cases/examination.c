// SPDX-License-Identifier: Apache-2.0
#include "cases/examination.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/case_file.h"

static bool check_json(const char *what, const char *text, size_t limit, GError **err)
{
    size_t length = strlen(text);
    if (length <= limit && g_utf8_validate(text, -1, NULL))
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                "the %s of an examination must be at most %zu bytes of text; these are %zu", what,
                limit, length);
    return false;
}

static void say(Act *act, uint64_t id, const char *step)
{
    act_set_object(act, "examination %" G_GUINT64_FORMAT, id);
    json_write_member_string(act_payload(act), "step", step);
}

static bool insert(Act *act, const ExaminationNew *request, uint64_t evidence_id, uint64_t *ret_id,
                   GError **err)
{
    const Actor *actor = act_actor(act);
    ExaminationRow row = {.seq = act_seq(act),
                          .case_id = request->case_id,
                          .evidence_id = evidence_id,
                          .account_id = actor->account_id,
                          .login = actor->account_id == 0 ? (char *)actor->name : NULL,
                          .begun_us = request->begun_us,
                          .provenance = (char *)request->provenance};
    if (!act_new_ids(act, TABLE_EXAMINATION, 1, &row.id, err) ||
        !examination_rows_insert(act_database(act), &row, err))
        return false;
    act_wrote(act, TABLE_EXAMINATION, row.id);
    *ret_id = row.id;
    return true;
}

// One that began at the same moment with the same provenance; 0: none.
static bool find_same(Act *act, const ExaminationNew *request, uint64_t evidence_id,
                      uint64_t *ret_id, GError **err)
{
    g_autoptr(ExaminationRow) row = NULL;
    uint64_t id;
    *ret_id = 0;
    if (!examination_rows_find(act_database(act), evidence_id, act_actor(act)->account_id,
                               request->begun_us, &id, err))
        return false;
    if (id != 0 && !examination_rows_load(act_database(act), request->case_id, id, &row, err))
        return false;
    if (row != NULL && g_str_equal(row->provenance, request->provenance))
        *ret_id = id;
    return true;
}

bool examination_begin(Act *act, const ExaminationNew *request, uint64_t *ret_id, GError **err)
{
    uint64_t evidence_id;
    if (!check_json("provenance", request->provenance, LIMIT_PROVENANCE_BYTES, err))
        return false;
    g_autoptr(CaseFile) file = case_file_for_change(act, request->case_id, err);
    if (file == NULL ||
        !case_file_evidence(act, request->case_id, request->evidence, request->root, &evidence_id,
                            err) ||
        !find_same(act, request, evidence_id, ret_id, err) ||
        (*ret_id == 0 && !insert(act, request, evidence_id, ret_id, err)))
        return false;
    say(act, *ret_id, "start");
    return true;
}

static bool check_end(const Act *act, const ExaminationRow *row, int64_t ended_us, GError **err)
{
    if (row->account_id != act_actor(act)->account_id) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "examination %" G_GUINT64_FORMAT
                    " was begun by somebody else, who alone says how it ended",
                    row->id);
        return false;
    }
    if (row->ended_us != 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "examination %" G_GUINT64_FORMAT " has ended already", row->id);
        return false;
    }
    if (ended_us < row->begun_us) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "examination %" G_GUINT64_FORMAT " cannot end before it began", row->id);
        return false;
    }
    return true;
}

static bool is_same_end(const Act *act, const ExaminationRow *row, int64_t ended_us,
                        const char *totals)
{
    return row->account_id == act_actor(act)->account_id && row->ended_us == ended_us &&
           g_str_equal(row->totals, totals);
}

static bool write_end(Act *act, ExaminationRow *row, int64_t ended_us, const char *totals,
                      GError **err)
{
    if (!act_supersedes(act, TABLE_EXAMINATION, row->id, err))
        return false;
    row->seq = act_seq(act);
    row->ended_us = ended_us;
    g_free(row->totals);
    row->totals = g_strdup(totals);
    return examination_rows_end(act_database(act), row, err);
}

bool examination_end(Act *act, uint64_t case_id, uint64_t id, int64_t ended_us, const char *totals,
                     GError **err)
{
    g_autoptr(ExaminationRow) row = NULL;
    if (!check_json("totals", totals, LIMIT_TOTALS_BYTES, err))
        return false;
    g_autoptr(CaseFile) file = case_file_for_change(act, case_id, err);
    if (file == NULL || !examination_rows_load(act_database(act), case_id, id, &row, err))
        return false;
    if (row == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no examination %" G_GUINT64_FORMAT " in this case", id);
        return false;
    }
    say(act, id, "end");
    return is_same_end(act, row, ended_us, totals) ||
           (check_end(act, row, ended_us, err) && write_end(act, row, ended_us, totals, err));
}

GPtrArray *examination_list(Casework *work, const Actor *actor, uint64_t case_id, uint64_t after_id,
                            unsigned limit, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    g_autoptr(GPtrArray) rows =
        g_ptr_array_new_with_free_func((GDestroyNotify)examination_row_free);
    if (file == NULL ||
        !examination_rows_list(casework_database(work), case_id, after_id, limit, rows, err))
        return NULL;
    return g_steal_pointer(&rows);
}
