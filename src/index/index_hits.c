// SPDX-License-Identifier: Apache-2.0
#include "index/index_hits.h"

#include <stdlib.h>

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

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int by_entry(const IndexHit *a, const IndexHit *b)
{
    int order = compare(a->set_id, b->set_id);
    return order != 0 ? order : compare(a->entry_id, b->entry_id);
}

static int by_query_entry_distance(const void *left, const void *right)
{
    const IndexHit *a = left;
    const IndexHit *b = right;
    int order = compare(a->query, b->query);
    if (order == 0)
        order = by_entry(a, b);
    return order != 0 ? order : compare(a->distance, b->distance);
}

static int by_query_distance_entry(const void *left, const void *right)
{
    const IndexHit *a = left;
    const IndexHit *b = right;
    int order = compare(a->query, b->query);
    if (order == 0)
        order = compare(a->distance, b->distance);
    return order != 0 ? order : by_entry(a, b);
}

void index_hits_tidy(IndexHits *hits, size_t first)
{
    size_t count = hits->count - first;
    if (count < 2)
        return;
    IndexHit *items = hits->items + first;
    qsort(items, count, sizeof *items, by_query_entry_distance);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++) {
        const IndexHit *last = &items[kept - 1];
        if (items[i].query != last->query || by_entry(&items[i], last) != 0)
            items[kept++] = items[i];
    }
    hits->count = first + kept;
    qsort(items, kept, sizeof *items, by_query_distance_entry);
}
