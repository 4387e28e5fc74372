// SPDX-License-Identifier: Apache-2.0
//
// DigestIndex: exact lookup of MD5, SHA-1 or SHA-256 values. The values stand sorted in one array;
// an OffsetTable over their leading bits says where those with the same leading bits are, about
// four on average, and a binary search among them ends it. So no space is lost to load factors, a
// list of digests forged to share their leading bits costs a logarithm and not a scan, and a lookup
// waits for memory twice.
//
// A lookup goes in three steps, so that many can wait for memory together: digest_index_find_many
// does that, and callers with several indexes call the steps themselves.
#pragma once

#include "index/offset_table.h"

#define DIGEST_ABSENT UINT32_MAX

// Borrowed regions; digest_index_valid says whether they fit one another.
typedef struct {
    uint32_t count;
    uint32_t width;       // bytes of a value: 16, 20 or 32
    uint32_t bucket_bits; // leading bits, at most 28
    OffsetTable offsets;
    BlockRegion *values; // count * width bytes, ascending, distinct
} DigestIndex;

// One lookup on its way. `digest` is borrowed.
typedef struct {
    const DigestIndex *index;
    const uint8_t *digest;
    uint32_t bucket;
    uint32_t start;
    uint32_t end;
} DigestProbe;

// Leading bits that suit a number of values.
uint32_t digest_index_bucket_bits(uint32_t count);

// The leading bits of a digest as a number.
uint32_t digest_index_bucket(const uint8_t *digest, uint32_t bucket_bits);

bool digest_index_valid(const DigestIndex *index);

// Step 1: asks for the bucket's start. Step 2: reads it and asks for the values. Step 3: the place
// of the value in the array, which is its id, or DIGEST_ABSENT. False sets *fault.
bool digest_probe_begin(DigestProbe *probe, const DigestIndex *index, const uint8_t *digest,
                        IndexFault *fault);
bool digest_probe_fetch(DigestProbe *probe, IndexFault *fault);
uint32_t digest_probe_end(const DigestProbe *probe);

// Ids of `count` digests, which follow one another without gaps. False sets *fault.
bool digest_index_find_many(const DigestIndex *index, const uint8_t *digests, size_t count,
                            uint32_t *ret_ids, IndexFault *fault);
