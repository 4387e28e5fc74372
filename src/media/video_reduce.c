// SPDX-License-Identifier: Apache-2.0
#include "media/video_reduce.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#define LANES 16u
typedef uint8_t Bytes __attribute__((vector_size(LANES)));
typedef uint16_t Words __attribute__((vector_size(2 * LANES)));
#define FOUR 4u
typedef int32_t Ints __attribute__((vector_size(4 * FOUR)));
typedef float Floats __attribute__((vector_size(4 * FOUR)));

#define POINTS 64
#define WINDOWS 128 // PDQ's filter is as wide as this part of a side
#define PER_POINT 4 // reduced pixels from one point to the next
#define EDGE                                                                                       \
    (2 * ((LIMIT_VIDEO_SIDE + WINDOWS - 1) / WINDOWS)) // furthest that a block lies outside
#define CACHE_LINE 64u
#define LUMA_BLACK 16
#define LUMA_RANGE 219

G_STATIC_ASSERT(PER_POINT *POINTS == VIDEO_SCALED_SIDE);

// What a sum becomes: sum * factor + offset, without what is behind the point.
typedef struct {
    float factor, offset;
} Scale;

typedef struct {
    _Alignas(64) uint16_t sums[EDGE + LIMIT_VIDEO_SIDE + EDGE + LANES]; // of a column of each block
    _Alignas(64) int32_t wide[LIMIT_VIDEO_SIDE + LANES];                // of each block
    // What rounding left over is given to the pixel below: of a flat picture it would be seen in
    // the hash.
    _Alignas(64) float rest[LIMIT_VIDEO_SIDE + LANES];
} Rows;

// ---- Where the blocks lie ---------------------------------------------------------------------

static int window_of(uint32_t side)
{
    return (int)((side + WINDOWS - 1) / WINDOWS);
}

// Where PDQ looks for a point: two passes of a filter whose window, when even, reaches one pixel
// further forth than back.
static int point_place(uint32_t side, int point)
{
    int place = (2 * point + 1) * (int)side >> 7; // the point's middle: rounded down
    return place + (window_of(side) % 2 == 0 ? 1 : 0);
}

// Twelve times the variance of two passes of PDQ's window, and of a block with its neighbours
// `distance` away, which the window of a reduced picture weighs 1:2:1.
static int spread_of_window(int window)
{
    return 2 * (window * window - 1);
}

static int spread_of_blocks(int size, int distance)
{
    return size * size - 1 + 6 * distance * distance;
}

static int best_distance(int size, int spread)
{
    int distance = 1;
    while (abs(spread_of_blocks(size, distance + 1) - spread) <=
           abs(spread_of_blocks(size, distance) - spread))
        distance++;
    return distance;
}

// The smallest odd blocks that spread a pixel as far as the window does, to an eighth.
static int choose_size(int window, int *ret_distance)
{
    int spread = spread_of_window(window), size = window / 2 | 1;
    for (; size < window; size += 2) {
        *ret_distance = best_distance(size, spread);
        if (8 * abs(spread_of_blocks(size, *ret_distance) - spread) <= spread)
            return size;
    }
    *ret_distance = best_distance(size, spread);
    return size;
}

// The reduced pixels between the three that belong to a point.
static bool is_gap(uint32_t reduced)
{
    return reduced % PER_POINT == 1;
}

static VideoAxis axis_of(uint32_t side)
{
    VideoAxis axis = {.side = side, .count = side, .size = 1};
    if (side < 2 * VIDEO_SCALED_SIDE)
        return axis;
    int distance;
    int size = choose_size(window_of(side), &distance);
    axis.count = VIDEO_SCALED_SIDE;
    axis.size = (uint32_t)size;
    // The filter of the reduced picture is centred on every fourth pixel, the last of each four.
    for (int i = 0; i < (int)VIDEO_SCALED_SIDE; i++) {
        int point = (i + 2) / PER_POINT - 1, step = (i + 2) % PER_POINT - 1;
        int place = point_place(side, point);
        axis.start[i] =
            is_gap((uint32_t)i) ? axis.start[i - 1] : place + step * distance - size / 2;
    }
    return axis;
}

