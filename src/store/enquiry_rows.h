// SPDX-License-Identifier: Apache-2.0
//
// Rows of enquiries between cases, who waits for what, and what both sides should look at. The
// rules are in cases/enquiry.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"
#include "store/victim_rows.h"

typedef enum {
    ENQUIRY_TOLD,      // the asker has the answer
    ENQUIRY_WAITING,   // the owner has the question
    ENQUIRY_SAME,      // the owner says: it is the same; the asker has the answer
    ENQUIRY_DIFFERENT, // the owner says: it is not
    ENQUIRY_WITHHELD,  // the owner's case is restricted; the asker was told "no"
    ENQUIRY_WITHDRAWN, // there is nothing to ask about any more
    ENQUIRY_STATE_COUNT,
} EnquiryState;

const char *enquiry_state_name(EnquiryState state);

typedef struct {
    uint64_t id, seq;
    uint64_t case_id, media_id, account_id; // of the asker
    uint64_t owner_case_id, owner_media_id;
    bool is_near;
    unsigned distance;
    EnquiryState state;
    VictimState victim_state; // as last told
    int64_t made_us, answered_us;
    uint64_t answered_by;
} EnquiryRow;

bool enquiry_rows_insert(Database *database, const EnquiryRow *row, GError **err);
// Writes all but who asked about what.
bool enquiry_rows_update(Database *database, const EnquiryRow *row, GError **err);
// row->id is 0 when there is none.
bool enquiry_rows_get(Database *database, uint64_t id, EnquiryRow *row, GError **err);
bool enquiry_rows_find(Database *database, uint64_t case_id, uint64_t media_id,
                       uint64_t owner_case_id, EnquiryRow *row, GError **err);

// Append ids in order, behind `after_id`.
bool enquiry_rows_of_asker(Database *database, uint64_t case_id, uint64_t after_id, unsigned limit,
                           GArray *ids, GError **err);
bool enquiry_rows_of_owner(Database *database, uint64_t owner_case_id, uint64_t after_id,
                           unsigned limit, GArray *ids, GError **err);
// Append the ids of all that ask about a media, about media of a series, about media of a victim.
bool enquiry_rows_about_media(Database *database, uint64_t media_id, GArray *ids, GError **err);
bool enquiry_rows_about_series(Database *database, uint64_t series_id, GArray *ids, GError **err);
bool enquiry_rows_about_victim(Database *database, uint64_t victim_id, GArray *ids, GError **err);

// A case that holds a media.
typedef struct {
    uint64_t case_id, media_id;
    bool is_ignorable, is_decided, is_restricted;
    char *category, *scheme; // category NULL: none
} MediaHolder;
void media_holder_clear(MediaHolder *holder);
// Appends the cases that hold this media, those that are expunged left out.
bool enquiry_rows_holders(Database *database, uint64_t media_id, GArray *holders, GError **err);
// Appends the media with the same content: itself, and any with the same MD5 and SHA-1.
bool enquiry_rows_same_content(Database *database, uint64_t media_id, GArray *media_ids,
                               GError **err);
// Whether the media lies in an evidence of the case.
bool enquiry_rows_in_evidence(Database *database, uint64_t case_id, uint64_t media_id, bool *ret_is,
                              GError **err);

// What one unit is told of another's case.
typedef struct {
    uint64_t unit_id;
    char *unit, *agency, *country, *contact;
    char *reference; // of the case; its number where it has none
    bool is_restricted;
} CaseContact;
void case_contact_clear(CaseContact *contact);
// CLEW_ERROR_NOT_FOUND: no such case.
bool enquiry_rows_contact(Database *database, uint64_t case_id, CaseContact *ret_contact,
                          GError **err);

// ---- Who waits for what -------------------------------------------------------------------------

typedef struct {
    uint64_t case_id, account_id;
} EnquiryWatcher;
bool enquiry_watch_add(Database *database, uint64_t media_id, uint64_t case_id, uint64_t account_id,
                       GError **err);
bool enquiry_watchers(Database *database, uint64_t media_id, GArray *watchers, GError **err);
bool enquiry_watch_any(Database *database, bool *ret_any, GError **err);

// Adds to what an account asked in an hour and gives the sum.
bool enquiry_rate_add(Database *database, uint64_t account_id, int64_t hour, uint64_t media,
                      uint64_t *ret_sum, GError **err);

typedef struct {
    uint64_t id, case_id, enquiry_id;
    bool is_owner;
    char *what;
    int64_t made_us;
} EnquiryNoticeRow;
void enquiry_notice_row_free(EnquiryNoticeRow *row);
bool enquiry_notice_add(Database *database, uint64_t case_id, uint64_t enquiry_id, bool is_owner,
                        const char *what, int64_t now_us, GError **err);
// Of EnquiryNoticeRow *.
bool enquiry_notice_list(Database *database, uint64_t case_id, uint64_t after_id, unsigned limit,
                         GPtrArray *rows, GError **err);

// ---- Following what comes in --------------------------------------------------------------------

bool enquiry_progress_get(Database *database, uint64_t *ret_case_media_id, GError **err);
bool enquiry_progress_set(Database *database, uint64_t case_media_id, GError **err);

typedef struct {
    uint64_t id, case_id, media_id;
    bool is_ignorable;
} CameIn;
// Media of cases behind this id (of CameIn).
bool enquiry_rows_came_in(Database *database, uint64_t after_id, unsigned limit, GArray *rows,
                          GError **err);

// Packed hashes of one media; *ret_hashes is NULL when it has none.
bool enquiry_rows_hashes(Database *database, uint64_t media_id, GBytes **ret_hashes, GError **err);
// Packed hashes of media behind `after_id`, in order; false with err set ends it. *ret_last is the
// id of the last one, or `after_id`.
typedef bool (*MediaHashesCallback)(void *user_data, uint64_t media_id, const uint8_t *hashes,
                                    size_t size_bytes, GError **err);
bool enquiry_rows_each_hashes(Database *database, uint64_t after_id, unsigned limit,
                              MediaHashesCallback callback, void *user_data, uint64_t *ret_last,
                              GError **err);
