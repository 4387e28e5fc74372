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

// The values one picture asks with (orientations, pipelines, trimmed) belong in one query: they
// wait for memory together.
typedef struct {
    const uint8_t (*values)[HAMMING_BYTES];
    size_t count;
    uint32_t radius; // 0..256; past HAMMING_MAX_RADIUS by linear scan
    const IndexFilter *filter;
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
// damaged where the answer lies; INVALID: a type or radius that cannot be asked for.
bool index_lookup_digests(Index *index, const IndexDigestQuery *query, IndexHits *hits,
                          GError **err);
bool index_query_pdq(Index *index, const IndexPdqQuery *query, IndexHits *hits, GError **err);
