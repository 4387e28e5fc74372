// SPDX-License-Identifier: Apache-2.0
#include "cases/enquiry.h"

#include "base/error.h"
#include "cases/case_file.h"
#include "cases/case_sight.h"
#include "cases/enquiry_pairs.h"
#include "cases/victims.h"

#define MICROSECONDS_PER_HOUR (INT64_C(3600) * G_USEC_PER_SEC)
#define PAGE 200u

void known_place_free(KnownPlace *place)
{
    if (place == NULL)
        return;
    g_free(place->unit);
    g_free(place->agency);
    g_free(place->country);
    g_free(place->contact);
    g_free(place->reference);
    g_free(place);
}

// ---- Asking -----------------------------------------------------------------------------------

typedef struct {
    Act *act;
    KnownIndex *index;
    const CaseSight *sight;
    uint64_t case_id, media_id;
    GPtrArray *places;
} Asking;

static bool check_rate(Act *act, size_t count, GError **err)
{
    uint64_t sum;
    if (count > ENQUIRY_MEDIA_MAX) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "one act asks about at most %u media; ask in several", ENQUIRY_MEDIA_MAX);
        return false;
    }
    if (!enquiry_rate_add(act_database(act), act_actor(act)->account_id,
                          act_now_us(act) / MICROSECONDS_PER_HOUR, count, &sum, err))
        return false;
    if (sum > ENQUIRY_MEDIA_PER_HOUR) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "nobody asks about more than %u media in an hour; go on in the next one",
                    ENQUIRY_MEDIA_PER_HOUR);
        return false;
    }
    return true;
}

static bool check_media(Act *act, uint64_t case_id, uint64_t media_id, GError **err)
{
    bool is_there;
    if (!enquiry_rows_in_evidence(act_database(act), case_id, media_id, &is_there, err))
        return false;
    if (!is_there)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no media %" G_GUINT64_FORMAT " in the evidence of the case",
                    media_id);
    return is_there;
}

static bool add_visible(Asking *asking, const EnquiryPair *pair, GError **err)
{
    KnownPlace *place = g_new0(KnownPlace, 1);
    g_ptr_array_add(asking->places, place);
    *place = (KnownPlace){.media_id = pair->media_id,
                          .is_near = pair->is_near,
                          .distance = pair->distance,
                          .case_id = pair->owner_case_id,
                          .known_media_id = pair->owner_media_id};
    return victim_state_of_media(act_database(asking->act), pair->owner_case_id,
                                 pair->owner_media_id, &place->state, err);
}

static KnownPlace *place_elsewhere(Database *database, const EnquiryRow *row, GError **err)
{
    CaseContact contact = {0};
    VictimState state;
    if (!victim_state_of_media(database, row->owner_case_id, row->owner_media_id, &state, err) ||
        !enquiry_rows_contact(database, row->owner_case_id, &contact, err))
        return NULL;
    KnownPlace *place = g_new0(KnownPlace, 1);
    *place = (KnownPlace){.media_id = row->media_id,
                          .is_near = row->is_near,
                          .distance = row->distance,
                          .state = state,
                          .unit = contact.unit,
                          .agency = contact.agency,
                          .country = contact.country,
                          .contact = contact.contact,
                          .reference = contact.reference};
    return place;
}

static bool add_elsewhere(Asking *asking, const EnquiryPair *pair, GError **err)
{
    EnquiryRow row;
    if (!enquiry_settle(asking->act, pair, true, err) ||
        !enquiry_rows_find(act_database(asking->act), pair->case_id, pair->media_id,
                           pair->owner_case_id, &row, err))
        return false;
    if (row.state != ENQUIRY_TOLD && row.state != ENQUIRY_SAME)
        return true;
    KnownPlace *place = place_elsewhere(act_database(asking->act), &row, err);
    if (place == NULL)
        return false;
    g_ptr_array_add(asking->places, place);
    return true;
}

// The holders of a media that is the one asked about, or near to it. `settled` has the cases that
// a nearer one was found in.
static bool ask_holders(Asking *asking, uint64_t media_id, bool is_near, unsigned distance,
                        GHashTable *settled, GError **err)
{
    g_autoptr(GArray) holders = enquiry_holders_new();
    if (!enquiry_find_holders(act_work(asking->act), media_id, !is_near, holders, err))
        return false;
    for (unsigned i = 0; i < holders->len; i++) {
        const MediaHolder *holder = &g_array_index(holders, MediaHolder, i);
        const EnquiryPair pair = {.case_id = asking->case_id,
                                  .media_id = asking->media_id,
                                  .account_id = act_actor(asking->act)->account_id,
                                  .owner_case_id = holder->case_id,
                                  .owner_media_id = holder->media_id,
                                  .is_near = is_near,
                                  .is_restricted = holder->is_restricted,
                                  .distance = distance};
        if (holder->case_id == asking->case_id ||
            !g_hash_table_add(settled, g_memdup2(&holder->case_id, sizeof holder->case_id)))
            continue;
        bool is_visible = case_sight_has(asking->sight, holder->case_id);
        if (!(is_visible ? add_visible(asking, &pair, err) : add_elsewhere(asking, &pair, err)))
            return false;
    }
    return true;
}

