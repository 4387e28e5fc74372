// SPDX-License-Identifier: Apache-2.0
//
// Enquiry: is it already known? Media of an open case are compared with those of all other cases.
//
//   the other case              exact (SHA-256, or MD5 and SHA-1)      near
//   the asker may see it        case, media, state                     the same, with the distance
//   the asker may not           the unit's contact, the case's         nothing; the owner is asked,
//                               reference, the state: "told"           and the asker learns of it
//                                                                      when the owner says "same"
//   it is restricted            nothing; its owner is alerted          nothing; its owner is
//   alerted
//
// Media that sets or decisions leave out as ignorable are held by nobody. Whoever asks is on
// record in both cases, in one transaction. Nobody asks about a bare hash: the media must lie in an
// evidence of an open case of the asker's, and an account asks about so many an hour.
//
// An answer stays right: who asked is told when another case takes the media in later
// (enquiry_follow), when a victim's state changes, when a case becomes restricted or is so no more;
// and what a reader is given is looked up when it is read.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/known_index.h"
#include "store/enquiry_rows.h"

#define ENQUIRY_DISTANCE 31u          // as the sets are asked
#define ENQUIRY_MEDIA_MAX 1000u       // of one act
#define ENQUIRY_MEDIA_PER_HOUR 20000u // of one account
#define ENQUIRY_NEAR_MAX 20u          // nearest ones of each media

// One place where a media is known.
typedef struct {
    uint64_t media_id; // that was asked about
    bool is_near;
    unsigned distance;
    VictimState state;
    uint64_t case_id, known_media_id;                    // a case the reader may see; else 0, and:
    char *unit, *agency, *country, *contact, *reference; // of the owner
} KnownPlace;
void known_place_free(KnownPlace *place);

// Asks, and gives what may be told at once: of KnownPlace *. CLEW_ERROR_NOT_FOUND: a media without
// an item in the case. CLEW_ERROR_LIMIT: too many in one act or in this hour.
GPtrArray *enquiry_ask(Act *act, KnownIndex *index, uint64_t case_id, const uint64_t *media_ids,
                       size_t count, GError **err);

// What the case was told so far of cases that the reader may not see, as it is now: of KnownPlace
// *. The cursor (0 at first) moves on and says nothing; *ret_more: call again.
GPtrArray *enquiry_known(Casework *work, const Actor *actor, uint64_t case_id, uint64_t *cursor,
                         unsigned limit, bool *ret_more, GError **err);

// ---- The owner's side ---------------------------------------------------------------------------

typedef struct {
    uint64_t id, media_id; // of the owner's case
    bool is_near;
    unsigned distance;
    EnquiryState state;
    int64_t made_us, answered_us;
    char *unit, *agency, *country, *contact, *reference; // of the asker
} EnquiryQuestion;
void enquiry_question_free(EnquiryQuestion *question);

// Who asked about media of the case: of EnquiryQuestion *, by id behind `after_id`.
GPtrArray *enquiry_questions(Casework *work, const Actor *actor, uint64_t case_id,
                             uint64_t after_id, unsigned limit, GError **err);

typedef enum {
    ENQUIRY_ANSWER_SAME,
    ENQUIRY_ANSWER_DIFFERENT,
    ENQUIRY_ANSWER_LATER, // on record, and still waiting
} EnquiryAnswer;
// A new answer takes the place of the old one. CLEW_ERROR_CONFLICT: nothing waits for an answer.
bool enquiry_answer(Act *act, uint64_t enquiry_id, EnquiryAnswer answer, GError **err);

// ---- What is new --------------------------------------------------------------------------------

typedef struct {
    uint64_t id, media_id; // the media of the case itself
    uint64_t enquiry_id;   // on the owner's side; else 0
    bool is_owner;
    char *what; // "told", "waiting", "same", "withheld", "withdrawn" or "victim_state"
    int64_t made_us;
} EnquiryNotice;
void enquiry_notice_free(EnquiryNotice *notice);
// Of EnquiryNotice *, by id behind `after_id`.
GPtrArray *enquiry_notices(Casework *work, const Actor *actor, uint64_t case_id, uint64_t after_id,
                           unsigned limit, GError **err);

// ---- Kept right ---------------------------------------------------------------------------------

// Compares media that came into cases since the last call with what others have asked about, at
// most `max` of them; for the server, every few seconds. *ret_more: call again.
bool enquiry_follow(Casework *work, KnownIndex *index, unsigned max, bool *ret_more, GError **err);

// Something changed in this act: what enquiries say of it is looked at again.
bool enquiry_media_changed(Act *act, uint64_t media_id, GError **err);
bool enquiry_series_changed(Act *act, uint64_t series_id, GError **err);
bool enquiry_victim_changed(Act *act, uint64_t victim_id, GError **err);
bool enquiry_case_changed(Act *act, uint64_t case_id, GError **err); // restricted or not, expunged
