// SPDX-License-Identifier: Apache-2.0
//
// A grey picture made smaller: enough for a hash that looks at 64x64 points, at a fraction of the
// work. PDQ stretches the picture to a square anyway, so each axis is reduced by itself.
//
// A reduced pixel is the average of a block of pixels. PDQ's filter looks at three of them around
// each of its points, and rounds the points' places; so the blocks are no even grid: those three
// lie where, and as far apart as, the filter of the whole picture would look. The fourth, which it
// does not look at, repeats its neighbour. Blocks may lie over one another. At the border the
// outermost pixels are repeated.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/video.h"

typedef struct {
    uint32_t side, count;             // pixels before and after; the same: nothing is averaged
    uint32_t size;                    // of a block, odd
    int32_t start[VIDEO_SCALED_SIDE]; // first pixel of each block; may lie outside. Every fourth,
                                      // from the second on, is none and starts where the one
                                      // before it does
} VideoAxis;

typedef struct {
    VideoAxis across, down;
} VideoReduction;

// VIDEO_SCALED_SIDE pixels are left along each side that has twice as many, else all there are.
// The sides are within LIMIT_VIDEO_SIDE.
VideoReduction video_reduction(uint32_t width, uint32_t height);

#define VIDEO_REDUCE_SLACK 16u // bytes past a row of the target that may be written

// Luma of 16 to 235 becomes grey of 0 to 255 unless it is that already.
void video_reduce(const uint8_t *source, size_t source_stride, const VideoReduction *reduction,
                  bool is_full_range, uint8_t *target, size_t target_stride);
