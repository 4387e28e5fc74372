// SPDX-License-Identifier: Apache-2.0
//
// Numbers of one case, from indices alone. Put together in cases/statistics.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

typedef struct {
    int64_t day;                      // since 1970, when the media came in
    char *kind, *decision, *category; // as in case_media; the last two may be NULL
    uint64_t count;
} MediaCount;
void media_count_clear(MediaCount *count);

// Appends (MediaCount by value, the caller's to clear), of media that came in from `from_us` and
// before `to_us`.
bool statistics_rows_media(Database *database, uint64_t case_id, int64_t from_us, int64_t to_us,
                           GArray *counts, GError **err);

// All items of a case, and of those that could not be examined (status, count): StatusCount by
// value, the caller's to clear.
typedef struct {
    char *status;
    uint64_t count;
} StatusCount;
bool statistics_rows_items(Database *database, uint64_t case_id, uint64_t *ret_items,
                           GArray *not_examined, GError **err);

// Decisions that stand, and how long the one at `share` (0 to 1) of them took, shortest first;
// 0 when there are none.
bool statistics_rows_decided(Database *database, uint64_t case_id, uint64_t *ret_decided,
                             GError **err);
bool statistics_rows_waited(Database *database, uint64_t case_id, uint64_t decided, double share,
                            int64_t *ret_us, GError **err);
