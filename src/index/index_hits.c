// SPDX-License-Identifier: Apache-2.0
#include "index/index_hits.h"

#include <stdlib.h>
#include <string.h>

bool index_hits_add(IndexHits *hits, IndexHit hit)
{
    if (hits->count == hits->capacity) {
        size_t capacity = hits->capacity * 2 + 64;
        IndexHit *items = realloc(hits->items, capacity * sizeof *items);
        if (items == NULL)
            return false;
        hits->items = items;
        hits->capacity = capacity;
    }
    hits->items[hits->count++] = hit;
    return true;
}

void index_hits_clear(IndexHits *hits)
{
    free(hits->items);
    *hits = (IndexHits){0};
}

// Pictures in long rows of near-duplicates bring thousands of hits, which qsort with its comparing
// function orders more slowly than the search finds them. So hits are ordered one byte of a field
// after another, least important first, each pass keeping the order of the one before.

#define FEW_HITS 24u

typedef uint64_t (*Field)(const IndexHit *hit);

static uint64_t field_query(const IndexHit *hit)
{
    return hit->query;
}

static uint64_t field_distance(const IndexHit *hit)
{
    return hit->distance;
}

static uint64_t field_set(const IndexHit *hit)
{
    return hit->set_id;
}

static uint64_t field_entry(const IndexHit *hit)
{
    return hit->entry_id;
}

static void order_few(IndexHit *hits, size_t count, Field field)
{
    for (size_t i = 1; i < count; i++) {
        IndexHit hit = hits[i];
        size_t k = i;
        for (; k > 0 && field(&hits[k - 1]) > field(&hit); k--)
            hits[k] = hits[k - 1];
        hits[k] = hit;
    }
}

// Orders by one byte of the field, from hits into target.
static void deal_out(const IndexHit *hits, IndexHit *target, size_t count, Field field,
                     unsigned shift)
{
    size_t starts[257] = {0};
    for (size_t i = 0; i < count; i++)
        starts[(field(&hits[i]) >> shift & 0xff) + 1]++;
    for (unsigned byte = 1; byte < 257; byte++)
        starts[byte] += starts[byte - 1];
    for (size_t i = 0; i < count; i++)
        target[starts[field(&hits[i]) >> shift & 0xff]++] = hits[i];
}

// Stable. Bytes in which all hits agree cost nothing.
static void order_by(IndexHit *hits, IndexHit *spare, size_t count, Field field)
{
    if (count <= FEW_HITS) {
        order_few(hits, count, field);
        return;
    }
    uint64_t differing = 0;
    for (size_t i = 1; i < count; i++)
        differing |= field(&hits[i]) ^ field(&hits[0]);
    for (unsigned shift = 0; shift < 64; shift += 8) {
        if ((differing >> shift & 0xff) == 0)
            continue;
        deal_out(hits, spare, count, field, shift);
        memcpy(hits, spare, count * sizeof *hits);
    }
}

static bool same_entry(const IndexHit *a, const IndexHit *b)
{
    return a->query == b->query && a->set_id == b->set_id && a->entry_id == b->entry_id;
}

bool index_hits_tidy(IndexHits *hits, size_t first)
{
    size_t count = hits->count - first;
    if (count < 2)
        return true;
    IndexHit *items = hits->items + first;
    IndexHit *spare = count > FEW_HITS ? malloc(count * sizeof *spare) : NULL;
    if (spare == NULL && count > FEW_HITS)
        return false;
    order_by(items, spare, count, field_distance);
    order_by(items, spare, count, field_entry);
    order_by(items, spare, count, field_set);
    order_by(items, spare, count, field_query);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++) {
        if (!same_entry(&items[i], &items[kept - 1]))
            items[kept++] = items[i];
    }
    hits->count = first + kept;
    order_by(items, spare, kept, field_distance);
    order_by(items, spare, kept, field_query);
    free(spare);
    return true;
}
