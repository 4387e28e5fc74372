// SPDX-License-Identifier: Apache-2.0
#include "cases/known_index.h"

#include <string.h>

#include "cases/matcher.h"
#include "index/growing_index.h"
#include "store/enquiry_rows.h"
#include "store/media_hashes.h"

#define PAGE 2000u
#define VALUES_MAX (PIPELINE_COUNT * ORIENTATION_COUNT)

struct KnownIndex {
    GrowingIndex *values;
    uint64_t last_media_id;
};

KnownIndex *known_index_new(void)
{
    KnownIndex *index = g_new0(KnownIndex, 1);
    index->values = growing_index_new();
    return index;
}

void known_index_free(KnownIndex *index)
{
    if (index == NULL)
        return;
    growing_index_free(index->values);
    g_free(index);
}

static bool is_usable(const PdqFacts *facts)
{
    return facts->present && facts->quality >= MATCHER_MIN_QUALITY;
}

static bool is_repeated(const PdqFacts facts[PIPELINE_COUNT], unsigned pipeline)
{
    for (unsigned i = 0; i < pipeline; i++)
        if (is_usable(&facts[i]) &&
            memcmp(facts[i].hash[0], facts[pipeline].hash[0], PDQ_BYTES) == 0)
            return true;
    return false;
}

static bool take(void *user_data, uint64_t media_id, const uint8_t *hashes, size_t size_bytes,
                 GError **err)
{
    KnownIndex *index = user_data;
    PdqFacts still[PIPELINE_COUNT] = {0}, thumbnail[PIPELINE_COUNT] = {0};
    // What cannot be read is found by its digests alone.
    if (!media_hashes_unpack(hashes, size_bytes, still, thumbnail))
        return true;
    for (unsigned i = 0; i < PIPELINE_COUNT; i++)
        if (is_usable(&still[i]) && !is_repeated(still, i))
            growing_index_add(index->values, still[i].hash[0], media_id);
    return true;
}

bool known_index_follow(KnownIndex *index, Database *database, GError **err)
{
    while (true) {
        uint64_t last;
        if (!enquiry_rows_each_hashes(database, index->last_media_id, PAGE, take, index, &last,
                                      err))
            return false;
        if (last == index->last_media_id)
            return true;
        index->last_media_id = last;
    }
}

static int by_distance(const void *a, const void *b)
{
    const KnownHit *left = a, *right = b;
    if (left->distance != right->distance)
        return left->distance < right->distance ? -1 : 1;
    return left->media_id < right->media_id ? -1 : left->media_id > right->media_id;
}

// The nearest hit of each media but `except`.
static void gather(const GArray *found, uint64_t except, unsigned limit, GArray *hits)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(KnownHit));
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (unsigned i = 0; i < found->len; i++) {
        const GrowingHit *hit = &g_array_index(found, GrowingHit, i);
        const KnownHit known = {hit->owner, hit->distance};
        if (hit->owner != except)
            g_array_append_val(all, known);
    }
    g_array_sort(all, by_distance);
    unsigned count = 0;
    for (unsigned i = 0; i < all->len && count < limit; i++) {
        KnownHit *hit = &g_array_index(all, KnownHit, i);
        if (!g_hash_table_add(seen, &hit->media_id))
            continue;
        g_array_append_val(hits, *hit);
        count++;
    }
}

static bool find(KnownIndex *index, const uint8_t (*values)[PDQ_BYTES], size_t count,
                 uint64_t except, unsigned distance, unsigned limit, GArray *hits, GError **err)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(GrowingHit));
    if (count > 0 && !growing_index_find(index->values, values, count, distance, found, err))
        return false;
    gather(found, except, limit, hits);
    return true;
}

bool known_index_near(KnownIndex *index, Database *database, uint64_t media_id, unsigned distance,
                      unsigned limit, GArray *hits, GError **err)
{
    g_autoptr(GBytes) packed = NULL;
    if (!known_index_follow(index, database, err) ||
        !enquiry_rows_hashes(database, media_id, &packed, err))
        return false;
    PdqFacts still[PIPELINE_COUNT] = {0}, thumbnail[PIPELINE_COUNT] = {0};
    size_t size_bytes = 0, count = 0;
    const uint8_t *bytes = packed != NULL ? g_bytes_get_data(packed, &size_bytes) : NULL;
    if (bytes == NULL || !media_hashes_unpack(bytes, size_bytes, still, thumbnail))
        return true;
    uint8_t values[VALUES_MAX][PDQ_BYTES];
    for (unsigned i = 0; i < PIPELINE_COUNT; i++) {
        if (!is_usable(&still[i]) || is_repeated(still, i))
            continue;
        memcpy(values[count], still[i].hash, sizeof still[i].hash);
        count += ORIENTATION_COUNT;
    }
    return find(index, (const uint8_t(*)[PDQ_BYTES])values, count, media_id, distance, limit, hits,
                err);
}

bool known_index_near_value(KnownIndex *index, Database *database, const uint8_t value[PDQ_BYTES],
                            unsigned distance, unsigned limit, GArray *hits, GError **err)
{
    uint8_t values[1][PDQ_BYTES];
    memcpy(values[0], value, PDQ_BYTES);
    return known_index_follow(index, database, err) &&
           find(index, (const uint8_t(*)[PDQ_BYTES])values, 1, 0, distance, limit, hits, err);
}
