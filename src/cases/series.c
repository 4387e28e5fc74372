// SPDX-License-Identifier: Apache-2.0
#include "cases/series.h"

#include "base/error.h"
#include "base/limits.h"
#include "cases/case_file.h"
#include "cases/enquiry.h"
#include "cases/text_field.h"

#define PAGE 200u

void series_free(Series *series)
{
    if (series == NULL)
        return;
    g_free(series->name);
    g_free(series);
}

// ---- Who may see it ---------------------------------------------------------------------------

static bool visible_by_cases(const CaseSight *sight, const GArray *case_ids)
{
    for (unsigned i = 0; i < case_ids->len; i++)
        if (case_sight_has(sight, g_array_index(case_ids, uint64_t, i)))
            return true;
    return false;
}

static bool load_visible(Casework *work, const Actor *actor, const CaseSight *sight, uint64_t id,
                         SeriesRow **ret_row, GError **err)
{
    g_autoptr(SeriesRow) row = NULL;
    g_autoptr(GArray) case_ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    if (!series_rows_get(casework_database(work), id, &row, err) ||
        !series_rows_cases(casework_database(work), id, case_ids, err))
        return false;
    bool is_own = row != NULL && row->unit_id == actor->unit_id && actor->only_case == 0;
    bool is_local = actor->account_id == 0;
    *ret_row = NULL;
    if (row != NULL &&
        (is_local || (case_ids->len == 0 ? is_own : visible_by_cases(sight, case_ids))))
        *ret_row = g_steal_pointer(&row);
    return true;
}

bool series_is_visible(Casework *work, const Actor *actor, const CaseSight *sight,
                       uint64_t series_id, bool *ret_visible, GError **err)
{
    g_autoptr(SeriesRow) row = NULL;
    if (!load_visible(work, actor, sight, series_id, &row, err))
        return false;
    *ret_visible = row != NULL;
    return true;
}

static SeriesRow *require(Casework *work, const Actor *actor, const CaseSight *sight, uint64_t id,
                          GError **err)
{
    SeriesRow *row;
    if (!load_visible(work, actor, sight, id, &row, err))
        return NULL;
    if (row == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no series %" G_GUINT64_FORMAT " that you may see", id);
    return row;
}

// ---- Changes ----------------------------------------------------------------------------------

bool series_make(Act *act, const char *name, uint64_t *ret_id, GError **err)
{
    SeriesRow row = {.seq = act_seq(act),
                     .unit_id = act_actor(act)->unit_id,
                     .name = (char *)name,
                     .made_us = act_now_us(act)};
    if (!text_field_check("the name of a series", name, LIMIT_CASE_TEXT, err))
        return false;
    if (row.unit_id == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "a series belongs to a unit; sign in as one of its people to make it");
        return false;
    }
    if (!act_new_ids(act, TABLE_SERIES, 1, &row.id, err) ||
        !series_rows_insert(act_database(act), &row, err))
        return false;
    act_wrote(act, TABLE_SERIES, row.id);
    act_set_object(act, "series %" G_GUINT64_FORMAT, row.id);
    json_write_member_string(act_payload(act), "change", "made");
    *ret_id = row.id;
    return true;
}

static bool begin_change(Act *act, uint64_t series_id, uint64_t case_id, size_t count,
                         const char *change, GError **err)
{
    if (count > SERIES_MEDIA_MAX) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "one act changes at most %u media of a series; do it in several",
                    SERIES_MEDIA_MAX);
        return false;
    }
    g_autoptr(CaseFile) file = case_file_for_change(act, case_id, err);
    if (file == NULL)
        return false;
    g_autoptr(CaseSight) sight = case_sight_new(act_work(act), act_actor(act), err);
    if (sight == NULL)
        return false;
    g_autoptr(SeriesRow) row = require(act_work(act), act_actor(act), sight, series_id, err);
    if (row == NULL)
        return false;
    act_set_object(act, "series %" G_GUINT64_FORMAT, series_id);
    json_write_member_string(act_payload(act), "change", change);
    json_write_member_uint(act_payload(act), "media", count);
    return true;
}

static bool join_one(Act *act, SeriesMediaRow *row, GError **err)
{
    bool has;
    uint64_t present;
    if (!series_rows_case_has_media(act_database(act), row->case_id, row->media_id, &has, err))
        return false;
    if (!has) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no media %" G_GUINT64_FORMAT " in the case", row->media_id);
        return false;
    }
    if (!series_media_present(act_database(act), row->series_id, row->case_id, row->media_id,
                              &present, err))
        return false;
    if (present != 0)
        return true;
    if (!act_new_ids(act, TABLE_SERIES_MEDIA, 1, &row->id, err) ||
        !series_media_insert(act_database(act), row, err))
        return false;
    act_wrote(act, TABLE_SERIES_MEDIA, row->id);
    return enquiry_media_changed(act, row->media_id, err);
}

bool series_join(Act *act, uint64_t series_id, uint64_t case_id, const uint64_t *media_ids,
                 size_t count, GError **err)
{
    if (!begin_change(act, series_id, case_id, count, "joined", err))
        return false;
    for (size_t i = 0; i < count; i++) {
        SeriesMediaRow row = {.seq = act_seq(act),
                              .series_id = series_id,
                              .case_id = case_id,
                              .media_id = media_ids[i],
                              .joined_us = act_now_us(act)};
        if (!join_one(act, &row, err))
            return false;
    }
    return true;
}

