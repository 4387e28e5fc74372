// SPDX-License-Identifier: Apache-2.0
//
// All media of a case that fit, as numbers in order.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/media_read.h"

typedef enum {
    MEDIA_OLDEST_FIRST, // as they came
    MEDIA_NEWEST_FIRST,
    MEDIA_LARGEST_FIRST, // by bytes
    MEDIA_BY_STACK,      // stack by stack, in each as they came; one of no stack stands alone
    MEDIA_SORT_COUNT,
} MediaSort;

// Appends at most `limit` media ids (uint64_t). filter->newest_first is not looked at.
bool media_order_read(Database *database, uint64_t case_id, const MediaListFilter *filter,
                      MediaSort sort, unsigned limit, GArray *ids, GError **err);