static int first_of(const VideoAxis *axis, uint32_t block)
{
    return axis->count == axis->side ? (int)block : axis->start[block];
}

VideoReduction video_reduction(uint32_t width, uint32_t height)
{
    g_assert(width <= LIMIT_VIDEO_SIDE && height <= LIMIT_VIDEO_SIDE);
    return (VideoReduction){axis_of(width), axis_of(height)};
}

// ---- Sums -------------------------------------------------------------------------------------

static void add_bytes(Words *words, const uint8_t *row)
{
    Bytes bytes;
    memcpy(&bytes, row, sizeof bytes);
    *words += __builtin_convertvector(bytes, Words);
}

static void put_row(uint16_t *sums, const uint8_t *row, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++)
        sums[x] = row[x];
}

static void put_three(uint16_t *sums, const uint8_t *a, const uint8_t *b, const uint8_t *c,
                      uint32_t width)
{
    uint32_t x = 0;
    for (; x + LANES <= width; x += LANES) {
        Words words = {0};
        add_bytes(&words, a + x);
        add_bytes(&words, b + x);
        add_bytes(&words, c + x);
        memcpy(sums + x, &words, sizeof words);
    }
    for (; x < width; x++)
        sums[x] = (uint16_t)(a[x] + b[x] + c[x]);
}

static void add_two(uint16_t *sums, const uint8_t *a, const uint8_t *b, uint32_t width)
{
    uint32_t x = 0;
    for (; x + LANES <= width; x += LANES) {
        Words words;
        memcpy(&words, sums + x, sizeof words);
        add_bytes(&words, a + x);
        add_bytes(&words, b + x);
        memcpy(sums + x, &words, sizeof words);
    }
    for (; x < width; x++)
        sums[x] = (uint16_t)(sums[x] + a[x] + b[x]);
}

typedef struct {
    const uint8_t *pixels;
    size_t stride;
    uint32_t width, height;
} Source;

static const uint8_t *row_at(const Source *source, int row)
{
    return source->pixels + (size_t)CLAMP(row, 0, (int)source->height - 1) * source->stride;
}

// `count` rows from `first` on, an odd number.
static void sum_rows(const Source *source, int first, int count, uint16_t *sums)
{
    if (count == 1) {
        put_row(sums, row_at(source, first), source->width);
        return;
    }
    put_three(sums, row_at(source, first), row_at(source, first + 1), row_at(source, first + 2),
              source->width);
    for (int i = 3; i < count; i += 2)
        add_two(sums, row_at(source, first + i), row_at(source, first + i + 1), source->width);
}

// Most of the time would go by waiting for pixels: the frame is larger than the nearest caches.
static void fetch_rows(const Source *source, int first, int end)
{
    for (int i = first; i < end; i++) {
        const uint8_t *row = row_at(source, i);
        for (uint32_t x = 0; x < source->width; x += CACHE_LINE)
            __builtin_prefetch(row + x);
    }
}

static void repeat_edges(const VideoAxis *axis, uint16_t *sums)
{
    if (axis->count == axis->side)
        return;
    int side = (int)axis->side, end = axis->start[axis->count - 1] + (int)axis->size;
    for (int x = axis->start[0]; x < 0; x++)
        sums[x] = sums[0];
    for (int x = side; x < end; x++)
        sums[x] = sums[side - 1];
}

// Four sums in a row, when they fit in 16 bits: the product's uppermost part adds all of them.
static uint32_t add_four(const uint16_t *sums)
{
    uint64_t four;
    memcpy(&four, sums, sizeof four);
    return (uint32_t)(four * 0x0001000100010001u >> 48);
}

