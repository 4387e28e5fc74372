// SPDX-License-Identifier: Apache-2.0
//
// A grey picture made smaller by powers of two, block by block: enough for a hash that looks at
// 64x64 points, at a fraction of the work. Each axis has a factor of its own: PDQ stretches the
// picture to a square anyway.
//
// PDQ's filter is centred on the points it looks at only up to half a pixel, and a reduced
// picture's pixels are large. So the blocks are moved by a few pixels, until the points of the
// reduced picture lie where those of the whole one do; without that the hashes of fine textures
// are far apart. At the border the outermost pixels are repeated.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t column_bits, row_bits; // powers of two of source pixels that become one
} VideoReduction;

// So that at least VIDEO_SCALED_SIDE pixels are left along each side, or all there are.
VideoReduction video_reduction(uint32_t width, uint32_t height);

#define VIDEO_REDUCE_SLACK 16u // bytes past a row of the target that may be written

// The averages: width >> column_bits of them in a row, height >> row_bits rows. The sides are
// within LIMIT_VIDEO_SIDE. Luma of 16 to 235 becomes grey of 0 to 255 unless it is that already.
void video_reduce(const uint8_t *source, size_t source_stride, uint32_t width, uint32_t height,
                  VideoReduction reduction, bool is_full_range, uint8_t *target,
                  size_t target_stride);
