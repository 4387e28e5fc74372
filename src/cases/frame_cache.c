// SPDX-License-Identifier: Apache-2.0
#include "cases/frame_cache.h"

#include <string.h>

typedef struct {
    uint64_t entry;
    uint8_t digest[SHA256_BYTES]; // of the frames: a list may have changed them
    GArray *frames;
    GList link; // in `used`
} Kept;

struct FrameCache {
    GHashTable *kept; // entry -> Kept
    GQueue used;      // of Kept, latest first
    size_t bytes, max_bytes;
};

static size_t bytes_of(const GArray *frames)
{
    return frames->len * sizeof(FrameHash) + sizeof(Kept);
}

static void kept_free(gpointer data)
{
    Kept *kept = data;
    g_array_unref(kept->frames);
    g_free(kept);
}

FrameCache *frame_cache_new(size_t max_bytes)
{
    FrameCache *cache = g_new0(FrameCache, 1);
    cache->kept = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, kept_free);
    g_queue_init(&cache->used);
    cache->max_bytes = max_bytes;
    return cache;
}

void frame_cache_free(FrameCache *cache)
{
    if (cache == NULL)
        return;
    g_hash_table_unref(cache->kept);
    g_free(cache);
}

static void drop(FrameCache *cache, Kept *kept)
{
    cache->bytes -= bytes_of(kept->frames);
    g_queue_unlink(&cache->used, &kept->link);
    g_hash_table_remove(cache->kept, &kept->entry);
}

static void keep(FrameCache *cache, const StoredEntry *entry, GArray *frames)
{
    if (bytes_of(frames) > cache->max_bytes)
        return;
    while (cache->bytes + bytes_of(frames) > cache->max_bytes)
        drop(cache, cache->used.tail->data);
    Kept *kept = g_new0(Kept, 1);
    kept->entry = entry->id;
    memcpy(kept->digest, entry->frames_digest, SHA256_BYTES);
    kept->frames = g_array_ref(frames);
    kept->link.data = kept;
    cache->bytes += bytes_of(frames);
    g_queue_push_head_link(&cache->used, &kept->link);
    g_hash_table_insert(cache->kept, &kept->entry, kept);
}

GArray *frame_cache_get(FrameCache *cache, SetStore *store, const StoredEntry *entry, GError **err)
{
    Kept *kept = g_hash_table_lookup(cache->kept, &entry->id);
    if (kept != NULL && memcmp(kept->digest, entry->frames_digest, SHA256_BYTES) == 0) {
        g_queue_unlink(&cache->used, &kept->link);
        g_queue_push_head_link(&cache->used, &kept->link);
        return g_array_ref(kept->frames);
    }
    if (kept != NULL)
        drop(cache, kept);
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(FrameHash));
    if (!set_store_frames(store, entry->id, frames, err))
        return NULL;
    keep(cache, entry, frames);
    return g_steal_pointer(&frames);
}
