// SPDX-License-Identifier: Apache-2.0
#include "index/growing_index.h"

#include <string.h>

#include "base/error.h"
#include "index/hamming_build.h"

// Scanned one by one; then they become a part.
#define RECENT_MAX 1024u

// A part [first, first + count) of all values.
typedef struct {
    size_t first, count;
    HammingMemory *memory;
} Part;

typedef struct {
    uint8_t bytes[HAMMING_BYTES];
} Value;

struct GrowingIndex {
    GArray *values; // of Value, in the order in which they came
    GArray *owners; // of uint64_t
    GArray *parts;  // of Part; together the values below `built`
    size_t built;
};

static void part_clear(void *data)
{
    Part *part = data;
    hamming_memory_free(part->memory);
}

GrowingIndex *growing_index_new(void)
{
    GrowingIndex *index = g_new0(GrowingIndex, 1);
    index->values = g_array_new(FALSE, FALSE, sizeof(Value));
    index->owners = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    index->parts = g_array_new(FALSE, FALSE, sizeof(Part));
    g_array_set_clear_func(index->parts, part_clear);
    return index;
}

void growing_index_free(GrowingIndex *index)
{
    if (index == NULL)
        return;
    g_array_free(index->values, TRUE);
    g_array_free(index->owners, TRUE);
    g_array_free(index->parts, TRUE);
    g_free(index);
}

void growing_index_add(GrowingIndex *index, const uint8_t value[HAMMING_BYTES], uint64_t owner)
{
    Value copy;
    memcpy(copy.bytes, value, HAMMING_BYTES);
    g_array_append_val(index->values, copy);
    g_array_append_val(index->owners, owner);
}

size_t growing_index_count(const GrowingIndex *index)
{
    return index->values->len;
}

void growing_index_cut(GrowingIndex *index, size_t count)
{
    g_assert(count <= index->values->len);
    g_array_set_size(index->values, (unsigned)count);
    g_array_set_size(index->owners, (unsigned)count);
    while (index->built > count) {
        const Part *last = &g_array_index(index->parts, Part, index->parts->len - 1);
        index->built = last->first;
        g_array_set_size(index->parts, index->parts->len - 1);
    }
}

// Makes a part of what is recent and of all parts that are not much larger than it.
static bool build_recent(GrowingIndex *index, GError **err)
{
    size_t first = index->built;
    unsigned kept = index->parts->len;
    while (kept > 0) {
        const Part *part = &g_array_index(index->parts, Part, kept - 1);
        if (part->count > 2 * (index->values->len - first))
            break;
        first = part->first;
        kept--;
    }
    Part part = {.first = first, .count = index->values->len - first};
    HammingPlan plan = hamming_plan_make((uint32_t)part.count);
    part.memory = hamming_memory_build((const uint8_t(*)[HAMMING_BYTES]) &
                                           g_array_index(index->values, Value, first),
                                       (uint32_t)part.count, &plan);
    if (part.memory == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL,
                    "cannot index %zu hashes: no memory is left", part.count);
        return false;
    }
    g_array_set_size(index->parts, kept);
    g_array_append_val(index->parts, part);
    index->built = index->values->len;
    return true;
}

static unsigned distance_of(const uint64_t a[4], const uint8_t *b)
{
    uint64_t words[4];
    memcpy(words, b, HAMMING_BYTES);
    unsigned bits = 0;
    for (unsigned i = 0; i < 4; i++)
        bits += (unsigned)__builtin_popcountll(a[i] ^ words[i]);
    return bits;
}

static void scan_recent(const GrowingIndex *index, const uint8_t (*values)[HAMMING_BYTES],
                        size_t count, uint32_t radius, GArray *hits)
{
    for (size_t query = 0; query < count; query++) {
        uint64_t words[4];
        memcpy(words, values[query], HAMMING_BYTES);
        for (size_t i = index->built; i < index->values->len; i++) {
            unsigned distance = distance_of(words, g_array_index(index->values, Value, i).bytes);
            if (distance > radius)
                continue;
            const GrowingHit hit = {.owner = g_array_index(index->owners, uint64_t, i),
                                    .query = (uint32_t)query,
                                    .distance = distance};
            g_array_append_val(hits, hit);
        }
    }
}

static bool search_part(const GrowingIndex *index, const Part *part,
                        const uint8_t (*values)[HAMMING_BYTES], size_t count, uint32_t radius,
                        GArray *hits, GError **err)
{
    HammingHits found = {0};
    IndexFault fault;
    bool ok = hamming_memory_query(part->memory, values, count, radius, &found, &fault);
    for (size_t i = 0; ok && i < found.count; i++) {
        const GrowingHit hit = {
            .owner = g_array_index(index->owners, uint64_t, part->first + found.items[i].id),
            .query = found.items[i].query,
            .distance = found.items[i].distance};
        g_array_append_val(hits, hit);
    }
    hamming_hits_clear(&found);
    if (!ok)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL,
                    "cannot search for likenesses: no memory is left");
    return ok;
}

bool growing_index_find(GrowingIndex *index, const uint8_t (*values)[HAMMING_BYTES], size_t count,
                        uint32_t radius, GArray *hits, GError **err)
{
    if (index->values->len - index->built >= RECENT_MAX && !build_recent(index, err))
        return false;
    for (unsigned i = 0; i < index->parts->len; i++)
        if (!search_part(index, &g_array_index(index->parts, Part, i), values, count, radius, hits,
                         err))
            return false;
    scan_recent(index, values, count, radius, hits);
    return true;
}
