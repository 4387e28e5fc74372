// SPDX-License-Identifier: Apache-2.0
//
// The rules of one pair: a media that a case asks about, and a case that holds it. For the files of
// cases/enquiry.h.
#pragma once

#include "cases/act.h"
#include "store/enquiry_rows.h"

typedef struct {
    uint64_t case_id, media_id, account_id; // of the asker
    uint64_t owner_case_id, owner_media_id;
    bool is_near, is_restricted;
    unsigned distance;
} EnquiryPair;

// Appends who holds the content of a media (of MediaHolder), those left out that hold it as
// ignorable. `is_exact`: any media of the same content; else this one row alone.
bool enquiry_find_holders(Casework *work, uint64_t media_id, bool is_exact, GArray *holders,
                          GError **err);
GArray *enquiry_holders_new(void);

// Writes the enquiry of the pair, or changes it to what it is now; both cases' people and records
// are told. `is_asking`: the asker gets the answer at once and needs no notice.
bool enquiry_settle(Act *act, const EnquiryPair *pair, bool is_asking, GError **err);

// Looks at a row again. Writes it when something changed.
bool enquiry_refresh(Act *act, uint64_t enquiry_id, GError **err);

// Whether the owner's case still holds the media as more than ignorable.
bool enquiry_is_held(Casework *work, const EnquiryRow *row, bool *ret_held, bool *ret_restricted,
                     GError **err);
