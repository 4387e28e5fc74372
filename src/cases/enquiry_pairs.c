// SPDX-License-Identifier: Apache-2.0
#include "cases/enquiry_pairs.h"

#include "cases/enquiry.h"
#include "cases/scheme.h"
#include "cases/victims.h"

static void clear_holder(void *pointer)
{
    media_holder_clear(pointer);
}

GArray *enquiry_holders_new(void)
{
    GArray *holders = g_array_new(FALSE, FALSE, sizeof(MediaHolder));
    g_array_set_clear_func(holders, clear_holder);
    return holders;
}

// Decided to be of a category that says notable, or not decided and not left out by a set.
static bool counts(Casework *work, const MediaHolder *holder, bool *ret_counts, GError **err)
{
    *ret_counts = !holder->is_ignorable;
    if (!holder->is_decided || holder->category == NULL)
        return true;
    g_autoptr(Scheme) scheme = scheme_load(holder->scheme, casework_folder(work), err);
    if (scheme == NULL)
        return false;
    Meaning meaning;
    *ret_counts = !scheme_meaning(scheme, holder->category, &meaning) || meaning == MEANING_NOTABLE;
    return true;
}

bool enquiry_find_holders(Casework *work, uint64_t media_id, bool is_exact, GArray *holders,
                          GError **err)
{
    g_autoptr(GArray) media_ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    g_autoptr(GArray) all = enquiry_holders_new();
    if (!is_exact)
        g_array_append_val(media_ids, media_id);
    else if (!enquiry_rows_same_content(casework_database(work), media_id, media_ids, err))
        return false;
    for (unsigned i = 0; i < media_ids->len; i++)
        if (!enquiry_rows_holders(casework_database(work), g_array_index(media_ids, uint64_t, i),
                                  all, err))
            return false;
    for (unsigned i = 0; i < all->len; i++) {
        MediaHolder *holder = &g_array_index(all, MediaHolder, i);
        bool is_held;
        if (!counts(work, holder, &is_held, err))
            return false;
        if (!is_held)
            continue;
        g_array_append_val(holders, *holder);
        *holder = (MediaHolder){0};
    }
    return true;
}

bool enquiry_is_held(Casework *work, const EnquiryRow *row, bool *ret_held, bool *ret_restricted,
                     GError **err)
{
    g_autoptr(GArray) holders = enquiry_holders_new();
    if (!enquiry_find_holders(work, row->owner_media_id, false, holders, err))
        return false;
    *ret_held = false;
    *ret_restricted = false;
    for (unsigned i = 0; i < holders->len; i++) {
        const MediaHolder *holder = &g_array_index(holders, MediaHolder, i);
        if (holder->case_id != row->owner_case_id)
            continue;
        *ret_held = true;
        *ret_restricted = holder->is_restricted;
    }
    return true;
}

// ---- Telling ----------------------------------------------------------------------------------

static bool tell_owner(Act *act, const EnquiryRow *row, GError **err)
{
    act_also(act, row->owner_case_id, AUDIT_ENQUIRY, "enquiry %" G_GUINT64_FORMAT, row->id);
    return enquiry_notice_add(act_database(act), row->owner_case_id, row->id, true,
                              enquiry_state_name(row->state), act_now_us(act), err);
}

static bool tell_asker(Act *act, const EnquiryRow *row, const char *what, GError **err)
{
    act_also(act, row->case_id, AUDIT_ENQUIRY_ANSWERED, "media %" G_GUINT64_FORMAT, row->media_id);
    return enquiry_notice_add(act_database(act), row->case_id, row->id, false, what,
                              act_now_us(act), err);
}

static bool asker_knows(EnquiryState state)
{
    return state == ENQUIRY_TOLD || state == ENQUIRY_SAME;
}

static EnquiryState state_of_pair(const EnquiryPair *pair)
{
    if (pair->is_restricted)
        return ENQUIRY_WITHHELD;
    return pair->is_near ? ENQUIRY_WAITING : ENQUIRY_TOLD;
}

static bool insert(Act *act, const EnquiryPair *pair, bool is_asking, GError **err)
{
    EnquiryRow row = {.seq = act_seq(act),
                      .case_id = pair->case_id,
                      .media_id = pair->media_id,
                      .account_id = pair->account_id,
                      .owner_case_id = pair->owner_case_id,
                      .owner_media_id = pair->owner_media_id,
                      .is_near = pair->is_near,
                      .distance = pair->distance,
                      .state = state_of_pair(pair),
                      .made_us = act_now_us(act)};
    if (!victim_state_of_media(act_database(act), row.owner_case_id, row.owner_media_id,
                               &row.victim_state, err) ||
        !act_new_ids(act, TABLE_ENQUIRY, 1, &row.id, err) ||
        !enquiry_rows_insert(act_database(act), &row, err))
        return false;
    act_wrote(act, TABLE_ENQUIRY, row.id);
    return tell_owner(act, &row, err) &&
           (is_asking || row.state != ENQUIRY_TOLD || tell_asker(act, &row, "told", err));
}

