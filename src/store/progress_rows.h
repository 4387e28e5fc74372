// SPDX-License-Identifier: Apache-2.0
//
// When media of a case came in and were decided. All of it is read from indexes, step by step, so
// that a case of a million decisions is asked about its last days only.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

typedef enum {
    PROGRESS_CAME_IN, // media
    PROGRESS_DECIDED, // decisions that stand, by when they were made
    PROGRESS_EVENT_COUNT,
} ProgressEvent;

// The last one before a time; *ret_us is 0 when there is none.
bool progress_rows_last(Database *database, ProgressEvent event, uint64_t case_id,
                        int64_t before_us, int64_t *ret_us, GError **err);
// Those from a time to before another one.
bool progress_rows_count(Database *database, ProgressEvent event, uint64_t case_id, int64_t from_us,
                         int64_t before_us, uint64_t *ret_count, GError **err);
