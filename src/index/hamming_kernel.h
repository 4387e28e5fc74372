// SPDX-License-Identifier: Apache-2.0
//
// HammingKernel: the two inner loops of a search, once for each kind of processor, chosen at run
// time. They look at the first 128 bits ("half") of permuted values only: when those alone differ
// by more than the radius, the pair cannot match, and of random pairs 2 in 10^9 get past radius 31.
// Halves are two 64-bit words, stored apart from the second halves.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *name;
    bool (*supported)(void); // by this processor

    // Of `count` consecutive halves, the positions of those within `radius` of query[0..1], in no
    // particular order. Returns how many; ret_positions has room for `count` + 8.
    uint32_t (*scan)(const uint64_t *halves, uint32_t count, const uint64_t *query, uint32_t radius,
                     uint32_t *ret_positions);

    // The same for the halves numbered ids[0..count).
    uint32_t (*pick)(const uint64_t *halves, const uint32_t *ids, uint32_t count,
                     const uint64_t *query, uint32_t radius, uint32_t *ret_ids);
} HammingKernel;

// All kernels this build has, best first, ended by NULL; the last one runs on every processor.
const HammingKernel *const *hamming_kernels(void);

// The best one this processor supports.
const HammingKernel *hamming_kernel_best(void);

// Bits in which two pairs of words differ.
static inline uint32_t hamming_half_distance(const uint64_t *a, const uint64_t *b)
{
    return (uint32_t)(__builtin_popcountll(a[0] ^ b[0]) + __builtin_popcountll(a[1] ^ b[1]));
}