static bool ask_one(Asking *asking, GError **err)
{
    Database *database = act_database(asking->act);
    g_autoptr(GHashTable) settled =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(KnownHit));
    if (!check_media(asking->act, asking->case_id, asking->media_id, err) ||
        !enquiry_watch_add(database, asking->media_id, asking->case_id,
                           act_actor(asking->act)->account_id, err) ||
        !ask_holders(asking, asking->media_id, false, 0, settled, err) ||
        !known_index_near(asking->index, database, asking->media_id, ENQUIRY_DISTANCE,
                          ENQUIRY_NEAR_MAX, hits, err))
        return false;
    for (unsigned i = 0; i < hits->len; i++) {
        const KnownHit *hit = &g_array_index(hits, KnownHit, i);
        if (!ask_holders(asking, hit->media_id, true, hit->distance, settled, err))
            return false;
    }
    return true;
}

GPtrArray *enquiry_ask(Act *act, KnownIndex *index, uint64_t case_id, const uint64_t *media_ids,
                       size_t count, GError **err)
{
    g_autoptr(CaseFile) file = case_file_for_change(act, case_id, err);
    if (file == NULL || !check_rate(act, count, err))
        return NULL;
    g_autoptr(CaseSight) sight = case_sight_new(act_work(act), act_actor(act), err);
    if (sight == NULL)
        return NULL;
    g_autoptr(GPtrArray) places = g_ptr_array_new_with_free_func((GDestroyNotify)known_place_free);
    Asking asking = {act, index, sight, case_id, 0, places};
    for (size_t i = 0; i < count; i++) {
        asking.media_id = media_ids[i];
        if (!ask_one(&asking, err))
            return NULL;
    }
    act_set_object(act, "case %" G_GUINT64_FORMAT, case_id);
    json_write_member_uint(act_payload(act), "media", count);
    json_write_member_uint(act_payload(act), "known", places->len);
    return g_steal_pointer(&places);
}

// ---- What the asker was told ------------------------------------------------------------------

static bool add_known(Casework *work, const CaseSight *sight, uint64_t id, GPtrArray *places,
                      GError **err)
{
    EnquiryRow row;
    bool is_held, is_restricted;
    if (!enquiry_rows_get(casework_database(work), id, &row, err))
        return false;
    if ((row.state != ENQUIRY_TOLD && row.state != ENQUIRY_SAME) ||
        case_sight_has(sight, row.owner_case_id))
        return true;
    if (!enquiry_is_held(work, &row, &is_held, &is_restricted, err))
        return false;
    if (!is_held || (is_restricted && row.state == ENQUIRY_TOLD))
        return true;
    KnownPlace *place = place_elsewhere(casework_database(work), &row, err);
    if (place == NULL)
        return false;
    g_ptr_array_add(places, place);
    return true;
}

GPtrArray *enquiry_known(Casework *work, const Actor *actor, uint64_t case_id, uint64_t *cursor,
                         unsigned limit, bool *ret_more, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    if (file == NULL)
        return NULL;
    g_autoptr(CaseSight) sight = case_sight_new(work, actor, err);
    if (sight == NULL)
        return NULL;
    g_autoptr(GPtrArray) places = g_ptr_array_new_with_free_func((GDestroyNotify)known_place_free);
    *ret_more = true;
    while (places->len < limit) {
        g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
        if (!enquiry_rows_of_asker(casework_database(work), case_id, *cursor, PAGE, ids, err))
            return NULL;
        unsigned i = 0;
        for (; i < ids->len && places->len < limit; i++) {
            *cursor = g_array_index(ids, uint64_t, i);
            if (!add_known(work, sight, *cursor, places, err))
                return NULL;
        }
        if (i == ids->len && ids->len < PAGE) {
            *ret_more = false;
            break;
        }
    }
    return g_steal_pointer(&places);
}

// ---- The owner's side -------------------------------------------------------------------------

void enquiry_question_free(EnquiryQuestion *question)
{
    if (question == NULL)
        return;
    g_free(question->unit);
    g_free(question->agency);
    g_free(question->country);
    g_free(question->contact);
    g_free(question->reference);
    g_free(question);
}

static bool add_question(Database *database, uint64_t id, GPtrArray *questions, GError **err)
{
    EnquiryRow row;
    CaseContact contact = {0};
    if (!enquiry_rows_get(database, id, &row, err) ||
        !enquiry_rows_contact(database, row.case_id, &contact, err))
        return false;
    EnquiryQuestion *question = g_new0(EnquiryQuestion, 1);
    *question = (EnquiryQuestion){.id = row.id,
                                  .media_id = row.owner_media_id,
                                  .is_near = row.is_near,
                                  .distance = row.distance,
                                  .state = row.state,
                                  .made_us = row.made_us,
                                  .answered_us = row.answered_us,
                                  .unit = contact.unit,
                                  .agency = contact.agency,
                                  .country = contact.country,
                                  .contact = contact.contact,
                                  .reference = contact.reference};
    g_ptr_array_add(questions, question);
    return true;
}