// Sums of the blocks across, `size` columns each. Inlined, so that the usual sizes are constants.
static inline __attribute__((always_inline)) void sum_blocks(const int32_t *start, bool is_small,
                                                             uint32_t size, const uint16_t *sums,
                                                             int32_t *wide)
{
    for (uint32_t x = 0; x < VIDEO_SCALED_SIDE; x++) {
        if (is_gap(x)) {
            wide[x] = wide[x - 1];
            continue;
        }
        const uint16_t *block = sums + start[x];
        uint32_t all = is_small && size >= 4 ? add_four(block) : 0;
        for (uint32_t i = is_small && size >= 4 ? 4 : 0; i < size; i++)
            all += block[i];
        wide[x] = (int32_t)all;
    }
}

static void sum_columns(const VideoAxis *axis, bool is_small, const uint16_t *sums, int32_t *wide)
{
    if (axis->count == axis->side) {
        for (uint32_t x = 0; x < axis->count; x++)
            wide[x] = sums[x];
    } else if (is_small && axis->size == 3) {
        sum_blocks(axis->start, true, 3, sums, wide);
    } else if (is_small && axis->size == 5) {
        sum_blocks(axis->start, true, 5, sums, wide);
    } else {
        sum_blocks(axis->start, false, axis->size, sums, wide);
    }
}

// The next row of blocks that is not a repetition.
static uint32_t next_row(const VideoAxis *down, uint32_t y)
{
    y++;
    return down->count != down->side && is_gap(y) ? y + 1 : y;
}

// ---- Averages ---------------------------------------------------------------------------------

// Luma of 16 to 235 becomes grey of 0 to 255 in the same step: rounding twice would be seen, too.
static Scale scale_of(uint32_t pixels, bool is_full_range)
{
    if (is_full_range)
        return (Scale){1.0f / (float)pixels, 0};
    float factor = 255.0f / (float)(LUMA_RANGE * pixels);
    return (Scale){factor, -(float)(LUMA_BLACK * pixels) * factor};
}

// Blacker than black is black, whiter than white is white. What rounding leaves over stays in
// `rest`.
static void divide(const int32_t *wide, Scale scale, float *rest, uint32_t count, uint8_t *target)
{
    for (uint32_t i = 0; i < count; i += FOUR) {
        Ints sums;
        Floats left;
        memcpy(&sums, wide + i, sizeof sums);
        memcpy(&left, rest + i, sizeof left);
        Floats values = __builtin_convertvector(sums, Floats) * scale.factor + scale.offset + left;
        values = (Floats)((Ints)values & (values > 0));
        Ints whole = __builtin_convertvector(values, Ints);
        left = values - __builtin_convertvector(whole, Floats);
        whole |= whole > 255; // all bits: the byte is 255
        memcpy(rest + i, &left, sizeof left);
        for (uint32_t lane = 0; lane < FOUR; lane++)
            target[i + lane] = (uint8_t)whole[lane];
    }
}

void video_reduce(const uint8_t *source, size_t source_stride, const VideoReduction *reduction,
                  bool is_full_range, uint8_t *target, size_t target_stride)
{
    const VideoAxis *across = &reduction->across, *down = &reduction->down;
    const Source from = {source, source_stride, across->side, down->side};
    uint32_t pixels = across->size * down->size;
    Scale scale = scale_of(pixels, is_full_range);
    Rows rows;
    uint16_t *sums = rows.sums + EDGE;
    memset(rows.wide + across->count, 0, LANES * sizeof rows.wide[0]);
    for (uint32_t x = 0; x < across->count + LANES; x++)
        rows.rest[x] = 0.5f;
    for (uint32_t y = 0, next; y < down->count; y = next) {
        int first = first_of(down, y);
        uint8_t *row = target + y * target_stride;
        next = next_row(down, y);
        sum_rows(&from, first, (int)down->size, sums);
        if (next < down->count)
            fetch_rows(&from, first + (int)down->size, first_of(down, next) + (int)down->size);
        repeat_edges(across, sums);
        sum_columns(across, pixels * 255 <= UINT16_MAX, sums, rows.wide);
        divide(rows.wide, scale, rows.rest, across->count, row);
        if (next == y + 2)
            memcpy(row + target_stride, row, across->count);
    }
}
