// SPDX-License-Identifier: Apache-2.0
//
// Timeline: where in time two videos show the same. Pure functions over hashed frames
// (model/video.h); no I/O, no library.
//
// A video is compared frame by frame against another one. Frames that resemble each other are
// points in a plane with our time along one side and theirs along the other; a piece that was taken
// over is a straight line there, whose slope is the speed and whose offset is where it was cut. The
// line with the most support is found first, then the next among what is left. What does not change
// (a title, a black screen, a blank wall) supports every line equally and so decides nothing: a
// frame counts the less the more frames it resembles.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "model/match.h"
#include "model/video.h"

typedef struct {
    const FrameHash *frames; // in order of time; borrowed
    size_t count;
} Timeline;

typedef struct {
    unsigned distance;    // frames within so many bits resemble each other
    unsigned min_quality; // frames below are left out, on both sides
} TimelineOptions;

// A stretch of near-identical neighbours: frames [first, last], each within TIMELINE_RUN_DISTANCE
// of the frame `representative`, which is the one of the best quality.
#define TIMELINE_RUN_DISTANCE 8u
typedef struct {
    size_t first, last, representative;
} TimelineRun;

// Of TimelineRun, newly allocated; frames below min_quality belong to none and do not part one.
GArray *timeline_runs(Timeline frames, unsigned min_quality);

// The pieces of `ours` that `theirs` shows too: of MatchPiece, newly allocated, in order of our
// time; empty when there are none. A frame of ours lies in at most one piece. `theirs` is compared
// as it stands: the caller asks with each variant of ours (turned, mirrored, trimmed).
GArray *timeline_align(Timeline ours, Timeline theirs, TimelineOptions options);

// vPDQ's measure: of the frames of sufficient quality, the percentage that is nearer than
// `options.distance` (strictly, as the reference has it) to any frame of the other side.
void timeline_bag(Timeline ours, Timeline theirs, TimelineOptions options, double *ret_ours_percent,
                  double *ret_theirs_percent);

// Bits in which two hashes differ.
unsigned timeline_distance(const uint8_t a[PDQ_BYTES], const uint8_t b[PDQ_BYTES]);
