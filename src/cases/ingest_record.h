// SPDX-License-Identifier: Apache-2.0
//
// A record as it waits for its batch (ingest.h), and the rows it becomes.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/ingest.h"
#include "store/media_hashes.h"
#include "store/media_rows.h"

#define INGEST_NEW "new" // the kind of what needs eyes

// Owns what it points to, but for static texts.
typedef struct {
    uint8_t item_key[ITEM_KEY_BYTES], parent_key[ITEM_KEY_BYTES];
    bool has_parent;
    char *path, *locator, *name, *reason, *times, *findings, *facts;
    const char *status, *media_type; // static
    bool has_size, has_digests;
    uint64_t size_bytes;
    ItemTimes item_times;
    Digests digests;
    StillFacts *still, *thumbnail; // NULL: none
    bool has_video;
    uint32_t video_width, video_height, video_frames, video_ms;
    VideoFrames *frames;
    GPtrArray *matches; // of IngestMatch *
    GPtrArray *traits;  // of Trait *
    PreviewSet *previews;
    char *preview_reason;
    const char *kind; // static: in the case; NULL: it is no media of the case
    bool resembles_notable;
} IngestRecord;

typedef struct {
    MatchRow row; // without ids; its texts are static or the two below
    char *category, *detail;
} IngestMatch;

// CLEW_ERROR_INVALID when the record has no item id.
IngestRecord *ingest_record_new(const IngestItem *item, GError **err);
void ingest_record_free(void *record);

// Rows without ids; texts are borrowed from the record.
MediaRow ingest_record_media(const IngestRecord *record, GBytes *hashes);
ItemRow ingest_record_item(const IngestRecord *record);

bool ingest_record_write_matches(Act *act, uint64_t case_id, uint64_t media_id,
                                 const IngestRecord *record, GError **err);

// For hash tables whose keys are item keys.
unsigned ingest_key_hash(const void *key);
int ingest_key_equal(const void *a, const void *b);
