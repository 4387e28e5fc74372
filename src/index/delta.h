// SPDX-License-Identifier: Apache-2.0
//
// IndexDelta: the changes since the index file was built, searched beside it, so that an added or
// withdrawn hash counts at once. Rows that were added are kept in plain arrays: digests under a
// hash, PDQ values scanned. Withdrawn entries are a list of ids that hides hits of the file and of
// the delta alike, until they are reinstated; adding a row of a withdrawn entry does not reinstate
// it.
//
// Any number of threads may search while one changes it. Made for up to 100,000 rows; a search for
// PDQ values then takes about as long again as in a file of ten million.
#pragma once

#include "index/hamming_plan.h"
#include "index/index_hits.h"
#include "index/index_types.h"

#include <glib.h>

#define INDEX_DELTA_MAX_ROWS 4000000u

typedef struct IndexDelta IndexDelta;

// One digest to look up.
typedef struct {
    IndexType type; // not INDEX_PDQ
    uint8_t value[INDEX_VALUE_BYTES];
} IndexDigest;

// One PDQ value to look for.
typedef struct {
    uint8_t value[HAMMING_BYTES];
    uint32_t number;   // of the value within its call, for the hits
    uint32_t radius;   // 0..256
    uint64_t max_rows; // stop after so many hits
} IndexDeltaQuery;

IndexDelta *index_delta_new(void);
void index_delta_free(IndexDelta *delta);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IndexDelta, index_delta_free)

// Repeats change nothing. CLEW_ERROR_INVALID: unknown type. LIMIT: full, build a new file.
bool index_delta_add(IndexDelta *delta, const IndexRow *row, GError **err);

void index_delta_withdraw(IndexDelta *delta, uint64_t entry_id);
void index_delta_reinstate(IndexDelta *delta, uint64_t entry_id);

size_t index_delta_rows(IndexDelta *delta);
size_t index_delta_withdrawn(IndexDelta *delta);

// Append hits, of withdrawn entries too; an entry may come several times. False: no memory.
bool index_delta_find(IndexDelta *delta, const IndexDigest *digests, size_t count, IndexHits *hits);
bool index_delta_near(IndexDelta *delta, const IndexDeltaQuery *query, IndexHits *hits);

// Takes the withdrawn entries out of the hits from number `first` on.
void index_delta_hide_withdrawn(IndexDelta *delta, IndexHits *hits, size_t first);