// What the owner said once stands, also of a restricted case, unless contents turn out to be the
// same after all.
static EnquiryState next_state(const EnquiryRow *row, const EnquiryPair *pair)
{
    bool was_answered = row->state == ENQUIRY_SAME || row->state == ENQUIRY_DIFFERENT;
    if (was_answered && (pair->is_near || pair->is_restricted))
        return row->state;
    return state_of_pair(pair);
}

static bool write_row(Act *act, EnquiryRow *row, GError **err)
{
    row->seq = act_seq(act);
    return act_supersedes(act, TABLE_ENQUIRY, row->id, err) &&
           enquiry_rows_update(act_database(act), row, err);
}

// `row` as it is to be, `before` as it was.
static bool write_change(Act *act, const EnquiryRow *before, EnquiryRow *row, bool is_asking,
                         GError **err)
{
    bool is_moved = row->state != before->state || row->is_near != before->is_near ||
                    row->owner_media_id != before->owner_media_id;
    if (!is_moved && row->victim_state == before->victim_state)
        return true;
    if (!write_row(act, row, err))
        return false;
    if (row->state != before->state && row->state != ENQUIRY_WITHDRAWN &&
        !tell_owner(act, row, err))
        return false;
    // An asker who was told hears when it is so no more; of what was withheld they never hear.
    if (asker_knows(before->state) && !asker_knows(row->state))
        return tell_asker(act, row, enquiry_state_name(ENQUIRY_WITHDRAWN), err);
    if (is_asking || !asker_knows(row->state))
        return true;
    return tell_asker(act, row,
                      row->state != before->state ? enquiry_state_name(row->state) : "victim_state",
                      err);
}

bool enquiry_settle(Act *act, const EnquiryPair *pair, bool is_asking, GError **err)
{
    EnquiryRow before;
    if (!enquiry_rows_find(act_database(act), pair->case_id, pair->media_id, pair->owner_case_id,
                           &before, err))
        return false;
    if (before.id == 0)
        return insert(act, pair, is_asking, err);
    // An exact hit is not put back by a near one of the same case.
    if (pair->is_near && !before.is_near && before.state != ENQUIRY_WITHDRAWN)
        return true;
    EnquiryRow row = before;
    row.state = next_state(&before, pair);
    row.is_near = pair->is_near;
    row.distance = pair->distance;
    row.owner_media_id = pair->owner_media_id;
    return victim_state_of_media(act_database(act), row.owner_case_id, row.owner_media_id,
                                 &row.victim_state, err) &&
           write_change(act, &before, &row, is_asking, err);
}

bool enquiry_refresh(Act *act, uint64_t enquiry_id, GError **err)
{
    EnquiryRow before;
    bool is_held, is_restricted;
    if (!enquiry_rows_get(act_database(act), enquiry_id, &before, err))
        return false;
    if (before.id == 0)
        return true;
    if (!enquiry_is_held(act_work(act), &before, &is_held, &is_restricted, err))
        return false;
    EnquiryRow row = before;
    const EnquiryPair pair = {.is_near = row.is_near, .is_restricted = is_restricted};
    row.state = is_held ? next_state(&before, &pair) : ENQUIRY_WITHDRAWN;
    return victim_state_of_media(act_database(act), row.owner_case_id, row.owner_media_id,
                                 &row.victim_state, err) &&
           write_change(act, &before, &row, false, err);
}

// ---- What changed -----------------------------------------------------------------------------

static bool refresh_all(Act *act, const GArray *ids, GError **err)
{
    for (unsigned i = 0; i < ids->len; i++)
        if (!enquiry_refresh(act, g_array_index(ids, uint64_t, i), err))
            return false;
    return true;
}

bool enquiry_media_changed(Act *act, uint64_t media_id, GError **err)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    return enquiry_rows_about_media(act_database(act), media_id, ids, err) &&
           refresh_all(act, ids, err);
}

bool enquiry_series_changed(Act *act, uint64_t series_id, GError **err)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    return enquiry_rows_about_series(act_database(act), series_id, ids, err) &&
           refresh_all(act, ids, err);
}

bool enquiry_victim_changed(Act *act, uint64_t victim_id, GError **err)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    return enquiry_rows_about_victim(act_database(act), victim_id, ids, err) &&
           refresh_all(act, ids, err);
}

bool enquiry_case_changed(Act *act, uint64_t case_id, GError **err)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    return enquiry_rows_of_owner(act_database(act), case_id, 0, INT32_MAX, ids, err) &&
           refresh_all(act, ids, err);
}
