// SPDX-License-Identifier: Apache-2.0
#include "cases/expunge.h"

#include "base/error.h"
#include "base/limits.h"
#include "cases/case_file.h"
#include "cases/enquiry.h"
#include "cases/text_field.h"
#include "cases/traits.h"
#include "store/audit_log.h"
#include "store/case_counts.h"
#include "store/case_rows.h"
#include "store/trait_rows.h"

// ---- Asking -----------------------------------------------------------------------------------

static bool check_permission(Act *act, GError **err)
{
    if ((act_actor(act)->permissions & PERMISSION_BIT(PERMISSION_EXPUNGE)) != 0)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                "you may not expunge; ask an investigator of the case");
    return false;
}

// The case, open or closed.
static CaseFile *standing_case(Act *act, uint64_t case_id, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(act_work(act), act_actor(act), case_id, err);
    if (file == NULL)
        return NULL;
    if (file->state == CASE_EXPUNGED) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT, "case %s is expunged already",
                    file->number);
        return NULL;
    }
    act_set_case(act, case_id);
    return g_steal_pointer(&file);
}

static bool check_not_asked(Act *act, uint64_t case_id, ExpungeKind kind, GError **err)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)expunge_row_free);
    if (!expunge_rows_list(act_database(act), case_id, rows, err))
        return false;
    for (unsigned i = 0; i < rows->len; i++) {
        const ExpungeRow *row = rows->pdata[i];
        if (row->kind == kind && row->state == EXPUNGE_ASKED) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                        "this was asked for already (expunge %" G_GUINT64_FORMAT
                        "); another person must approve it",
                        row->id);
            return false;
        }
    }
    return true;
}

bool expunge_ask(Act *act, uint64_t case_id, ExpungeKind kind, const char *reason, uint64_t *ret_id,
                 GError **err)
{
    if (!check_permission(act, err) ||
        !text_field_check("the reason", reason, LIMIT_CASE_TEXT, err))
        return false;
    g_autoptr(CaseFile) file = standing_case(act, case_id, err);
    if (file == NULL || !check_not_asked(act, case_id, kind, err))
        return false;
    ExpungeRow row = {.seq = act_seq(act),
                      .case_id = case_id,
                      .kind = kind,
                      .reason = (char *)reason,
                      .state = EXPUNGE_ASKED,
                      .asked_by = act_actor(act)->account_id,
                      .asked_us = act_now_us(act)};
    if (!act_new_ids(act, TABLE_EXPUNGE, 1, &row.id, err) ||
        !expunge_rows_insert(act_database(act), &row, err))
        return false;
    act_wrote(act, TABLE_EXPUNGE, row.id);
    act_set_object(act, "expunge %" G_GUINT64_FORMAT, row.id);
    json_write_member_string(act_payload(act), "kind", expunge_kind_name(kind));
    *ret_id = row.id;
    return true;
}

// ---- Deciding ---------------------------------------------------------------------------------

static ExpungeRow *for_decision(Act *act, uint64_t id, CaseFile **ret_file, GError **err)
{
    g_autoptr(ExpungeRow) row = NULL;
    bool is_visible = false;
    if (!check_permission(act, err) || !expunge_rows_get(act_database(act), id, &row, err) ||
        (row != NULL &&
         !case_file_is_visible(act_work(act), act_actor(act), row->case_id, &is_visible, err)))
        return NULL;
    if (!is_visible) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no expunge %" G_GUINT64_FORMAT " in a case that you may see", id);
        return NULL;
    }
    if (row->state != EXPUNGE_ASKED) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "expunge %" G_GUINT64_FORMAT " was decided already: %s", id,
                    expunge_state_name(row->state));
        return NULL;
    }
    *ret_file = standing_case(act, row->case_id, err);
    if (*ret_file == NULL)
        return NULL;
    act_set_object(act, "expunge %" G_GUINT64_FORMAT, id);
    json_write_member_string(act_payload(act), "kind", expunge_kind_name(row->kind));
    return g_steal_pointer(&row);
}

static bool write_decision(Act *act, ExpungeRow *row, ExpungeState state, GError **err)
{
    row->seq = act_seq(act);
    row->state = state;
    row->decided_by = act_actor(act)->account_id;
    row->decided_us = act_now_us(act);
    json_write_member_string(act_payload(act), "decision", expunge_state_name(state));
    return act_supersedes(act, TABLE_EXPUNGE, row->id, err) &&
           expunge_rows_update(act_database(act), row, err);
}

bool expunge_refuse(Act *act, uint64_t id, GError **err)
{
    g_autoptr(CaseFile) file = NULL;
    g_autoptr(ExpungeRow) row = for_decision(act, id, &file, err);
    return row != NULL && write_decision(act, row, EXPUNGE_REFUSED, err);
}

// ---- Taking away ------------------------------------------------------------------------------

static bool bury(Act *act, const ExpungeRow *row, const char *what, const char *detail,
                 uint64_t count, GError **err)
{
    TombstoneRow stone = {.seq = act_seq(act),
                          .expunge_id = row->id,
                          .case_id = row->case_id,
                          .what = (char *)what,
                          .detail = (char *)detail,
                          .count = count,
                          .made_us = act_now_us(act)};
    if (count == 0)
        return true;
    if (!act_new_ids(act, TABLE_TOMBSTONE, 1, &stone.id, err) ||
        !tombstone_rows_insert(act_database(act), &stone, err))
        return false;
    act_wrote(act, TABLE_TOMBSTONE, stone.id);
    return true;
}

