// SPDX-License-Identifier: Apache-2.0
#include "cases/victims.h"

#include "base/error.h"
#include "base/limits.h"
#include "cases/case_file.h"
#include "cases/enquiry.h"
#include "cases/series.h"
#include "cases/text_field.h"
#include "store/series_rows.h"

#define PAGE 200u

void victim_free(Victim *victim)
{
    if (victim == NULL)
        return;
    g_free(victim->reference);
    g_free(victim);
}

// ---- Who may see it ---------------------------------------------------------------------------

static bool link_is_visible(Casework *work, const Actor *actor, const CaseSight *sight,
                            const VictimLinkRow *link, bool *ret_visible, GError **err)
{
    if (link->series_id != 0)
        return series_is_visible(work, actor, sight, link->series_id, ret_visible, err);
    *ret_visible = case_sight_has(sight, link->case_id);
    return true;
}

// Leaves the visible ones; *ret_count is how many there are in all.
static bool load_links(Casework *work, const Actor *actor, const CaseSight *sight, uint64_t id,
                       GArray *links, size_t *ret_count, GError **err)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(VictimLinkRow));
    if (!victim_links_list(casework_database(work), id, all, err))
        return false;
    *ret_count = all->len;
    for (unsigned i = 0; i < all->len; i++) {
        const VictimLinkRow *link = &g_array_index(all, VictimLinkRow, i);
        bool visible;
        if (!link_is_visible(work, actor, sight, link, &visible, err))
            return false;
        if (visible)
            g_array_append_val(links, *link);
    }
    return true;
}

// *ret_row is NULL when the actor may not see it. Takes what links it into `links`, if not NULL.
static bool load_visible(Casework *work, const Actor *actor, const CaseSight *sight, uint64_t id,
                         VictimRow **ret_row, GArray *links, GError **err)
{
    g_autoptr(VictimRow) row = NULL;
    g_autoptr(GArray) visible = g_array_new(FALSE, FALSE, sizeof(VictimLinkRow));
    size_t count;
    if (!victim_rows_get(casework_database(work), id, &row, err) ||
        !load_links(work, actor, sight, id, visible, &count, err))
        return false;
    bool is_own = row != NULL && row->unit_id == actor->unit_id && actor->only_case == 0;
    bool is_local = actor->account_id == 0;
    *ret_row = NULL;
    if (row != NULL && (is_local || visible->len > 0 || (count == 0 && is_own)))
        *ret_row = g_steal_pointer(&row);
    if (links != NULL && *ret_row != NULL)
        g_array_append_vals(links, visible->data, visible->len);
    return true;
}

static VictimRow *require(Casework *work, const Actor *actor, uint64_t id, GArray *links,
                          GError **err)
{
    g_autoptr(CaseSight) sight = case_sight_new(work, actor, err);
    VictimRow *row;
    if (sight == NULL || !load_visible(work, actor, sight, id, &row, links, err))
        return NULL;
    if (row == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no victim %" G_GUINT64_FORMAT " that you may see", id);
    return row;
}

VictimRow *victim_visible_row(Casework *work, const Actor *actor, uint64_t id, GError **err)
{
    return require(work, actor, id, NULL, err);
}

static VictimRow *for_change(Act *act, uint64_t id, const char *change, GError **err)
{
    VictimRow *row = require(act_work(act), act_actor(act), id, NULL, err);
    if (row == NULL)
        return NULL;
    act_set_object(act, "victim %" G_GUINT64_FORMAT, id);
    json_write_member_string(act_payload(act), "change", change);
    return row;
}

// ---- States -----------------------------------------------------------------------------------

static bool add_state(Act *act, uint64_t victim_id, VictimState state, int64_t since_us,
                      const char *reason, GError **err)
{
    VictimStateRow row = {.seq = act_seq(act),
                          .victim_id = victim_id,
                          .unit_id = act_actor(act)->unit_id,
                          .state = state,
                          .reason = (char *)reason,
                          .since_us = since_us,
                          .made_us = act_now_us(act)};
    if (!act_new_ids(act, TABLE_VICTIM_STATE, 1, &row.id, err) ||
        !victim_states_insert(act_database(act), &row, err))
        return false;
    act_wrote(act, TABLE_VICTIM_STATE, row.id);
    json_write_member_string(act_payload(act), "state", victim_state_name(state));
    return true;
}

bool victim_make(Act *act, const char *reference, uint64_t *ret_id, GError **err)
{
    VictimRow row = {.seq = act_seq(act),
                     .unit_id = act_actor(act)->unit_id,
                     .reference = (char *)reference,
                     .state = VICTIM_UNIDENTIFIED,
                     .made_us = act_now_us(act)};
    if (!text_field_check("the reference of a victim", reference, LIMIT_CASE_TEXT, err))
        return false;
    if (row.unit_id == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "a victim is entered by a unit; sign in as one of its people");
        return false;
    }
    if (!act_new_ids(act, TABLE_VICTIM, 1, &row.id, err) ||
        !victim_rows_insert(act_database(act), &row, err))
        return false;
    act_wrote(act, TABLE_VICTIM, row.id);
    act_set_object(act, "victim %" G_GUINT64_FORMAT, row.id);
    json_write_member_string(act_payload(act), "change", "made");
    if (!add_state(act, row.id, VICTIM_UNIDENTIFIED, act_now_us(act), "entered", err))
        return false;
    *ret_id = row.id;
    return true;
}

