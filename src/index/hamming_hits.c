// SPDX-License-Identifier: Apache-2.0
//
// The sink that keeps every hit.
#include "index/hamming_index.h"

#include <stdlib.h>

bool hamming_hits_add(HammingHits *hits, HammingHit hit, IndexFault *fault)
{
    if (hits->count == hits->capacity) {
        size_t capacity = hits->capacity * 2 + 64;
        HammingHit *items = realloc(hits->items, capacity * sizeof *items);
        if (items == NULL)
            return index_fault_memory(fault);
        hits->items = items;
        hits->capacity = capacity;
    }
    hits->items[hits->count++] = hit;
    return true;
}

void hamming_hits_clear(HammingHits *hits)
{
    free(hits->items);
    *hits = (HammingHits){0};
}

static HammingVerdict keep_hit(void *context, const HammingHit *hit, IndexFault *fault)
{
    return hamming_hits_add(context, *hit, fault) ? HAMMING_MORE : HAMMING_FAILED;
}

bool hamming_index_query(HammingIndex *index, const uint8_t (*values)[HAMMING_BYTES], size_t count,
                         uint32_t radius, HammingHits *hits, IndexFault *fault)
{
    HammingSink sink = {.context = hits, .found = keep_hit};
    bool ok = hamming_index_search(index, values, count, radius, &sink, fault);
    hits->scans += sink.scans;
    return ok;
}
