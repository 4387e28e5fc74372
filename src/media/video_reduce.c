// SPDX-License-Identifier: Apache-2.0
#include "media/video_reduce.h"

#include <glib.h>
#include <string.h>

#include "base/limits.h"
#include "media/video.h"

#define LANES 16u
typedef uint8_t Bytes __attribute__((vector_size(LANES)));
typedef uint16_t Words __attribute__((vector_size(2 * LANES)));
typedef uint32_t Longs __attribute__((vector_size(4 * LANES)));

#define POINTS 64
#define WINDOWS 128 // PDQ's filter is as wide as this part of a side
#define SPREAD_PERCENT 125u
#define LUMA_BLACK 16
#define LUMA_RANGE 219

typedef struct {
    _Alignas(64) uint16_t sums[LIMIT_VIDEO_SIDE + LANES]; // of rows, or of pairs in rows
    _Alignas(64) uint32_t wide[LIMIT_VIDEO_SIDE + LANES];
} Rows;

// What a sum of `bits` powers of two of pixels becomes: (sum * factor + offset) >> 20.
typedef struct {
    int32_t factor, offset;
} Scale;
#define SCALE_BITS 20

static uint32_t window_of(uint32_t side)
{
    return (side + WINDOWS - 1) / WINDOWS;
}

// How far PDQ's filter spreads a pixel of a side, once reduced: twelve times the variance of the
// blocks and of two passes of the window.
static uint32_t spread(uint32_t side, uint32_t bits)
{
    uint32_t size = 1u << bits, window = window_of(side >> bits);
    return size * size - 1 + 2 * size * size * (window * window - 1);
}

// Windows are whole pixels, so some reductions blur more than the whole picture is blurred.
static uint32_t bits_for(uint32_t side)
{
    uint32_t best = 0;
    for (uint32_t bits = 1; side >> bits >= VIDEO_SCALED_SIDE; bits++) {
        if (100 * (uint64_t)spread(side, bits) <= SPREAD_PERCENT * (uint64_t)spread(side, 0))
            best = bits;
    }
    return best;
}

VideoReduction video_reduction(uint32_t width, uint32_t height)
{
    return (VideoReduction){bits_for(width), bits_for(height)};
}

// Twice the place, in pixels, of what PDQ sees at a point: two passes of a filter whose window,
// when even, reaches one pixel further forth than back.
static int point_place(uint32_t side, int point)
{
    int place = (int)((2 * (unsigned)point + 1) * side / (2 * POINTS));
    return 2 * (place + (window_of(side) % 2 == 0 ? 1 : 0));
}

// By how many pixels the blocks begin before the picture does.
static int block_shift(uint32_t side, uint32_t bits)
{
    if (bits == 0)
        return 0;
    int size = 1 << bits, sum = 0;
    for (int point = 0; point < POINTS; point++) {
        int reduced = point_place(side >> bits, point) * size + size - 1;
        sum += reduced - point_place(side, point);
    }
    int twice = 2 * POINTS;
    return (sum + (sum >= 0 ? twice / 2 : -twice / 2)) / twice;
}

// Every pixel of a row.
static void add_row(uint16_t *sums, const uint8_t *row, uint32_t width)
{
    uint32_t x = 0;
    for (; x + LANES <= width; x += LANES) {
        Bytes bytes;
        Words words;
        memcpy(&bytes, row + x, sizeof bytes);
        memcpy(&words, sums + x, sizeof words);
        words += __builtin_convertvector(bytes, Words);
        memcpy(sums + x, &words, sizeof words);
    }
    for (; x < width; x++)
        sums[x] = (uint16_t)(sums[x] + row[x]);
}

static uint8_t pixel_or_edge(const uint8_t *row, int x, uint32_t width)
{
    return row[CLAMP(x, 0, (int)width - 1)];
}

// Pairs of a row, the first beginning `shift` before it. A pair is one lane of 16 bits, whose
// halves are added: no shuffles.
static void add_pairs(uint16_t *sums, const uint8_t *row, uint32_t width, int shift, uint32_t count)
{
    uint32_t i = 0, first = shift > 0 ? ((uint32_t)shift + 1) / 2 : 0;
    uint32_t end = MIN(count, (uint32_t)((int)width + shift) / 2);
    for (; i < MIN(first, count); i++)
        sums[i] = (uint16_t)(sums[i] + pixel_or_edge(row, 2 * (int)i - shift, width) +
                             pixel_or_edge(row, 2 * (int)i + 1 - shift, width));
    for (; i + LANES <= end; i += LANES) {
        Words pairs, words;
        memcpy(&pairs, row + (2 * (int)i - shift), sizeof pairs);
        memcpy(&words, sums + i, sizeof words);
        words += (pairs & 0xff) + (pairs >> 8);
        memcpy(sums + i, &words, sizeof words);
    }
    for (; i < count; i++)
        sums[i] = (uint16_t)(sums[i] + pixel_or_edge(row, 2 * (int)i - shift, width) +
                             pixel_or_edge(row, 2 * (int)i + 1 - shift, width));
}