GPtrArray *enquiry_questions(Casework *work, const Actor *actor, uint64_t case_id,
                             uint64_t after_id, unsigned limit, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    if (file == NULL)
        return NULL;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    g_autoptr(GPtrArray) questions =
        g_ptr_array_new_with_free_func((GDestroyNotify)enquiry_question_free);
    if (!enquiry_rows_of_owner(casework_database(work), case_id, after_id, limit, ids, err))
        return NULL;
    for (unsigned i = 0; i < ids->len; i++)
        if (!add_question(casework_database(work), g_array_index(ids, uint64_t, i), questions, err))
            return NULL;
    return g_steal_pointer(&questions);
}

static const char *answer_name(EnquiryAnswer answer)
{
    static const char *const names[] = {[ENQUIRY_ANSWER_SAME] = "same",
                                        [ENQUIRY_ANSWER_DIFFERENT] = "different",
                                        [ENQUIRY_ANSWER_LATER] = "later"};
    return names[answer];
}

// The row, if it is about a case that the actor may see.
static bool for_answer(Act *act, uint64_t enquiry_id, EnquiryRow *row, GError **err)
{
    bool is_visible = false;
    if (!enquiry_rows_get(act_database(act), enquiry_id, row, err) ||
        (row->id != 0 && !case_file_is_visible(act_work(act), act_actor(act), row->owner_case_id,
                                               &is_visible, err)))
        return false;
    if (!is_visible) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no enquiry %" G_GUINT64_FORMAT " to a case that you may see",
                    enquiry_id);
        return false;
    }
    if (row->state == ENQUIRY_TOLD || row->state == ENQUIRY_WITHDRAWN) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "enquiry %" G_GUINT64_FORMAT " waits for no answer: it was %s", enquiry_id,
                    enquiry_state_name(row->state));
        return false;
    }
    return true;
}

bool enquiry_answer(Act *act, uint64_t enquiry_id, EnquiryAnswer answer, GError **err)
{
    EnquiryRow row;
    if (!for_answer(act, enquiry_id, &row, err))
        return false;
    act_set_case(act, row.owner_case_id);
    act_set_object(act, "enquiry %" G_GUINT64_FORMAT, enquiry_id);
    json_write_member_string(act_payload(act), "answer", answer_name(answer));
    if (answer == ENQUIRY_ANSWER_LATER)
        return true;
    bool was_told = row.state == ENQUIRY_SAME, is_same = answer == ENQUIRY_ANSWER_SAME;
    row.seq = act_seq(act);
    row.state = is_same ? ENQUIRY_SAME : ENQUIRY_DIFFERENT;
    row.answered_us = act_now_us(act);
    row.answered_by = act_actor(act)->account_id;
    if (!act_supersedes(act, TABLE_ENQUIRY, row.id, err) ||
        !enquiry_rows_update(act_database(act), &row, err))
        return false;
    if (was_told == is_same)
        return true;
    // "No" is told to nobody who was not told "yes" before.
    act_also(act, row.case_id, AUDIT_ENQUIRY_ANSWERED, "media %" G_GUINT64_FORMAT, row.media_id);
    return enquiry_notice_add(act_database(act), row.case_id, row.id, false,
                              enquiry_state_name(is_same ? ENQUIRY_SAME : ENQUIRY_WITHDRAWN),
                              act_now_us(act), err);
}

// ---- What is new ------------------------------------------------------------------------------

void enquiry_notice_free(EnquiryNotice *notice)
{
    if (notice == NULL)
        return;
    g_free(notice->what);
    g_free(notice);
}

GPtrArray *enquiry_notices(Casework *work, const Actor *actor, uint64_t case_id, uint64_t after_id,
                           unsigned limit, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    if (file == NULL)
        return NULL;
    g_autoptr(GPtrArray) rows =
        g_ptr_array_new_with_free_func((GDestroyNotify)enquiry_notice_row_free);
    g_autoptr(GPtrArray) notices =
        g_ptr_array_new_with_free_func((GDestroyNotify)enquiry_notice_free);
    if (!enquiry_notice_list(casework_database(work), case_id, after_id, limit, rows, err))
        return NULL;
    for (unsigned i = 0; i < rows->len; i++) {
        const EnquiryNoticeRow *row = rows->pdata[i];
        EnquiryRow enquiry;
        if (!enquiry_rows_get(casework_database(work), row->enquiry_id, &enquiry, err))
            return NULL;
        EnquiryNotice *notice = g_new0(EnquiryNotice, 1);
        g_ptr_array_add(notices, notice);
        *notice =
            (EnquiryNotice){.id = row->id,
                            .media_id = row->is_owner ? enquiry.owner_media_id : enquiry.media_id,
                            .enquiry_id = row->is_owner ? row->enquiry_id : 0,
                            .is_owner = row->is_owner,
                            .what = g_strdup(row->what),
                            .made_us = row->made_us};
    }
    return g_steal_pointer(&notices);
}
