// SPDX-License-Identifier: Apache-2.0
//
// Making the arrays of a HammingIndex. Values come permuted (hamming_permute), distinct and sorted
// ascending; the place in that order is the value's id. So the table of the substring that starts
// at bit 0 needs no ids: its buckets are runs of the values themselves.
#pragma once

#include "index/hamming_index.h"

// Where sorted values come from: memory, or a file being written. Fills both arrays with the halves
// of values [first, first + count), two words each; false ends the build (the reason is the
// source's to keep).
typedef struct {
    void *context;
    bool (*read)(void *context, uint32_t first, uint32_t count, uint64_t *first_halves,
                 uint64_t *second_halves);
} HammingSource;

// One table. `ids` is NULL where the substring starts at bit 0. Owned; see clear.
typedef struct {
    OffsetArrays offsets;
    uint32_t *ids;
} HammingTableArrays;

// Takes about 16 bytes a value while it works. False: no memory, or the source failed.
bool hamming_table_build(const HammingSource *source, uint32_t count, HammingSubstring substring,
                         HammingTableArrays *ret_table);

void hamming_table_clear(HammingTableArrays *table);

// The first halves of all values in the order of a table's ids; two words each, to be freed with
// free. NULL: no memory, or the source failed. Takes twice its size while it works.
uint64_t *hamming_table_halves(const HammingSource *source, uint32_t count, const uint32_t *ids);

// A whole index in memory.
typedef struct HammingMemory HammingMemory;

// Copies `count` values in any order, repeats allowed. With no substrings in `plan` it scans. The
// plan is normally hamming_plan_make(count). NULL: no memory.
HammingMemory *hamming_memory_build(const uint8_t (*values)[HAMMING_BYTES], uint32_t count,
                                    const HammingPlan *plan);

void hamming_memory_free(HammingMemory *memory);

// As hamming_index_query; the ids of the hits are places in the array given to build.
bool hamming_memory_query(HammingMemory *memory, const uint8_t (*values)[HAMMING_BYTES],
                          size_t count, uint32_t radius, HammingHits *hits, IndexFault *fault);

// The index inside, whose ids are places in sorted order. Borrowed.
HammingIndex *hamming_memory_index(HammingMemory *memory);