bool victim_set_state(Act *act, uint64_t id, VictimState state, int64_t since_us,
                      const char *reason, GError **err)
{
    if (!text_field_check("the reason", reason, LIMIT_CASE_TEXT, err))
        return false;
    if (since_us > act_now_us(act)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "the state of a victim cannot begin in the future; give the day it began");
        return false;
    }
    g_autoptr(VictimRow) row = for_change(act, id, "state", err);
    if (row == NULL || !act_supersedes(act, TABLE_VICTIM, id, err))
        return false;
    row->seq = act_seq(act);
    row->state = state;
    return victim_rows_update(act_database(act), row, err) &&
           add_state(act, id, state, since_us != 0 ? since_us : act_now_us(act), reason, err) &&
           enquiry_victim_changed(act, id, err);
}

// ---- Links ------------------------------------------------------------------------------------

// *ret_id is 0 when no such link stands.
static bool standing_link(Act *act, const VictimLinkRow *wanted, uint64_t *ret_id, GError **err)
{
    g_autoptr(GArray) links = g_array_new(FALSE, FALSE, sizeof(VictimLinkRow));
    if (!victim_links_list(act_database(act), wanted->victim_id, links, err))
        return false;
    *ret_id = 0;
    for (unsigned i = 0; i < links->len; i++) {
        const VictimLinkRow *link = &g_array_index(links, VictimLinkRow, i);
        if (link->left_us == 0 && link->series_id == wanted->series_id &&
            link->case_id == wanted->case_id && link->media_id == wanted->media_id)
            *ret_id = link->id;
    }
    return true;
}

static bool add_link(Act *act, VictimLinkRow *link, uint64_t *ret_link_id, GError **err)
{
    if (!standing_link(act, link, ret_link_id, err))
        return false;
    if (*ret_link_id != 0)
        return true;
    link->seq = act_seq(act);
    link->made_us = act_now_us(act);
    if (!act_new_ids(act, TABLE_VICTIM_LINK, 1, &link->id, err) ||
        !victim_links_insert(act_database(act), link, err))
        return false;
    act_wrote(act, TABLE_VICTIM_LINK, link->id);
    *ret_link_id = link->id;
    return enquiry_victim_changed(act, link->victim_id, err);
}

bool victim_link_media(Act *act, uint64_t id, uint64_t case_id, uint64_t media_id,
                       uint64_t *ret_link_id, GError **err)
{
    g_autoptr(CaseFile) file = case_file_for_change(act, case_id, err);
    if (file == NULL)
        return false;
    g_autoptr(VictimRow) row = for_change(act, id, "linked", err);
    bool has;
    if (row == NULL || !series_rows_case_has_media(act_database(act), case_id, media_id, &has, err))
        return false;
    if (!has) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no media %" G_GUINT64_FORMAT " in the case", media_id);
        return false;
    }
    json_write_member_uint(act_payload(act), "media", media_id);
    VictimLinkRow link = {.victim_id = id, .case_id = case_id, .media_id = media_id};
    return add_link(act, &link, ret_link_id, err);
}

bool victim_link_series(Act *act, uint64_t id, uint64_t series_id, uint64_t *ret_link_id,
                        GError **err)
{
    g_autoptr(Series) series = series_get(act_work(act), act_actor(act), series_id, err);
    if (series == NULL)
        return false;
    g_autoptr(VictimRow) row = for_change(act, id, "linked", err);
    if (row == NULL)
        return false;
    json_write_member_uint(act_payload(act), "series", series_id);
    VictimLinkRow link = {.victim_id = id, .series_id = series_id};
    return add_link(act, &link, ret_link_id, err);
}

