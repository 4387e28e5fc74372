// SPDX-License-Identifier: Apache-2.0
//
// Index: what the rest of Clew asks "is this known?". An index file with every active set, and
// beside it the changes since (delta.h), searched together.
//
// The index is derived: the truth is in the database, and whoever opens an Index adds the changes
// after index_info()->covered_seq to it. When a new file has been built, open another Index.
//
// Safe to search from many threads while one adds and withdraws.
#pragma once

#include "index/delta.h"
#include "index/index_file.h"
#include "index/index_hits.h"
#include "index/index_types.h"

typedef struct Index Index;

// Sets whose entries count, ascending. A NULL filter means all sets; an empty one none.
typedef struct {
    const uint32_t *set_ids;
    size_t count;
} IndexFilter;

typedef struct {
    const IndexDigest *digests;
    size_t count;
    const IndexFilter *filter;
} IndexDigestQuery;

// Rows that may lie near a value for each hit that it may have; see max_hits.
#define INDEX_ROWS_PER_HIT 16u

// The values one picture asks with (orientations, pipelines, trimmed) belong in one query: they
// wait for memory together.
typedef struct {
    const uint8_t (*values)[HAMMING_BYTES];
    size_t count;
    uint32_t radius; // 0..256; past HAMMING_MAX_RADIUS by linear scan
    const IndexFilter *filter;

    // For values that may lie near a title, a test card or a black frame. A value is frequent when
    // more than max_hits entries would be its hits, or when more than max_hits *
    // INDEX_ROWS_PER_HIT rows lie within the radius, whichever sets they are of and withdrawn or
    // not. It then has no hits at all (any choice of some would depend on the order of the search),
    // and the search for it ends as soon as that is known, in file and changes together: time and
    // memory are bounded by max_hits however many rows there are. A row is one entry having one
    // value, so a long static film, one entry with thousands of values near each other, may make
    // its own values frequent, but only past INDEX_ROWS_PER_HIT times as many as other entries do.
    uint32_t max_hits;  // 0: no cap
    bool *ret_frequent; // array of `count`: which values were frequent; NULL: not wanted
} IndexPdqQuery;

// A file that does not exist is an empty index. Other errors: see index_file_open.
Index *index_open(const char *path, GError **err);

void index_free(Index *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Index, index_free)

// Of the file; all zero without one.
const IndexFileInfo *index_info(const Index *index);

// The file, to verify it; NULL without one. Borrowed.
IndexFile *index_file(Index *index);

// Changes since the file, to add to and withdraw from. Borrowed.
IndexDelta *index_delta(Index *index);

// Append the entries found, tidied (index_hits.h): for each digest or value in order, nearest
// first, no entry twice. On failure the hits are as before. CLEW_ERROR_CORRUPT, IO: the file is
// damaged where the answer lies; INVALID: a type or radius that cannot be asked for. Memory taken
// is bounded by the distinct entries found for each value, not by their rows.
bool index_lookup_digests(Index *index, const IndexDigestQuery *query, IndexHits *hits,
                          GError **err);
bool index_query_pdq(Index *index, const IndexPdqQuery *query, IndexHits *hits, GError **err);
