// SPDX-License-Identifier: Apache-2.0
#include "wire/place.h"

static unsigned common_depth(const Place *a, const Place *b)
{
    unsigned limit = a->depth < b->depth ? a->depth : b->depth;
    unsigned depth = 0;
    while (depth < limit && a->ordinal[depth] == b->ordinal[depth])
        depth++;
    return depth;
}

int place_compare(const Place *a, const Place *b)
{
    unsigned depth = common_depth(a, b);
    if (depth < a->depth && depth < b->depth)
        return a->ordinal[depth] < b->ordinal[depth] ? -1 : 1;
    return (a->depth > b->depth) - (a->depth < b->depth);
}

bool place_is_within(const Place *inner, const Place *outer)
{
    return common_depth(inner, outer) == outer->depth;
}