bool victim_unlink(Act *act, uint64_t id, uint64_t link_id, GError **err)
{
    g_autoptr(GArray) links = g_array_new(FALSE, FALSE, sizeof(VictimLinkRow));
    g_autoptr(VictimRow) row = require(act_work(act), act_actor(act), id, links, err);
    if (row == NULL)
        return false;
    act_set_object(act, "victim %" G_GUINT64_FORMAT, id);
    json_write_member_string(act_payload(act), "change", "unlinked");
    json_write_member_uint(act_payload(act), "link", link_id);
    for (unsigned i = 0; i < links->len; i++) {
        const VictimLinkRow *link = &g_array_index(links, VictimLinkRow, i);
        if (link->id != link_id || link->left_us != 0)
            continue;
        return act_supersedes(act, TABLE_VICTIM_LINK, link_id, err) &&
               victim_links_set_left(act_database(act), link_id, act_seq(act), act_now_us(act),
                                     err) &&
               enquiry_victim_changed(act, id, err) &&
               (link->media_id == 0 || enquiry_media_changed(act, link->media_id, err)) &&
               (link->series_id == 0 || enquiry_series_changed(act, link->series_id, err));
    }
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                "victim %" G_GUINT64_FORMAT " has no link %" G_GUINT64_FORMAT " that you may see",
                id, link_id);
    return false;
}

// ---- Reading ----------------------------------------------------------------------------------

static Victim *tell(const VictimRow *row)
{
    Victim *victim = g_new0(Victim, 1);
    *victim = (Victim){.id = row->id,
                       .seq = row->seq,
                       .unit_id = row->unit_id,
                       .reference = g_strdup(row->reference),
                       .state = row->state,
                       .has_name = row->name_key_id != 0,
                       .made_us = row->made_us,
                       .since_us = row->since_us};
    return victim;
}

Victim *victim_get(Casework *work, const Actor *actor, uint64_t id, GError **err)
{
    g_autoptr(VictimRow) row = require(work, actor, id, NULL, err);
    return row != NULL ? tell(row) : NULL;
}

// What victims are asked for by must be there for the actor.
static bool check_filter(Casework *work, const Actor *actor, const VictimFilter *filter,
                         GError **err)
{
    g_return_val_if_fail(filter->media_id == 0 || filter->case_id != 0, false);
    g_autoptr(CaseFile) file =
        filter->case_id != 0 ? case_file_get(work, actor, filter->case_id, err) : NULL;
    if (filter->case_id != 0 && file == NULL)
        return false;
    g_autoptr(Series) series =
        filter->series_id != 0 ? series_get(work, actor, filter->series_id, err) : NULL;
    return filter->series_id == 0 || series != NULL;
}

GPtrArray *victim_list(Casework *work, const Actor *actor, const VictimFilter *filter,
                       uint64_t after_id, unsigned limit, GError **err)
{
    g_autoptr(CaseSight) sight =
        check_filter(work, actor, filter, err) ? case_sight_new(work, actor, err) : NULL;
    if (sight == NULL)
        return NULL;
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)victim_free);
    while (list->len < limit) {
        g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
        if (!victim_rows_ids(casework_database(work), filter, after_id, PAGE, ids, err))
            return NULL;
        for (unsigned i = 0; i < ids->len && list->len < limit; i++) {
            g_autoptr(VictimRow) row = NULL;
            after_id = g_array_index(ids, uint64_t, i);
            if (!load_visible(work, actor, sight, after_id, &row, NULL, err))
                return NULL;
            if (row != NULL)
                g_ptr_array_add(list, tell(row));
        }
        if (ids->len < PAGE)
            break;
    }
    return g_steal_pointer(&list);
}

GPtrArray *victim_history(Casework *work, const Actor *actor, uint64_t id, GError **err)
{
    g_autoptr(VictimRow) row = require(work, actor, id, NULL, err);
    if (row == NULL)
        return NULL;
    g_autoptr(GPtrArray) states =
        g_ptr_array_new_with_free_func((GDestroyNotify)victim_state_row_free);
    if (!victim_states_list(casework_database(work), id, states, err))
        return NULL;
    return g_steal_pointer(&states);
}

GArray *victim_links(Casework *work, const Actor *actor, uint64_t id, GError **err)
{
    g_autoptr(GArray) links = g_array_new(FALSE, FALSE, sizeof(VictimLinkRow));
    g_autoptr(VictimRow) row = require(work, actor, id, links, err);
    return row != NULL ? g_steal_pointer(&links) : NULL;
}

bool victim_state_of_media(Database *database, uint64_t case_id, uint64_t media_id,
                           VictimState *ret_state, GError **err)
{
    g_autoptr(GArray) victims = g_array_new(FALSE, FALSE, sizeof(MediaVictim));
    if (!victim_rows_of_media(database, media_id, victims, err))
        return false;
    VictimState least = VICTIM_STATE_COUNT;
    for (unsigned i = 0; i < victims->len; i++) {
        const MediaVictim *victim = &g_array_index(victims, MediaVictim, i);
        if (victim->case_id == case_id && victim->state < least)
            least = victim->state;
    }
    *ret_state = least != VICTIM_STATE_COUNT ? least : VICTIM_UNIDENTIFIED;
    return true;
}
