// SPDX-License-Identifier: Apache-2.0
//
// One item examined by one lane: read once, digested, sniffed, asked about, and, when it is a still
// whose digests did not settle it, decoded by the lane's confined worker. The bytes that are
// digested are the bytes that are decoded: both lie in the worker's buffer, which only this program
// can write.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cases/decoded.h"
#include "cases/folder_walk.h"
#include "cases/matcher.h"
#include "model/record.h"
#include "wire/worker.h"

// A lane: one worker at a time, replaced after a crash or after LIMIT_WORKER_ITEMS.
typedef struct Lane Lane;

typedef struct {
    Zygote *zygote;   // of clew-media-worker; borrowed
    Matcher *matcher; // NULL: digests and hashes only; borrowed
    Decoded *decoded; // borrowed
    bool (*is_cancelled)(void);
} LaneOptions;

Lane *lane_new(LaneOptions options, GError **err);
void lane_free(Lane *lane);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lane, lane_free)

typedef struct {
    Record *record;
    GArray *matches; // of Match
    bool settled;    // a certain match made decoding needless
    bool left_out;   // matcher_may_leave_out
    bool is_media;   // sniffed as a still or video
} Examined;

// Examines the entry (borrowed; its descriptor is used, not closed). What is wrong with the item is
// in its record; false only when examining cannot go on: no worker can be had
// (CLEW_ERROR_INTERNAL), the sets are damaged (CLEW_ERROR_CORRUPT), or CLEW_ERROR_CANCELLED.
bool lane_examine(Lane *lane, const WalkEntry *entry, Examined *ret_examined, GError **err);

void examined_clear(Examined *examined);
