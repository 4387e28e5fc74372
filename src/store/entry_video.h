// SPDX-License-Identifier: Apache-2.0
//
// The frames and segments of video entries to and from their rows. Frames stand packed, many to a
// row, so that fifty million of them are some ten thousand rows and no statement runs for each.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"
#include "store/stored_entry.h"

// Makes the rows what the entry says. Frames that it only counts (content.frames NULL) stay as
// they are.
bool entry_video_write(Database *database, const StoredEntry *entry, GError **err);

// Appends to the array, of FrameHash by value.
bool entry_frames_read(Database *database, uint64_t entry_id, GArray *frames, GError **err);

// Adds the segments to the entry.
bool entry_segments_read(Database *database, StoredEntry *entry, GError **err);

// Deletes those of the entries first_id to last_id.
bool entry_video_delete(Database *database, uint64_t first_id, uint64_t last_id, GError **err);

// The packed frames of the active entries first_id to last_id, a row at a time; `count` of them.
typedef bool (*PackedFramesCallback)(void *user_data, uint64_t entry_id, const uint8_t *packed,
                                     size_t count, GError **err);
bool entry_frames_each(Database *database, uint64_t first_id, uint64_t last_id,
                       PackedFramesCallback callback, void *user_data, GError **err);

// Frames of sufficient quality in the active entries first_id to last_id.
bool entry_frames_count_usable(Database *database, uint64_t first_id, uint64_t last_id,
                               uint64_t *ret_count, GError **err);

// Compares the rows of frames with what the entry says of them; and, over the whole database, finds
// rows of entries that say they have none. Append a text per fault.
bool entry_frames_verify(Database *database, const StoredEntry *entry, GChecksum *work,
                         GPtrArray *faults, GError **err);
bool entry_frames_verify_rest(Database *database, GPtrArray *faults, GError **err);
