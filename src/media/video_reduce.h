// SPDX-License-Identifier: Apache-2.0
//
// A grey picture made smaller by whole numbers, block by block: enough for a hash that looks at
// 64x64 points, at a fraction of the work. Each axis has a factor of its own: PDQ stretches the
// picture to a square anyway.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Source pixels that become one.
typedef struct {
    uint32_t columns, rows;
} VideoReduction;

// So that at least VIDEO_SCALED_SIDE pixels are left along each side, or all there are.
VideoReduction video_reduction(uint32_t width, uint32_t height);

// The averages, of whole blocks only: width / columns of them in a row. Neither factor passes 64
// for pictures within LIMIT_VIDEO_SIDE.
void video_reduce(const uint8_t *source, size_t source_stride, uint32_t width, uint32_t height,
                  VideoReduction reduction, uint8_t *target, size_t target_stride);

// Luma of 16 to 235 to grey of 0 to 255.
void video_widen_range(uint8_t *pixels, size_t stride, uint32_t width, uint32_t height);
