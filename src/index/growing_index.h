// SPDX-License-Identifier: Apache-2.0
//
// GrowingIndex: values of 256 bits that come one after another and are searched as they come; for
// stacks of a case and for what other cases hold. Exact, like all of index/.
//
// New values lie in a short list that is scanned. When it is full it becomes a HammingMemory, and
// two of similar size are merged into one, so that there are about log(n) of them and each value is
// built anew about log(n) times: a million values cost a few seconds in all. The last values can be
// taken back (a transaction that failed).
//
// For one thread at a time.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "index/hamming_plan.h"

typedef struct GrowingIndex GrowingIndex;

GrowingIndex *growing_index_new(void);
void growing_index_free(GrowingIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GrowingIndex, growing_index_free)

// `owner` is given back with hits; several values may have the same.
void growing_index_add(GrowingIndex *index, const uint8_t value[HAMMING_BYTES], uint64_t owner);

size_t growing_index_count(const GrowingIndex *index);

// Forgets all values but the first `count`, a number growing_index_count had given.
void growing_index_cut(GrowingIndex *index, size_t count);

typedef struct {
    uint64_t owner;
    uint32_t query; // number of the value asked for
    uint32_t distance;
} GrowingHit;

// Appends to `hits` (of GrowingHit) every value within `radius` of each of `count` values; a hit
// for each, also when they have one owner. CLEW_ERROR_INTERNAL when memory cannot be had.
bool growing_index_find(GrowingIndex *index, const uint8_t (*values)[HAMMING_BYTES], size_t count,
                        uint32_t radius, GArray *hits, GError **err);