static void widen(const uint16_t *sums, uint32_t *wide, uint32_t count)
{
    for (uint32_t i = 0; i < count; i += LANES) {
        Words words;
        memcpy(&words, sums + i, sizeof words);
        Longs longs = __builtin_convertvector(words, Longs);
        memcpy(wide + i, &longs, sizeof longs);
    }
}

// As add_pairs does, of sums. Whole vectors: what is past the end is rubbish that nobody looks at.
static void add_sums(const uint16_t *sums, uint32_t *wide, uint32_t count)
{
    for (uint32_t i = 0; i < count; i += LANES) {
        Longs both;
        memcpy(&both, sums + 2 * (size_t)i, sizeof both);
        both = (both & 0xffff) + (both >> 16);
        memcpy(wide + i, &both, sizeof both);
    }
}

static void add_wide(uint32_t *wide, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        wide[i] = wide[2 * (size_t)i] + wide[2 * (size_t)i + 1];
}

// Luma of 16 to 235 becomes grey of 0 to 255 in the same step: rounding twice would be seen in the
// hashes of flat pictures.
static Scale scale_of(uint32_t bits, bool is_full_range)
{
    int32_t one = 1 << (SCALE_BITS - bits), half = 1 << (SCALE_BITS - 1);
    if (is_full_range)
        return (Scale){one, half};
    int32_t factor = (one * 255 + LUMA_RANGE / 2) / LUMA_RANGE;
    return (Scale){factor, half - (LUMA_BLACK << bits) * factor};
}

// Loops of fixed length over what does not overlap: compilers make vectors of them.
static void divide(const uint32_t *restrict wide, Scale scale, uint32_t count,
                   uint8_t *restrict target)
{
    for (uint32_t i = 0; i < count; i += LANES) {
        int32_t values[LANES];
        for (uint32_t lane = 0; lane < LANES; lane++) {
            int32_t value = ((int32_t)wide[i + lane] * scale.factor + scale.offset) >> SCALE_BITS;
            value = value < 0 ? 0 : value; // blacker than black
            values[lane] = value > 255 ? 255 : value;
        }
        for (uint32_t lane = 0; lane < LANES; lane++)
            target[i + lane] = (uint8_t)values[lane];
    }
}

// One row of blocks, whose sums of source rows are in `rows`.
static void finish_row(Rows *rows, VideoReduction reduction, Scale scale, uint32_t count,
                       uint8_t *target)
{
    uint32_t left = reduction.column_bits;
    if (left <= 1) {
        widen(rows->sums, rows->wide, count);
    } else {
        add_sums(rows->sums, rows->wide, count << (left - 2));
        for (; left > 2; left--)
            add_wide(rows->wide, count << (left - 3));
    }
    divide(rows->wide, scale, count, target);
}

void video_reduce(const uint8_t *source, size_t source_stride, uint32_t width, uint32_t height,
                  VideoReduction reduction, bool is_full_range, uint8_t *target,
                  size_t target_stride)
{
    g_assert(width <= LIMIT_VIDEO_SIDE && height <= LIMIT_VIDEO_SIDE);
    int column_shift = block_shift(width, reduction.column_bits);
    int row_shift = block_shift(height, reduction.row_bits);
    Scale scale = scale_of(reduction.column_bits + reduction.row_bits, is_full_range);
    uint32_t count = width >> reduction.column_bits;
    uint32_t sums = reduction.column_bits == 0 ? count : count << (reduction.column_bits - 1);
    Rows rows;
    for (uint32_t y = 0; y < height >> reduction.row_bits; y++) {
        int first = (int)(y << reduction.row_bits) - row_shift;
        memset(rows.sums, 0, (sums + LANES) * sizeof rows.sums[0]);
        for (int i = 0; i < 1 << reduction.row_bits; i++) {
            int row = CLAMP(first + i, 0, (int)height - 1);
            const uint8_t *pixels = source + (size_t)row * source_stride;
            if (reduction.column_bits == 0)
                add_row(rows.sums, pixels, count);
            else
                add_pairs(rows.sums, pixels, width, column_shift, sums);
        }
        finish_row(&rows, reduction, scale, count, target + y * target_stride);
    }
}
