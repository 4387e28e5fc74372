// SPDX-License-Identifier: Apache-2.0
//
// Scan: everything below the given paths, and what lies inside it, examined by several lanes at
// once and reported in one order, whatever the number of lanes: the order of the walk, and what
// lies in a container before the container. Memory is bounded: at most SCAN_WINDOW files are under
// way or waiting for their turn.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cases/examine.h"
#include "cases/folder_walk.h"
#include "cases/matcher.h"
#include "cases/scan_state.h"
#include "wire/worker.h"

#define SCAN_WINDOW 512

// A file that this scan writes: were it below the paths, it would be read while it grows.
typedef struct {
    dev_t device;
    ino_t inode;
} ScanOwnFile;

typedef struct {
    FolderWalk *walk;               // borrowed
    Zygote *zygote;                 // of clew-media-worker; borrowed
    EvidenceReaderOptions evidence; // is_cancelled is the sink's
    Matcher *matcher;               // NULL: hash only; borrowed
    FrameChoice frame_choice;       // which frames of videos are hashed, and how
    bool keep_frames;               // give them in ScanItem.frames
    bool verify_hits;               // read exact hits inside containers a second time
    NeedsEyes *needs_eyes;          // make previews of these; NULL: of nothing
    unsigned jobs;                  // lanes; 0: one per processor
    // Where what is reported is written down, and what an earlier run had reported is taken from:
    // that is reported again, and the scan goes on behind it. NULL: nowhere; borrowed.
    ScanState *state;
    const ScanOwnFile *own_files; // passed over and told; borrowed
    size_t own_file_count;
} ScanOptions;

typedef struct {
    uint64_t items;
    uint64_t bytes;                      // of the items' contents that were read
    uint64_t evidence_bytes;             // of the files below the paths
    uint64_t not_examined_bytes;         // of these
    uint64_t done_bytes;                 // of these, so far
    uint64_t media;                      // distinct contents that are stills or videos
    uint64_t exact, near;                // items with an exact match; items with near matches only
    uint64_t left_out;                   // certain ignorable matches and nothing else
    uint64_t not_examined[STATUS_COUNT]; // items by status; [STATUS_OK] is unused
    bool interrupted;                    // the walk did not reach its end
} ScanTotals;

// Sum of not_examined.
uint64_t scan_not_examined(const ScanTotals *totals);

// No item and no byte of the evidence was left unexamined. Says nothing of an interruption.
bool scan_is_complete(const ScanTotals *totals);

// Items that a notable or alert entry, or one that says neither, matched: exact + near.
uint64_t scan_found(const ScanTotals *totals);

// Borrowed during the call.
typedef struct {
    const Record *record;
    const GArray *matches;     // of Match
    const VideoFrames *frames; // of a video, with ScanOptions.keep_frames; else NULL
    bool left_out;
    bool is_media;
    // What a person will see of it, when ScanOptions.needs_eyes says that one has to look. Each
    // content has its previews once in a scan: with both NULL, another item with these bytes has
    // them (it may come before or after), or an earlier run reported this one.
    bool needs_eyes;
    const PreviewSet *previews;
    const char *preview_reason; // why there are none
    uint64_t entry_number;      // of the file below the paths, in the order of the walk
    Place place;                // in it; depth 0: the file itself, which ends its entry
} ScanItem;

typedef struct {
    // One item. False with err set stops the scan.
    bool (*item)(void *user_data, const ScanItem *item, GError **err);
    // After each item and about ten times a second; may be NULL.
    void (*progress)(void *user_data, const ScanTotals *totals);
    // One of own_files lies below the paths and is passed over: it is no item. May be NULL.
    void (*own_file)(void *user_data, const char *path);
    // Asked often; true ends the scan early, with totals->interrupted set. May be NULL.
    bool (*is_cancelled)(void);
    void *user_data;
} ScanSink;

// Runs the scan in the calling thread and `jobs` others. Sink functions are called in the calling
// thread only. On failure ret_totals holds what was reached. CLEW_ERROR_CONFLICT when the files are
// not those that the state speaks of.
bool scan_run(const ScanOptions *options, const ScanSink *sink, ScanTotals *ret_totals,
              GError **err);
