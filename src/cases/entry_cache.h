// SPDX-License-Identifier: Apache-2.0
//
// EntryCache: what matching needs of the entries that were hit last (state, category, hashes), so
// that a hit does not cost a question to the database each time. Whoever holds it forgets all of it
// when any set has changed. Bounded in bytes; when it is full it begins anew. Not safe between
// threads.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/set_store.h"

typedef struct EntryCache EntryCache;

EntryCache *entry_cache_new(size_t max_bytes);
void entry_cache_free(EntryCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EntryCache, entry_cache_free)

// *ret_entry is NULL when there is no such entry, else borrowed until the next call; of its content
// only category, hashes and the number of frames are there. False on errors of the store.
bool entry_cache_get(EntryCache *cache, SetStore *store, uint64_t entry_id,
                     const StoredEntry **ret_entry, GError **err);

void entry_cache_forget(EntryCache *cache);
