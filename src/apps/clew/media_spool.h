// SPDX-License-Identifier: Apache-2.0
//
// MediaSpool: the media of a scan, kept until they can be grouped by content. Records go to an
// unnamed temporary file; only 32 bytes an item, and the matches of those that have any, stay in
// memory.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "model/match.h"
#include "model/record.h"

typedef struct MediaSpool MediaSpool;

MediaSpool *media_spool_new(GError **err);

// Keeps what a case document says of an item. The record must have digests; what the matches borrow
// must outlive the spool.
bool media_spool_add(MediaSpool *spool, const Record *record, const GArray *matches, GError **err);

// Calls `item` for every item, those with the same MD5 one after another, first seen first within
// them. `is_first` begins a new content. The record and the matches (of Match, NULL when there are
// none) are borrowed until it returns; false stops with its error.
typedef bool (*MediaSpoolItem)(void *user_data, const Record *record, const GArray *matches,
                               bool is_first, GError **err);
bool media_spool_each(MediaSpool *spool, MediaSpoolItem item, void *user_data, GError **err);

void media_spool_free(MediaSpool *spool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MediaSpool, media_spool_free)
