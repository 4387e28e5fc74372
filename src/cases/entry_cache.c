// SPDX-License-Identifier: Apache-2.0
#include "cases/entry_cache.h"

#include <string.h>

// What the table needs of its own for one entry.
#define TABLE_BYTES 64u

struct EntryCache {
    GHashTable *kept; // entry id -> StoredEntry
    size_t max_bytes, bytes;
    StoredEntry read; // kept for its memory
};

static void free_entry(gpointer data)
{
    StoredEntry *entry = data;
    stored_entry_clear(entry);
    g_free(entry);
}

EntryCache *entry_cache_new(size_t max_bytes)
{
    EntryCache *cache = g_new0(EntryCache, 1);
    cache->kept = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, free_entry);
    cache->max_bytes = max_bytes;
    stored_entry_init(&cache->read);
    return cache;
}

void entry_cache_free(EntryCache *cache)
{
    if (cache == NULL)
        return;
    g_hash_table_unref(cache->kept);
    stored_entry_clear(&cache->read);
    g_free(cache);
}

void entry_cache_forget(EntryCache *cache)
{
    g_hash_table_remove_all(cache->kept);
    cache->bytes = 0;
}

static size_t bytes_of(const StoredEntry *entry)
{
    const char *category = entry->content.category;
    return TABLE_BYTES + sizeof *entry + entry->content.hash_count * sizeof(ListHash) +
           (category != NULL ? strlen(category) + 1 : 0);
}

static StoredEntry *copy_of(const StoredEntry *read)
{
    StoredEntry *entry = g_new0(StoredEntry, 1);
    stored_entry_init(entry);
    entry->id = read->id;
    entry->state = read->state;
    entry->content.category = g_strdup(read->content.category);
    entry->content.frame_count = read->content.frame_count;
    memcpy(entry->frames_digest, read->frames_digest, SHA256_BYTES);
    for (size_t i = 0; i < read->content.hash_count; i++) {
        const ListHash *hash = &read->content.hashes[i];
        if (hash->type < HASH_COMPUTABLE_COUNT)
            list_entry_add_hash(&entry->content, hash->type, hash->value,
                                hash_type_bytes(hash->type), NULL);
    }
    return entry;
}

static const StoredEntry *keep(EntryCache *cache)
{
    StoredEntry *entry = copy_of(&cache->read);
    size_t bytes = bytes_of(entry);
    if (bytes > cache->max_bytes) {
        free_entry(entry);
        return &cache->read;
    }
    if (cache->bytes + bytes > cache->max_bytes)
        entry_cache_forget(cache);
    cache->bytes += bytes;
    g_hash_table_insert(cache->kept, &entry->id, entry);
    return entry;
}

bool entry_cache_get(EntryCache *cache, SetStore *store, uint64_t entry_id,
                     const StoredEntry **ret_entry, GError **err)
{
    const StoredEntry *known = g_hash_table_lookup(cache->kept, &entry_id);
    if (known != NULL) {
        *ret_entry = known;
        return true;
    }
    bool found;
    if (!set_store_entry(store, entry_id, &cache->read, &found, err))
        return false;
    *ret_entry = found ? keep(cache) : NULL;
    return true;
}
