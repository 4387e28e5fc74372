// SPDX-License-Identifier: Apache-2.0
//
// What the files of the matcher share; of no use to others.
#pragma once

#include "cases/match_rules.h"
#include "cases/matcher.h"
#include "index/index.h"

// One question to the index: digests, or values to be found within the matcher's distance.
typedef struct {
    const IndexDigest *digests;
    size_t digest_count;
    const uint8_t (*values)[HAMMING_BYTES];
    size_t value_count;
    uint32_t max_hits;  // of a value, see IndexPdqQuery; 0: no cap
    bool *ret_frequent; // as there; may be NULL
} MatcherQuestion;

// Looks at the store first. Damage is repaired once, from the store, and the question asked again.
bool matcher_ask(Matcher *matcher, const MatcherQuestion *question, IndexHits *hits, GError **err);

// Calls `visit` under the matcher's lock for every hit whose entry still counts, with what the
// entry says of itself in `match` and its hashes in `entry`, both borrowed for the call.
typedef void MatcherVisit(void *user_data, const IndexHit *hit, const ListEntry *entry,
                          const Match *match);
bool matcher_each_hit(Matcher *matcher, const IndexHits *hits, MatcherVisit *visit, void *user_data,
                      GError **err);

// Whether a still is among the frames of an entry.
bool matcher_compare_film(Matcher *matcher, uint64_t entry_id, const AskedValues *still,
                          Match *ret_match, bool *ret_fits, GError **err);

unsigned matcher_distance(const Matcher *matcher);
