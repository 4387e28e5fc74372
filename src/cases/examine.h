// SPDX-License-Identifier: Apache-2.0
//
// One file examined by one lane: read once, digested, sniffed, asked about; a still whose digests
// did not settle it, or a video, is decoded by the lane's confined media worker, and what is no
// still is looked into by its evidence worker, which gives more items. The bytes that are digested
// are the bytes that are decoded: both lie in the media worker's buffer, which only this program
// can write. A large video (LIMIT_VIDEO_BUFFERED_BYTES) is read again from its file, and a change
// in between is said.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cases/decoded.h"
#include "cases/evidence_reader.h"
#include "cases/folder_walk.h"
#include "cases/match_rules.h"
#include "cases/matcher.h"
#include "cases/preview.h"
#include "cases/preview_turns.h"
#include "model/record.h"
#include "wire/place.h"
#include "wire/worker.h"

// A lane: one worker of each kind at a time, replaced after a crash or after LIMIT_WORKER_ITEMS.
typedef struct Lane Lane;

typedef struct {
    Zygote *zygote;                 // of clew-media-worker; borrowed
    EvidenceReaderOptions evidence; // its zygote is of clew-evidence-worker
    Matcher *matcher;               // NULL: digests and hashes only; borrowed
    Decoded *decoded;               // borrowed
    FrameChoice frame_choice;       // which frames of videos are hashed, and how
    bool keep_frames;               // give them in Examined.frames
    bool verify_hits;               // read exact hits inside containers a second time
    NeedsEyes *needs_eyes;          // of what to make previews; NULL: of nothing
    PreviewTurns *preview_turns;    // of the scan, with needs_eyes; borrowed
    bool (*is_cancelled)(void);
} LaneOptions;

Lane *lane_new(LaneOptions options, GError **err);
void lane_free(Lane *lane);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lane, lane_free)

typedef struct {
    Record *record;
    GArray *matches;     // of Match
    VideoFrames *frames; // of a video, with LaneOptions.keep_frames; else NULL
    bool settled;        // a certain match made decoding needless
    bool left_out;       // matcher_may_leave_out
    bool is_media;       // sniffed as a still or video
    bool needs_eyes;     // LaneOptions.needs_eyes says so; false when there is none
    // What to see of it, when it needs eyes: previews, or why there are none, or (neither) another
    // item with the same bytes has them.
    PreviewSet *previews;
    char *preview_reason;
    bool preview_elsewhere;
} Examined;

// Which part of a file this lane is to do.
typedef struct {
    uint64_t entry_number;  // of the file in its scan
    unsigned share, shares; // of what lies inside it; 0, 0: everything
    const Place *resume;    // go on behind this item; NULL: from the beginning
} LanePart;

typedef struct {
    // One item; what it points to is yours. What lies in a container comes before the container;
    // the file itself comes last, with a place of depth 0. False with err set stops the lane.
    bool (*item)(void *user_data, Examined *examined, const Place *place, GError **err);
    // Bytes of the file gone through, besides those of the file's own reading.
    void (*progress)(void *user_data, uint64_t bytes);
    void *user_data;
} LaneSink;

// Examines the entry (borrowed; its descriptor is used, not closed). What is wrong with an item is
// in its record; false only when examining cannot go on: no worker can be had
// (CLEW_ERROR_INTERNAL), the sets are damaged (CLEW_ERROR_CORRUPT), or CLEW_ERROR_CANCELLED. A
// share but the first gives the file's record with what that share found out about it.
bool lane_examine(Lane *lane, const WalkEntry *entry, const LanePart *part, const LaneSink *sink,
                  GError **err);

void examined_clear(Examined *examined);
