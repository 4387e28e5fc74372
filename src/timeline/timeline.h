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
//
// What is a piece: at least TIMELINE_PIECE_FRAMES frames (all of a video that has fewer) that match
// along one line, of two distinct pictures or more, over TIMELINE_PIECE_MS (or half of a video that
// is shorter). Where some frames match, less likeness says something too: along such a line frames
// within TIMELINE_KIN_DISTANCE are kindred (a logo, a caption, two moments of a quick movement;
// frames of different videos are 128 bits apart, give or take 9). Kindred are at least a third of
// the frames of a piece, two thirds when they are fewer than TIMELINE_FEW_FRAMES; when they are
// more, one matching frame may be missing. A piece ends where kindred frames end, after
// TIMELINE_GAP_MS without, or four intervals of the sampling where that is longer. One unchanging
// picture is a piece only when there is no other, and it is half of either video: then it is marked
// is_static. So a title that two videos have in common is no piece, and two videos of one picture
// still are the same. Where theirs was sampled more sparsely than ours, the frames of ours around
// one of theirs count as one: between two of theirs nothing lies opposite.
//
// Speeds from 1/2 to 2 are found; one that cannot be told from 1 is 1, and one that is more than
// 2 % off needs TIMELINE_SPEED_MS and TIMELINE_SPEED_RUNS distinct pictures.
//
// Bounded: neighbours that look the same cost as one (runs), and a run is compared through an index
// (frame_index.h) and aligned with the 16 nearest of theirs only. With n and m runs that is
// O(m + n (272 + n m / 240)) comparisons for random frames, 16,384 a run of ours at most (all of
// theirs for distances above 31), about 16 n log n for sorting, and 200 bytes a frame of either
// side and 800 a run of ours. Two times 36,000 frames take a fraction of a second.
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

#define TIMELINE_PIECE_FRAMES 3u
#define TIMELINE_FEW_FRAMES 10u
#define TIMELINE_KIN_DISTANCE 80u
#define TIMELINE_PIECE_MS 1500.0
#define TIMELINE_GAP_MS 8000.0
#define TIMELINE_SPEED_MS 5000.0
#define TIMELINE_SPEED_RUNS 8u

// The pieces of `ours` that `theirs` shows too: of MatchPiece, newly allocated, in order of our
// time; empty when there are none. A frame of ours lies in at most one piece. `theirs` is compared
// as it stands: the caller asks with each variant of ours (turned, mirrored, trimmed).
GArray *timeline_align(Timeline ours, Timeline theirs, TimelineOptions options);

// vPDQ's measure: of the frames of sufficient quality, the percentage that is nearer than
// `options.distance` (strictly, as the reference has it) to any frame of the other side.
void timeline_bag(Timeline ours, Timeline theirs, TimelineOptions options, double *ret_ours_percent,
                  double *ret_theirs_percent);
