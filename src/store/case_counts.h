// SPDX-License-Identifier: Apache-2.0
//
// How much of what a case holds.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

typedef struct {
    uint64_t items, not_examined;       // items, and of these those whose status is not ok
    uint64_t notable, ignorable, fresh; // media by kind; fresh ones need eyes
    uint64_t open, decided, disputed;   // of the fresh ones
    uint64_t stacks;
} CaseCounts;

bool case_counts(Database *database, uint64_t case_id, CaseCounts *ret_counts, GError **err);
