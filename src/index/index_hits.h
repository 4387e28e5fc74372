// SPDX-License-Identifier: Apache-2.0
//
// IndexHits: what a search of the whole index found, as entries. A growing array owned by the
// caller; all-zero is empty, and one may serve many searches.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t entry_id;
    uint32_t set_id;
    uint32_t query;    // number of the digest or PDQ value within its call
    uint32_t distance; // 0 for digests
} IndexHit;

typedef struct {
    IndexHit *items;
    size_t count;
    size_t capacity;
    size_t scans; // PDQ values so far that were answered by a linear scan (hamming_index.h)
} IndexHits;

// False: no memory.
bool index_hits_add(IndexHits *hits, IndexHit hit);

void index_hits_clear(IndexHits *hits);

// Orders the hits from number `first` on by query, distance, set and entry, and keeps of each entry
// the nearest hit for each query. False: no memory.
bool index_hits_tidy(IndexHits *hits, size_t first);
