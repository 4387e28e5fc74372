// SPDX-License-Identifier: Apache-2.0
#include "cases/gaps.h"

// A worker may say any number.
static void add(uint64_t *sum, uint64_t more)
{
    *sum = *sum > UINT64_MAX - more ? UINT64_MAX : *sum + more;
}

static uint64_t take_from(Gaps *gaps, unsigned depth)
{
    uint64_t sum = 0;
    for (unsigned i = depth; i <= LIMIT_EVIDENCE_DEPTH; i++) {
        add(&sum, gaps->bytes[i]);
        gaps->bytes[i] = 0;
    }
    return sum;
}

// How many containers are around both.
static unsigned common_depth(const Place *a, const Place *b)
{
    unsigned depth = 0;
    while (depth < a->depth && depth < b->depth && a->ordinal[depth] == b->ordinal[depth])
        depth++;
    return depth;
}

void gaps_note(Gaps *gaps, const Place *place, uint64_t bytes, bool is_sum)
{
    unsigned around = place->depth > 0 ? place->depth - 1 : 0;
    unsigned common = common_depth(&gaps->at, place);
    if (common == place->depth) {
        uint64_t inside = take_from(gaps, place->depth);
        add(&gaps->bytes[around], bytes);
        add(&gaps->bytes[around], is_sum ? 0 : inside);
    } else {
        uint64_t before = take_from(gaps, common + 1);
        add(&gaps->bytes[common], before);
        add(&gaps->bytes[around], bytes);
    }
    gaps->at = *place;
}

uint64_t gaps_within(const Gaps *gaps, const Place *place)
{
    uint64_t sum = 0;
    if (!place_is_within(&gaps->at, place))
        return 0;
    for (unsigned i = place->depth; i <= gaps->at.depth; i++)
        add(&sum, gaps->bytes[i]);
    return sum;
}
