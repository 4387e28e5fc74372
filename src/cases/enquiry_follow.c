// SPDX-License-Identifier: Apache-2.0
//
// What came into cases since, against what other cases have asked about.
#include "cases/case_file.h"
#include "cases/enquiry.h"
#include "cases/enquiry_pairs.h"

typedef struct {
    Casework *work;
    KnownIndex *index;
    GArray *pairs; // of EnquiryPair
} Following;

// Those that asked about `asked`, which is, or is near to, what `came` brought.
static bool add_watchers(Following *following, uint64_t asked, const CameIn *came, bool is_near,
                         unsigned distance, GError **err)
{
    g_autoptr(GArray) watchers = g_array_new(FALSE, FALSE, sizeof(EnquiryWatcher));
    if (!enquiry_watchers(casework_database(following->work), asked, watchers, err))
        return false;
    for (unsigned i = 0; i < watchers->len; i++) {
        const EnquiryWatcher *watcher = &g_array_index(watchers, EnquiryWatcher, i);
        const EnquiryPair pair = {.case_id = watcher->case_id,
                                  .media_id = asked,
                                  .account_id = watcher->account_id,
                                  .owner_case_id = came->case_id,
                                  .owner_media_id = came->media_id,
                                  .is_near = is_near,
                                  .distance = distance};
        if (watcher->case_id != came->case_id)
            g_array_append_val(following->pairs, pair);
    }
    return true;
}

static bool compare(Following *following, const CameIn *came, GError **err)
{
    Database *database = casework_database(following->work);
    g_autoptr(GArray) same = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(KnownHit));
    if (came->is_ignorable)
        return true;
    if (!enquiry_rows_same_content(database, came->media_id, same, err))
        return false;
    for (unsigned i = 0; i < same->len; i++)
        if (!add_watchers(following, g_array_index(same, uint64_t, i), came, false, 0, err))
            return false;
    if (!known_index_near(following->index, database, came->media_id, ENQUIRY_DISTANCE,
                          ENQUIRY_NEAR_MAX, hits, err))
        return false;
    for (unsigned i = 0; i < hits->len; i++) {
        const KnownHit *hit = &g_array_index(hits, KnownHit, i);
        if (!add_watchers(following, hit->media_id, came, true, hit->distance, err))
            return false;
    }
    return true;
}

static bool settle_one(Act *act, EnquiryPair *pair, GError **err)
{
    bool is_held;
    const EnquiryRow row = {.owner_case_id = pair->owner_case_id,
                            .owner_media_id = pair->owner_media_id};
    if (!enquiry_is_held(act_work(act), &row, &is_held, &pair->is_restricted, err))
        return false;
    if (!is_held)
        return true;
    // The asker's case has this from the program: nobody of them did anything. Of what they are not
    // told their record says nothing either: people of the case read it.
    if (!pair->is_near && !pair->is_restricted)
        act_also(act, pair->case_id, AUDIT_ENQUIRY, "media %" G_GUINT64_FORMAT, pair->media_id);
    return enquiry_settle(act, pair, false, err);
}

static bool settle_all(Following *following, GError **err)
{
    if (following->pairs->len == 0)
        return true;
    const Actor program = {.name = "clew", .session = ""};
    g_autoptr(Act) act = act_begin(following->work, &program, AUDIT_ENQUIRY, err);
    if (act == NULL)
        return false;
    for (unsigned i = 0; i < following->pairs->len; i++)
        if (!settle_one(act, &g_array_index(following->pairs, EnquiryPair, i), err))
            return false;
    return act_commit(act, err);
}

// Inside a write transaction.
static bool follow(Following *following, unsigned max, bool *ret_more, GError **err)
{
    Database *database = casework_database(following->work);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(CameIn));
    uint64_t progress;
    bool is_watched;
    if (!enquiry_progress_get(database, &progress, err) ||
        !enquiry_watch_any(database, &is_watched, err) ||
        !enquiry_rows_came_in(database, progress, max, rows, err))
        return false;
    for (unsigned i = 0; i < rows->len; i++) {
        const CameIn *came = &g_array_index(rows, CameIn, i);
        progress = came->id;
        if (is_watched && !compare(following, came, err))
            return false;
    }
    *ret_more = rows->len == max;
    return settle_all(following, err) &&
           (rows->len == 0 || enquiry_progress_set(database, progress, err));
}

bool enquiry_follow(Casework *work, KnownIndex *index, unsigned max, bool *ret_more, GError **err)
{
    Database *database = casework_database(work);
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(EnquiryPair));
    Following following = {work, index, pairs};
    // Its bulk is taken in before: others may write meanwhile.
    if (!known_index_follow(index, database, err) || !database_begin_write(database, err))
        return false;
    if (follow(&following, max, ret_more, err))
        return database_commit(database, err);
    database_rollback(database);
    return false;
}
