// SPDX-License-Identifier: Apache-2.0
//
// How much of what a case holds, in table case_tally: kept by whoever changes it, in the same
// transaction, and counted anew where rows are taken away.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

typedef struct {
    uint64_t items, not_examined;       // items, and of these those whose status is not ok
    uint64_t notable, ignorable, fresh; // media by kind; fresh ones need eyes
    uint64_t decided, disputed;         // of the fresh ones
    uint64_t open;                      // the rest of them
    uint64_t stacks;
} CaseCounts;

bool case_counts(Database *database, uint64_t case_id, CaseCounts *ret_counts, GError **err);

// What came in. `decided`, `disputed` and `open` of it are not looked at.
bool case_counts_add(Database *database, uint64_t case_id, const CaseCounts *more, GError **err);

// The decision of a media of a case is about to become `decision` (NULL: none).
bool case_counts_decision(Database *database, uint64_t case_media_id, const char *decision,
                          GError **err);

// From the rows themselves.
bool case_counts_recount(Database *database, uint64_t case_id, GError **err);

// The same numbers from the rows themselves, as a SELECT over case_file f, for the recount and for
// the check of what is derived.
#define CASE_COUNTS_SELECT                                                                         \
    "SELECT f.id, (SELECT count(*) FROM item WHERE case_id = f.id), (SELECT count(*) FROM item "   \
    "WHERE case_id = f.id AND status <> 'ok'), (SELECT count(*) FROM case_media WHERE case_id = "  \
    "f.id AND kind = 'notable'), (SELECT count(*) FROM case_media WHERE case_id = f.id AND kind "  \
    "= 'ignorable'), (SELECT count(*) FROM case_media WHERE case_id = f.id AND kind = 'new'), "    \
    "(SELECT count(*) FROM case_media WHERE case_id = f.id AND kind = 'new' AND decision = "       \
    "'decided'), (SELECT count(*) FROM case_media WHERE case_id = f.id AND kind = 'new' AND "      \
    "decision = 'disputed'), (SELECT count(*) FROM stack WHERE case_id = f.id) FROM case_file f"
