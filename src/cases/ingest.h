// SPDX-License-Identifier: Apache-2.0
//
// Ingest: records of one evidence become rows of a case: items, distinct media, what the sets say
// of them, stacks of what needs eyes. Records are gathered and written in batches, each batch one
// act (AUDIT_INGEST) and one transaction; what was committed stays, so an ingest that was killed is
// simply run again. The same records twice change nothing and leave no act.
//
//     open -> add* -> flush -> free
//
// What needs eyes (kind "new"): media without an exact match of a notable or alert entry that are
// not left out as ignorable; match_rules_needs_eyes.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"
#include "cases/preview.h"
#include "cases/stacker.h"
#include "model/match.h"
#include "model/record.h"
#include "model/video.h"

typedef struct Ingest Ingest;

typedef struct {
    uint64_t case_id;
    const char *evidence;      // its name in the case
    const char *evidence_root; // where it lies; NULL: not said
    Stacker *stacker;          // of the case; borrowed; NULL: opened by the ingest itself
} IngestOptions;

// CLEW_ERROR_NOT_FOUND, _DENIED or _CONFLICT: no such case, not for this actor, not open.
Ingest *ingest_open(Casework *work, const Actor *actor, const IngestOptions *options, GError **err);
void ingest_free(Ingest *ingest); // forgets what was not flushed
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ingest, ingest_free)

// One record with what the sets say of it. Borrowed during the call.
typedef struct {
    const Record *record;
    const GArray *matches;     // of Match; NULL: none
    const VideoFrames *frames; // NULL: none
    bool is_media;             // sniffed as a still or video
    bool left_out;
    const PreviewSet *previews; // NULL: none came with it
    const char *preview_reason; // why there are none although it needs eyes; NULL: not said
} IngestItem;

// Copies what it needs; writes a batch when INGEST_BATCH records are gathered.
#define INGEST_BATCH 1000u
bool ingest_add(Ingest *ingest, const IngestItem *item, GError **err);
bool ingest_flush(Ingest *ingest, GError **err);

typedef struct {
    uint64_t items, items_new; // records given, and of these those that were not there
    uint64_t media_new;        // media that are new in this case
    uint64_t eyes_new;         // of these, those that need eyes
    uint64_t stacks_new;
    uint64_t batches;
} IngestCounts;
IngestCounts ingest_counts(const Ingest *ingest);

// Media of the last flushed batch that need eyes and have no preview yet (uint64_t media ids).
const GArray *ingest_wants_previews(const Ingest *ingest);
