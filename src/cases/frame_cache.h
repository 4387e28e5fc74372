// SPDX-License-Identifier: Apache-2.0
//
// FrameCache: the frames of entries that were compared last, so that a video that many items
// resemble is not read anew for each of them. Bounded in bytes; the longest unused go first. Not
// safe between threads; what it hands out may be used by any.
#pragma once

#include <glib.h>
#include <stdint.h>

#include "store/set_store.h"

typedef struct FrameCache FrameCache;

FrameCache *frame_cache_new(size_t max_bytes);
void frame_cache_free(FrameCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FrameCache, frame_cache_free)

// The frames of an entry as it was just read from the store (of FrameHash; not to be changed); a
// reference that the caller gives back. NULL on error.
GArray *frame_cache_get(FrameCache *cache, SetStore *store, const StoredEntry *entry, GError **err);
