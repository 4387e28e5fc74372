// SPDX-License-Identifier: Apache-2.0
#include "index/growing_index.h"

#include <string.h>

#include "base/error.h"
#include "index/hamming_build.h"
#include "index/hamming_kernel.h"

// Scanned one by one; then they become a part.
#define RECENT_MAX 1024u
#define KERNEL_ROOM 8u // a kernel may write so many positions more

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
    GArray *halves; // of Half, of the values from `built` on: what a kernel scans
    const HammingKernel *kernel;
};

typedef struct {
    uint64_t words[2];
} Half;

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
    index->halves = g_array_new(FALSE, FALSE, sizeof(Half));
    index->kernel = hamming_kernel_best();
    return index;
}

void growing_index_free(GrowingIndex *index)
{
    if (index == NULL)
        return;
    g_array_free(index->values, TRUE);
    g_array_free(index->owners, TRUE);
    g_array_free(index->parts, TRUE);
    g_array_free(index->halves, TRUE);
    g_free(index);
}

static void add_half(GrowingIndex *index, const uint8_t value[HAMMING_BYTES])
{
    Half half;
    memcpy(half.words, value, sizeof half.words);
    g_array_append_val(index->halves, half);
}

void growing_index_add(GrowingIndex *index, const uint8_t value[HAMMING_BYTES], uint64_t owner)
{
    Value copy;
    memcpy(copy.bytes, value, HAMMING_BYTES);
    g_array_append_val(index->values, copy);
    g_array_append_val(index->owners, owner);
    add_half(index, value);
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
    g_array_set_size(index->halves, 0);
    for (size_t i = index->built; i < count; i++)
        add_half(index, g_array_index(index->values, Value, i).bytes);
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
    g_array_set_size(index->halves, 0);
    return true;
}

// Bits in which the second halves differ.
static unsigned rest_distance(const uint8_t *a, const uint8_t *b)
{
    uint64_t left[2], right[2];
    memcpy(left, a + HAMMING_BYTES / 2, sizeof left);
    memcpy(right, b + HAMMING_BYTES / 2, sizeof right);
    return hamming_half_distance(left, right);
}

static void scan_recent(const GrowingIndex *index, const uint8_t (*values)[HAMMING_BYTES],
                        size_t count, uint32_t radius, GArray *hits)
{
    uint32_t positions[RECENT_MAX + KERNEL_ROOM];
    const Half *halves = (const Half *)index->halves->data;
    for (size_t query = 0; query < count && index->halves->len > 0; query++) {
        Half half;
        memcpy(half.words, values[query], sizeof half.words);
        uint32_t found =
            index->kernel->scan(halves->words, index->halves->len, half.words, radius, positions);
        for (uint32_t i = 0; i < found; i++) {
            size_t place = index->built + positions[i];
            unsigned distance =
                hamming_half_distance(halves[positions[i]].words, half.words) +
                rest_distance(values[query], g_array_index(index->values, Value, place).bytes);
            if (distance > radius)
                continue;
            const GrowingHit hit = {.owner = g_array_index(index->owners, uint64_t, place),
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
