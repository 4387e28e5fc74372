// SPDX-License-Identifier: Apache-2.0
//
// Rows of media, items, media of a case, matches, previews and stacks. The rules are in
// cases/ingest.h; everything here is inside the caller's transaction. Ids and seq are the caller's.
// Texts are borrowed, NULL is SQL NULL where the column allows it.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/digest_set.h"
#include "model/video.h"
#include "store/database.h"

#define ITEM_KEY_BYTES 16u

// What is there of contents that came in.
typedef struct {
    uint8_t sha256[SHA256_BYTES];
    uint64_t media_id;
    bool is_examined;       // its status is ok
    uint64_t case_media_id; // 0: not in this case
} MediaKnown;

// Appends what is known of `count` contents (of MediaKnown), in no particular order.
bool media_rows_known(Database *database, uint64_t case_id, const uint8_t (*sha256)[SHA256_BYTES],
                      size_t count, GArray *known, GError **err);

// Which of the items are there: appends their keys (ITEM_KEY_BYTES each) to `present`.
bool media_rows_items_present(Database *database, uint64_t evidence_id,
                              const uint8_t (*keys)[ITEM_KEY_BYTES], size_t count,
                              GByteArray *present, GError **err);

typedef struct {
    uint64_t id, seq;
    const Digests *digests;
    uint64_t size_bytes;
    const char *media_type, *family, *status, *reason;
    bool has_dimensions, has_frames, has_duration, has_quality;
    uint32_t width, height, frames, duration_ms;
    unsigned pdq_quality;
    GBytes *hashes;    // store/media_hashes.h; NULL: none
    const char *facts; // JSON; NULL: none
} MediaRow;
bool media_rows_insert(Database *database, const MediaRow *row, GError **err);
// A better examination of the same content.
bool media_rows_update(Database *database, const MediaRow *row, GError **err);
bool media_rows_insert_frames(Database *database, uint64_t media_id, const FrameHash *frames,
                              size_t count, GError **err);
// Appends frames in order of time (of FrameHash).
bool media_rows_frames(Database *database, uint64_t media_id, GArray *frames, GError **err);

typedef struct {
    uint64_t id, seq, case_id, evidence_id;
    const uint8_t *item_key, *parent_key; // ITEM_KEY_BYTES; parent NULL at the top
    uint64_t media_id;                    // 0: none
    const char *path, *locator, *name, *status, *reason;
    bool has_size, has_modified, has_created;
    uint64_t size_bytes;
    int64_t modified_us, created_us;
    const char *times, *findings;
} ItemRow;
bool item_rows_insert(Database *database, const ItemRow *row, GError **err);

typedef struct {
    uint64_t id, seq, case_id, media_id;
    const char *kind;  // "new", "notable", "ignorable"
    uint64_t stack_id; // 0: none
    bool is_near;      // then the next three say how it resembles the leader
    unsigned distance, orientation, pipeline;
    int64_t added_us;
} CaseMediaRow;
bool case_media_rows_insert(Database *database, const CaseMediaRow *row, GError **err);

typedef struct {
    uint64_t id, seq, case_id, media_id, set_id, entry_id;
    const char *type, *meaning;
    bool is_weak, is_near;
    unsigned distance;
    const char *category;
    const char *detail; // JSON
} MatchRow;
bool match_rows_insert(Database *database, const MatchRow *row, GError **err);

typedef struct {
    uint64_t id, seq, media_id;
    const char *kind;
    unsigned ordinal;
    bool has_milliseconds;
    uint32_t milliseconds;
    uint64_t object_key_id;
    GBytes *sealed;
} PreviewRow;
// *ret_inserted is false when there is one of this kind and ordinal.
bool preview_rows_insert(Database *database, const PreviewRow *row, bool *ret_inserted,
                         GError **err);
// *ret_sealed is NULL when there is none.
bool preview_rows_get(Database *database, uint64_t media_id, const char *kind, unsigned ordinal,
                      uint64_t *ret_id, uint64_t *ret_object_key_id, GBytes **ret_sealed,
                      GError **err);
bool preview_rows_exist(Database *database, uint64_t media_id, bool *ret_exist, GError **err);
// Why there is none; NULL: there is one now.
bool preview_rows_missing(Database *database, uint64_t media_id, const char *reason, GError **err);

// A new stack of one.
bool stack_rows_insert(Database *database, uint64_t id, uint64_t case_id, int64_t order_key,
                       GError **err);
// One media more, still open.
bool stack_rows_grow(Database *database, uint64_t id, GError **err);

// Leaders of a case's stacks in order of id behind `after_id`, at most `limit`. The callback gets
// packed hashes (NULL: none) and the media's id; false with err set ends it.
typedef bool (*LeaderCallback)(void *user_data, uint64_t case_media_id, uint64_t media_id,
                               const uint8_t *hashes, size_t hashes_bytes, bool is_video,
                               GError **err);
bool stack_rows_leaders(Database *database, uint64_t case_id, uint64_t after_id, unsigned limit,
                        LeaderCallback callback, void *user_data, GError **err);
