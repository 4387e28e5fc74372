// SPDX-License-Identifier: Apache-2.0
#include "media/video_reduce.h"

#include <glib.h>
#include <string.h>

#include "media/video.h"

#define TILE 256u // columns summed together, in the nearest cache
#define LANES 16u
#define LUMA_BLACK 16
#define LUMA_RANGE 219

VideoReduction video_reduction(uint32_t width, uint32_t height)
{
    return (VideoReduction){MAX(width / VIDEO_SCALED_SIDE, 1u),
                            MAX(height / VIDEO_SCALED_SIDE, 1u)};
}

// Sums of `rows` pixels below one another, at most 64 x 255. The inner loop has a fixed length so
// that compilers make lanes of it.
static void sum_rows(const uint8_t *source, size_t stride, uint32_t rows, uint32_t count,
                     uint16_t sums[TILE])
{
    memset(sums, 0, TILE * sizeof sums[0]);
    for (uint32_t y = 0; y < rows; y++, source += stride) {
        uint32_t x = 0;
        for (; x + LANES <= count; x += LANES) {
            for (uint32_t lane = 0; lane < LANES; lane++)
                sums[x + lane] = (uint16_t)(sums[x + lane] + source[x + lane]);
        }
        for (; x < count; x++)
            sums[x] = (uint16_t)(sums[x] + source[x]);
    }
}

// Averages of `columns` sums beside one another; `factor` is 2^32 / pixels of a block, rounded up.
static void average(const uint16_t *sums, uint32_t columns, uint64_t factor, uint32_t count,
                    uint8_t *target)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t sum = 0;
        for (uint32_t x = 0; x < columns; x++)
            sum += *sums++;
        target[i] = (uint8_t)((sum * factor) >> 32);
    }
}

void video_reduce(const uint8_t *source, size_t source_stride, uint32_t width, uint32_t height,
                  VideoReduction reduction, uint8_t *target, size_t target_stride)
{
    uint32_t columns = reduction.columns, rows = reduction.rows;
    g_assert(columns >= 1 && columns <= TILE && rows >= 1 && rows <= TILE);
    uint32_t pixels = columns * rows;
    uint64_t factor = ((1ull << 32) + pixels - 1) / pixels;
    uint32_t blocks = width / columns, blocks_in_tile = TILE / columns;
    uint16_t sums[TILE];
    for (uint32_t y = 0; y < height / rows; y++) {
        const uint8_t *band = source + (size_t)y * rows * source_stride;
        for (uint32_t first = 0; first < blocks; first += blocks_in_tile) {
            uint32_t left = blocks - first;
            uint32_t count = left < blocks_in_tile ? left : blocks_in_tile;
            sum_rows(band + first * columns, source_stride, rows, count * columns, sums);
            average(sums, columns, factor, count, target + y * target_stride + first);
        }
    }
}

void video_widen_range(uint8_t *pixels, size_t stride, uint32_t width, uint32_t height)
{
    uint8_t table[256];
    for (int i = 0; i < 256; i++) {
        int value = ((i - LUMA_BLACK) * 255 + LUMA_RANGE / 2) / LUMA_RANGE;
        table[i] = (uint8_t)CLAMP(value, 0, 255);
    }
    for (uint32_t y = 0; y < height; y++, pixels += stride) {
        for (uint32_t x = 0; x < width; x++)
            pixels[x] = table[pixels[x]];
    }
}