static bool leave_one(Act *act, uint64_t series_id, uint64_t case_id, uint64_t media_id,
                      GError **err)
{
    uint64_t id;
    if (!series_media_present(act_database(act), series_id, case_id, media_id, &id, err))
        return false;
    return id == 0 ||
           (act_supersedes(act, TABLE_SERIES_MEDIA, id, err) &&
            series_media_set_left(act_database(act), id, act_seq(act), act_now_us(act), err) &&
            enquiry_media_changed(act, media_id, err));
}

bool series_leave(Act *act, uint64_t series_id, uint64_t case_id, const uint64_t *media_ids,
                  size_t count, GError **err)
{
    if (!begin_change(act, series_id, case_id, count, "left", err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!leave_one(act, series_id, case_id, media_ids[i], err))
            return false;
    return true;
}

// ---- Reading ----------------------------------------------------------------------------------

static Series *tell(Casework *work, const CaseSight *sight, const SeriesRow *row,
                    uint64_t asked_case_id, GError **err)
{
    g_autoptr(Series) series = g_new0(Series, 1);
    *series = (Series){.id = row->id,
                       .seq = row->seq,
                       .unit_id = row->unit_id,
                       .name = g_strdup(row->name),
                       .made_us = row->made_us};
    g_autoptr(GArray) case_ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    if (!series_rows_cases(casework_database(work), row->id, case_ids, err))
        return NULL;
    for (unsigned i = 0; i < case_ids->len; i++) {
        uint64_t case_id = g_array_index(case_ids, uint64_t, i), count;
        if (!case_sight_has(sight, case_id))
            continue;
        if (!series_media_count(casework_database(work), row->id, case_id, &count, err))
            return NULL;
        series->media += count;
        if (case_id == asked_case_id)
            series->media_of_case = count;
    }
    return g_steal_pointer(&series);
}

Series *series_get(Casework *work, const Actor *actor, uint64_t id, GError **err)
{
    g_autoptr(CaseSight) sight = case_sight_new(work, actor, err);
    if (sight == NULL)
        return NULL;
    g_autoptr(SeriesRow) row = require(work, actor, sight, id, err);
    return row != NULL ? tell(work, sight, row, 0, err) : NULL;
}

static bool list_one(Casework *work, const Actor *actor, const CaseSight *sight,
                     uint64_t asked_case_id, uint64_t id, GPtrArray *list, GError **err)
{
    g_autoptr(SeriesRow) row = NULL;
    if (!load_visible(work, actor, sight, id, &row, err))
        return false;
    if (row == NULL)
        return true;
    Series *series = tell(work, sight, row, asked_case_id, err);
    if (series == NULL)
        return false;
    g_ptr_array_add(list, series);
    return true;
}

GPtrArray *series_list(Casework *work, const Actor *actor, const SeriesFilter *filter,
                       uint64_t after_id, unsigned limit, GError **err)
{
    g_return_val_if_fail(filter->media_id == 0 || filter->case_id != 0, NULL);
    g_autoptr(CaseFile) file =
        filter->case_id != 0 ? case_file_get(work, actor, filter->case_id, err) : NULL;
    if (filter->case_id != 0 && file == NULL)
        return NULL;
    g_autoptr(CaseSight) sight = case_sight_new(work, actor, err);
    if (sight == NULL)
        return NULL;
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)series_free);
    while (list->len < limit) {
        g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
        if (!series_rows_ids(casework_database(work), filter, after_id, PAGE, ids, err))
            return NULL;
        for (unsigned i = 0; i < ids->len && list->len < limit; i++) {
            after_id = g_array_index(ids, uint64_t, i);
            if (!list_one(work, actor, sight, filter->case_id, after_id, list, err))
                return NULL;
        }
        if (ids->len < PAGE)
            break;
    }
    return g_steal_pointer(&list);
}

GArray *series_media(Casework *work, const Actor *actor, uint64_t series_id, uint64_t case_id,
                     uint64_t media_id, uint64_t after_id, unsigned limit, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    if (file == NULL)
        return NULL;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(SeriesMediaRow));
    if (!series_media_list(casework_database(work), series_id, case_id, media_id, after_id, limit,
                           rows, err))
        return NULL;
    g_autoptr(GArray) media = g_array_new(FALSE, FALSE, sizeof(SeriesMedia));
    for (unsigned i = 0; i < rows->len; i++) {
        const SeriesMediaRow *row = &g_array_index(rows, SeriesMediaRow, i);
        const SeriesMedia one = {row->id, row->case_id, row->media_id, row->joined_us,
                                 row->left_us};
        g_array_append_val(media, one);
    }
    return g_steal_pointer(&media);
}

GArray *series_cases(Casework *work, const Actor *actor, uint64_t series_id, GError **err)
{
    g_autoptr(CaseSight) sight = case_sight_new(work, actor, err);
    if (sight == NULL)
        return NULL;
    g_autoptr(SeriesRow) row = require(work, actor, sight, series_id, err);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    g_autoptr(GArray) visible = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    if (row == NULL || !series_rows_cases(casework_database(work), series_id, all, err))
        return NULL;
    for (unsigned i = 0; i < all->len; i++)
        if (case_sight_has(sight, g_array_index(all, uint64_t, i)))
            g_array_append_val(visible, g_array_index(all, uint64_t, i));
    return g_steal_pointer(&visible);
}