static bool take_one(Act *act, const ExpungePart *part, uint64_t id, GError **err)
{
    return act_deletes(act, part->table, id, err) &&
           (part->table != TABLE_MEDIA || expunge_rows_forget_media(act_database(act), id, err)) &&
           expunge_rows_take(act_database(act), part, id, err);
}

static bool take_part(Act *act, const ExpungeRow *row, const ExpungePart *part, GError **err)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    if (!expunge_rows_find(act_database(act), part, row->case_id, ids, err))
        return false;
    for (unsigned i = 0; i < ids->len; i++)
        if (!take_one(act, part, g_array_index(ids, uint64_t, i), err))
            return false;
    // Media of a case are counted by what they were.
    return part->table == TABLE_CASE_MEDIA || bury(act, row, part->what, "", ids->len, err);
}

static bool count_media(Act *act, const ExpungeRow *row, GError **err)
{
    g_autoptr(GPtrArray) counts =
        g_ptr_array_new_with_free_func((GDestroyNotify)tombstone_row_free);
    if (!expunge_rows_media_counts(act_database(act), row->case_id, counts, err))
        return false;
    for (unsigned i = 0; i < counts->len; i++) {
        const TombstoneRow *count = counts->pdata[i];
        if (!bury(act, row, count->what, count->detail, count->count, err))
            return false;
    }
    return true;
}

static bool forget_traits(Act *act, const ExpungeRow *row, GError **err)
{
    if (row->kind == EXPUNGE_CASE)
        return trait_rows_forget_case(act_database(act), row->case_id, err);
    for (unsigned kind = 0; kind < TRAIT_KIND_COUNT; kind++) {
        bool goes = row->kind == EXPUNGE_IDENTIFIERS
                        ? trait_is_identifier((TraitKind)kind)
                        : row->kind == EXPUNGE_ITEMS && kind == TRAIT_FOLDER;
        if (goes && !trait_rows_forget_kind(act_database(act), row->case_id,
                                            trait_kind_name((TraitKind)kind), err))
            return false;
    }
    return true;
}

static bool erase_payloads(Act *act, const ExpungeRow *row, GError **err)
{
    g_autoptr(GArray) seqs = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    if (!expunge_rows_payloads(act_database(act), row->case_id, act_seq(act), seqs, err))
        return false;
    for (unsigned i = 0; i < seqs->len; i++) {
        bool exists;
        uint64_t seq = g_array_index(seqs, uint64_t, i);
        if (!audit_log_erase_payload(act_database(act), seq, &exists, err))
            return false;
        if (exists)
            act_erased_payload(act, seq);
    }
    return bury(act, row, "payload", "", seqs->len, err);
}

static bool close_grave(Act *act, CaseFile *file, GError **err)
{
    if (!act_supersedes(act, TABLE_CASE_FILE, file->id, err))
        return false;
    file->seq = act_seq(act);
    file->state = CASE_EXPUNGED;
    g_free(file->title);
    file->title = g_strdup("");
    g_clear_pointer(&file->reference, g_free);
    g_clear_pointer(&file->outcome, g_free);
    return case_rows_update(act_database(act), file, err) &&
           expunge_rows_forget_case(act_database(act), file->id, err) &&
           enquiry_case_changed(act, file->id, err);
}

static bool take_all(Act *act, const ExpungeRow *row, CaseFile *file, GError **err)
{
    size_t count;
    const ExpungePart *parts = expunge_parts(&count);
    bool is_case = row->kind == EXPUNGE_CASE;
    if (is_case && !count_media(act, row, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if ((parts[i].kinds & 1u << row->kind) != 0 && !take_part(act, row, &parts[i], err))
            return false;
    return forget_traits(act, row, err) &&
           (!is_case || (erase_payloads(act, row, err) && close_grave(act, file, err))) &&
           case_counts_recount(act_database(act), file->id, err);
}

bool expunge_approve(Act *act, uint64_t id, GError **err)
{
    g_autoptr(CaseFile) file = NULL;
    g_autoptr(ExpungeRow) row = for_decision(act, id, &file, err);
    if (row == NULL)
        return false;
    if (row->asked_by == act_actor(act)->account_id) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "what one person asked to expunge another one approves; ask a colleague");
        return false;
    }
    return write_decision(act, row, EXPUNGE_DONE, err) && take_all(act, row, file, err);
}

// ---- Reading ----------------------------------------------------------------------------------

GPtrArray *expunge_list(Casework *work, const Actor *actor, uint64_t case_id, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)expunge_row_free);
    if (file == NULL || !expunge_rows_list(casework_database(work), case_id, rows, err))
        return NULL;
    return g_steal_pointer(&rows);
}

GPtrArray *expunge_tombstones(Casework *work, const Actor *actor, uint64_t case_id, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)tombstone_row_free);
    if (file == NULL || !tombstone_rows_list(casework_database(work), case_id, rows, err))
        return NULL;
    return g_steal_pointer(&rows);
}
