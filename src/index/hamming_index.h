// SPDX-License-Identifier: Apache-2.0
//
// HammingIndex: every value within a radius of a query, among up to 2^31 values of 256 bits. Exact:
// what it finds is what a scan over all values would find, whichever way it went.
//
// Up to HAMMING_MAX_RADIUS it searches substring tables (hamming_plan.h). It scans all values
// instead when there are too few for tables, when the radius is wider, and when the opened buckets
// hold so many values that the scan is faster: real pictures have templates, flat areas and long
// rows of near-duplicates, and no query is to cost much more than a scan. A file that was just
// opened answers its first queries by scans too, because they read a seventh of the bytes that the
// tables need.
//
// Immutable and safe to search from many threads at once. Plain libc; arrays are read through
// regions (blocks.h), so the same code runs over memory and over an index file.
#pragma once

#include "index/blocks.h"
#include "index/hamming_kernel.h"
#include "index/hamming_plan.h"
#include "index/offset_table.h"

// One value within the radius.
typedef struct {
    uint32_t query; // number of the query value within its call
    uint32_t id;    // of the value
    uint32_t distance;
} HammingHit;

// A growing array, owned by the caller; all-zero is empty. Hits are appended, those of one query
// in no particular order and between those of others; each value at most once for each query.
typedef struct {
    HammingHit *items;
    size_t count;
    size_t capacity;
    size_t scans; // queries so far that were answered by a scan
} HammingHits;

bool hamming_hits_add(HammingHits *hits, HammingHit hit, IndexFault *fault);
void hamming_hits_clear(HammingHits *hits);

// What a sink answers to a hit.
typedef enum {
    HAMMING_MORE,   // go on
    HAMMING_ENOUGH, // no more hits of this query, please
    HAMMING_FAILED, // end the search; *fault says why
} HammingVerdict;

// Takes hits one by one, as they are found: for callers that may have enough of a query. Hits of
// several queries may come mixed, those of one query in no particular order.
typedef struct {
    void *context;
    HammingVerdict (*found)(void *context, const HammingHit *hit, IndexFault *fault);
    // What was found for this query so far is forgotten and comes again, because it is searched
    // another way. NULL: `found` never has enough, and the question does not arise.
    void (*again)(void *context, uint32_t query);
    size_t scans; // counted up for every query that was answered by a scan
} HammingSink;

typedef struct {
    OffsetTable offsets; // one bucket for each pattern of the substring's bits
    BlockRegion *ids;    // uint32_t[count], sorted by bucket; NULL: values are in that order
    BlockRegion *halves; // first halves in the order of ids, uint64_t[count][2]; NULL: not kept
} HammingTable;

// Where a table keeps its own copy of the first halves, a bucket's values stand in one or two cache
// lines and are not fetched one by one. That costs 16 bytes a value and table, so only middle-sized
// indexes do it (HammingPlan.keeps_halves).
//
// The arrays of an index. Values are permuted and sorted (hamming_build.h).
typedef struct {
    uint32_t count;
    BlockRegion *first_halves;  // uint64_t[count][2]
    BlockRegion *second_halves; // uint64_t[count][2]
    HammingPlan plan;
    HammingTable tables[HAMMING_MAX_TABLES];
} HammingArrays;

typedef struct HammingIndex HammingIndex;

// Borrows the regions, which must outlive it. Checks that the sizes of the regions fit the counts
// and that the plan is exact; contents are checked as they are used. NULL sets *fault.
HammingIndex *hamming_index_attach(const HammingArrays *arrays, IndexFault *fault);

void hamming_index_free(HammingIndex *index);

uint32_t hamming_index_count(const HammingIndex *index);
const HammingPlan *hamming_index_plan(const HammingIndex *index);

// For tests and benches: searches with this kernel, which the processor must support.
void hamming_index_use_kernel(HammingIndex *index, const HammingKernel *kernel);

// Gives all values within `radius` (0..256) of each of `count` query values to the sink, each at
// most once for each query. Queries in one call share their scans. False sets *fault.
bool hamming_index_search(HammingIndex *index, const uint8_t (*values)[HAMMING_BYTES], size_t count,
                          uint32_t radius, HammingSink *sink, IndexFault *fault);

// The same into an array: appends all values within `radius` (0..256) of each of `count` query
// values. Queries in one call share their scans. False sets *fault; hits that were appended by then
// are incomplete.
bool hamming_index_query(HammingIndex *index, const uint8_t (*values)[HAMMING_BYTES], size_t count,
                         uint32_t radius, HammingHits *hits, IndexFault *fault);
