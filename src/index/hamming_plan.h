// SPDX-License-Identifier: Apache-2.0
//
// HammingPlan: how 256 bits are cut into substrings so that every value within a radius is found.
//
// Pigeonhole, in its tight form: give substring i its own radius r(i). If a value is farther than
// r(i) in every substring, it differs in at least sum(r(i) + 1) bits. So when that sum is R + 1,
// anything within R agrees with the query to within r(i) bits in at least one substring i. Each
// substring has a table from its bits to the values that have them; a search opens every bucket
// within r(i) of the query's bits.
//
// The plan minimises expected work for a number of values: few long substrings open many empty
// buckets, many short ones meet many strangers. At 10 million it comes to 11 substrings of 20 to 24
// bits, radius 2 on ten of them and 1 on one.
//
// Neighbouring PDQ bits are correlated, so substrings do not take neighbours: values are first
// permuted (hamming_permute) and substrings are then contiguous. Measured on hashes of photographs,
// that nearly halves the strangers met. Distances do not change, so exactness does not depend on
// it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HAMMING_BITS 256u
#define HAMMING_BYTES 32u
#define HAMMING_MAX_TABLES 20u
#define HAMMING_MAX_RADIUS 31u // of the tables; a wider search is a linear scan
#define HAMMING_MAX_TABLE_BITS 28u
#define HAMMING_MAX_TABLE_RADIUS 3u
#define HAMMING_MAX_PROBES 24576u // buckets opened for one query, all tables together

// A permuted value: bit 0 is the highest of words[0], bit 255 the lowest of words[3].
typedef struct {
    uint64_t words[4];
} HammingValue;

// One substring: bits [start, start + bits) of permuted values, searched to within `radius`.
typedef struct {
    uint8_t start;
    uint8_t bits;
    uint8_t radius;
} HammingSubstring;

typedef struct {
    uint32_t table_count; // 0: no tables, always scan
    // Tables are to have their own copies of first halves: with too many values for the processor's
    // cache, few enough for memory. Has no bearing on what is found.
    bool keeps_halves;
    HammingSubstring substrings[HAMMING_MAX_TABLES];
} HammingPlan;

// Plan for `count` values; no tables when a scan is as fast (a few ten thousand).
HammingPlan hamming_plan_make(uint32_t count);

// True when the substrings lie inside 256 bits without overlap, no number exceeds its maximum, and
// the radii cover HAMMING_MAX_RADIUS: then the tables are exact, whoever wrote them.
bool hamming_plan_valid(const HammingPlan *plan);

// What a search needs of a plan: for every radius the cheapest radii of the substrings, and for
// every substring the bit patterns within them.
typedef struct HammingProbes HammingProbes;

// NULL: no memory, or a plan that is not valid or opens more than HAMMING_MAX_PROBES buckets.
HammingProbes *hamming_probes_new(const HammingPlan *plan, uint32_t count);
void hamming_probes_free(HammingProbes *probes);

// Radius to search table `table` with, for a search of `radius` <= HAMMING_MAX_RADIUS; -1: leave
// the table out.
int hamming_probes_radius(const HammingProbes *probes, uint32_t radius, uint32_t table);

// Patterns to exclusive-or with the query's bits, ascending (so that neighbouring buckets follow
// one another), for 0 <= table_radius <= the substring's.
const uint32_t *hamming_probes_patterns(const HammingProbes *probes, uint32_t table,
                                        int table_radius, uint32_t *ret_count);

HammingValue hamming_permute(const uint8_t value[HAMMING_BYTES]);

// The same for millions of values: tables of 256 KiB, made once. Borrowed state, thread-safe.
typedef struct HammingPermuter HammingPermuter;
HammingPermuter *hamming_permuter_new(void); // NULL: no memory
void hamming_permuter_free(HammingPermuter *permuter);
HammingValue hamming_permuter_apply(const HammingPermuter *permuter,
                                    const uint8_t value[HAMMING_BYTES]);

// The substring's bits as a number.
static inline uint32_t hamming_substring(const HammingValue *value, HammingSubstring substring)
{
    uint32_t word = substring.start / 64u;
    uint32_t shift = substring.start % 64u;
    uint64_t bits = value->words[word] << shift;
    if (shift + substring.bits > 64u)
        bits |= value->words[word + 1] >> (64u - shift);
    return (uint32_t)(bits >> (64u - substring.bits));
}
