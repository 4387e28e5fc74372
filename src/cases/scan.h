// SPDX-License-Identifier: Apache-2.0
//
// Scan: everything below the given paths, examined by several lanes at once and reported in the
// order of the walk, whatever the number of lanes. Memory is bounded: at most SCAN_WINDOW items are
// under way or waiting for their turn.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/examine.h"
#include "cases/folder_walk.h"
#include "cases/matcher.h"
#include "wire/worker.h"

#define SCAN_WINDOW 512

typedef struct {
    FolderWalk *walk; // borrowed
    Zygote *zygote;   // of clew-media-worker; borrowed
    Matcher *matcher; // NULL: hash only; borrowed
    unsigned jobs;    // lanes; 0: one per processor
} ScanOptions;

typedef struct {
    uint64_t items;
    uint64_t bytes;                      // of the items' contents that were read
    uint64_t media;                      // distinct contents that are stills or videos
    uint64_t exact, near;                // items with an exact match; items with near matches only
    uint64_t left_out;                   // certain ignorable matches and nothing else
    uint64_t not_examined[STATUS_COUNT]; // by status; [STATUS_OK] is unused
    bool interrupted;                    // the walk did not reach its end
} ScanTotals;

// Sum of not_examined.
uint64_t scan_not_examined(const ScanTotals *totals);

// Items that a notable or alert entry, or one that says neither, matched: exact + near.
uint64_t scan_found(const ScanTotals *totals);

typedef struct {
    // One item, in the order of the walk; borrowed. False with err set stops the scan.
    bool (*item)(void *user_data, const Record *record, const GArray *matches, bool left_out,
                 bool is_media, GError **err);
    // After each item and about ten times a second; may be NULL.
    void (*progress)(void *user_data, const ScanTotals *totals);
    // Asked often; true ends the scan early, with totals->interrupted set. May be NULL.
    bool (*is_cancelled)(void);
    void *user_data;
} ScanSink;

// Runs the scan in the calling thread and `jobs` others. Sink functions are called in the calling
// thread only. On failure ret_totals holds what was reached.
bool scan_run(const ScanOptions *options, const ScanSink *sink, ScanTotals *ret_totals,
              GError **err);
