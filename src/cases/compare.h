// SPDX-License-Identifier: Apache-2.0
//
// Compare: two files that may be copies of each other, side by side: what each says of its making,
// and the regions in which they differ; of videos also when. It says what differs, never which of
// the two is the original. No picture leaves the worker.
//
// A file is read twice or more: digested, then decoded, from the same descriptor. That it stayed as
// it was is looked at when all is done; one that changed meanwhile is not compared.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "hash/digest.h"
#include "model/match.h"
#include "wire/compare_message.h"
#include "wire/media_message.h"
#include "wire/worker.h"

typedef struct {
    char *path; // for people
    uint64_t size_bytes;
    DigestSet digests;
    const char *media_type; // static
    bool is_video;
    MediaReply facts;           // what decoding showed
    CompareSideAnswer compared; // how a JPEG was saved
    char *missing;              // what of it could not be decoded; NULL: it was all there
} ComparedSide;

// A region that differs for a while.
typedef struct {
    double from[2], to[2]; // seconds in A and in B: the first and the last frame that was seen to
    CompareRegion region;  // as in the middle one of these pairs by their share
    unsigned pairs;        // of frames in which it was seen
} TimedRegion;

typedef struct {
    ComparedSide sides[2];
    bool is_identical;   // byte for byte
    Status status;       // of comparing; not STATUS_OK: `reason` says why it could not be done
    bool is_same;        // they show the same, apart from what follows
    char *reason;        // NULL when is_same
    CompareAnswer whole; // stills: all that differs; videos: of the best pair of frames
    // Videos.
    GArray *pieces;            // of MatchPiece: what both show, A's time first
    GArray *regions;           // of TimedRegion, in order of time, piece by piece
    unsigned unsteady_regions; // that flickered or jumped, as noise does, and are not listed
    unsigned frame_pairs;      // that were compared
    unsigned unlike_pairs;     // of them, those that did not show the same
    unsigned failed_pairs;     // of them, those that could not be compared; the first says why:
    Status failed_status;
    char *failed_reason;
} Comparison;

void comparison_free(Comparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Comparison, comparison_free)

// The zygote is of clew-media-worker. NULL when a file cannot be read, a worker cannot be had, or
// it was cancelled (CLEW_ERROR_CANCELLED); what cannot be decoded is an outcome.
Comparison *compare_files(Zygote *zygote, const char *const files[2], bool (*is_cancelled)(void),
                          GError **err);

// True when all of both sides was there, and no pair of frames failed.
bool comparison_is_complete(const Comparison *comparison);

// True when anything but the bytes differs: a region, the tone, what one side shows more.
bool comparison_differs(const Comparison *comparison);
