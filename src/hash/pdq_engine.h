// SPDX-License-Identifier: Apache-2.0
//
// The strip engine of hash/pdq_filter.h, written once for any vector width. Each engine file
// defines, before it includes this one:
//
//     ENGINE_STRIP          name of the PdqStripFunction to define
//     ENGINE_LANES          floats in a vector: 4, 8 or 16
//
// and after the types below are known, the file itself supplies two functions (declared here):
//
//     block_transpose       an ENGINE_LANES x ENGINE_LANES transpose in registers
//     window_divide         sum / count, exactly as IEEE division; 0 outside the picture
//
// The vectors are the compilers' own (gcc, clang), so the arithmetic reads as arithmetic and only
// shuffles and the division need intrinsics. It must be compiled without contraction: a fused
// multiply-add in the luma changes nearly every matrix.
//
// Loops over lanes and groups have constant bounds and must be unrolled completely, or the arrays
// of vectors live in memory; at -O2 gcc needs to be told (UNROLL).
#pragma once

#include "hash/pdq_filter.h"

#include <string.h>

#define UNROLL _Pragma("GCC unroll 16")
#define ENGINE_INLINE static inline __attribute__((always_inline))
#define ENGINE_GROUPS (PDQ_STRIP_ROWS / ENGINE_LANES) // vectors that hold a column of the strip

typedef float Vec __attribute__((vector_size(4 * ENGINE_LANES)));
typedef int32_t VecInt __attribute__((vector_size(4 * ENGINE_LANES)));

// How a sum is divided by its window's count. By reciprocal and two fused steps where that is
// proven equal to division (counts to PDQ_FMA_WINDOW_MAX), else by the division itself.
typedef enum { DIVIDE_FUSED, DIVIDE_PLAIN } Division;

ENGINE_INLINE void block_transpose(Vec block[ENGINE_LANES]);
ENGINE_INLINE Vec window_divide(Vec sum, PdqWindow window, Division division);

ENGINE_INLINE Vec vec_load(const float *from)
{
    Vec vec;
    memcpy(&vec, from, sizeof vec);
    return vec;
}

ENGINE_INLINE void vec_store(float *to, Vec vec)
{
    memcpy(to, &vec, sizeof vec);
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { RED_SHIFT = 0, GREEN_SHIFT = 8, BLUE_SHIFT = 16 };
#else
enum { RED_SHIFT = 24, GREEN_SHIFT = 16, BLUE_SHIFT = 8 };
#endif

ENGINE_INLINE Vec channel(VecInt pixels, int shift)
{
    return __builtin_convertvector((pixels >> shift) & 255, Vec);
}

// Luma of RGBX pixels that came through the transpose as if they were floats.
ENGINE_INLINE Vec luma_of_rgbx(Vec bits)
{
    VecInt pixels = (VecInt)bits;
    return 0.299f * channel(pixels, RED_SHIFT) + 0.587f * channel(pixels, GREEN_SHIFT) +
           0.114f * channel(pixels, BLUE_SHIFT);
}

ENGINE_INLINE Vec load_grey(const uint8_t *from)
{
    uint8_t bytes __attribute__((vector_size(ENGINE_LANES)));
    memcpy(&bytes, from, sizeof bytes);
    return __builtin_convertvector(__builtin_convertvector(bytes, VecInt), Vec);
}

// 16 columns of 16 rows from column x: pixels to luma, out[column][row].
ENGINE_INLINE void luma_block(const uint8_t *const rows[], int x, float *out, PdqPixels pixels)
{
    for (int g = 0; g < ENGINE_GROUPS; g++) {
        for (int c = 0; c < PDQ_BLOCK; c += ENGINE_LANES) {
            const uint8_t *const *row = rows + g * ENGINE_LANES;
            size_t column = (size_t)(x + c);
            Vec block[ENGINE_LANES];
            UNROLL for (int i = 0; i < ENGINE_LANES; i++)
            {
                if (pixels == PDQ_PIXELS_GREY)
                    block[i] = load_grey(row[i] + column);
                else
                    memcpy(&block[i], row[i] + 4 * column, sizeof block[i]);
            }
            block_transpose(block);
            UNROLL for (int i = 0; i < ENGINE_LANES; i++)
            {
                Vec luma = pixels == PDQ_PIXELS_GREY ? block[i] : luma_of_rgbx(block[i]);
                vec_store(out + (c + i) * PDQ_STRIP_ROWS + g * ENGINE_LANES, luma);
            }
        }
    }
}

// Columns x .. x+columns of luma; zero from the picture's width on.
ENGINE_INLINE void luma_tile(const PdqFilter *filter, const uint8_t *const rows[], int x,
                             int columns, float *out, PdqPixels pixels)
{
    const int width = filter->along_rows.size;
    for (int c = 0; c < columns && x + c < width; c += PDQ_BLOCK)
        luma_block(rows, x + c, out + c * PDQ_STRIP_ROWS, pixels);
    int known = width - x < 0 ? 0 : width - x;
    if (known < columns)
        memset(out + known * PDQ_STRIP_ROWS, 0,
               (size_t)(columns - known) * PDQ_STRIP_ROWS * sizeof(float));
}

// Row sweep 1 over one tile. `in` starts one window before the tile.
ENGINE_INLINE void sweep_rows_1(const PdqFilter *filter, int x, int columns, const float *in,
                                Vec sums[ENGINE_GROUPS], Division division)
{
    const float *newest = in + filter->along_rows.window * PDQ_STRIP_ROWS;
    const PdqWindow *windows = filter->row_windows + x;
    float *out = filter->tile;
    Vec sum[ENGINE_GROUPS];
    UNROLL for (int g = 0; g < ENGINE_GROUPS; g++) sum[g] = sums[g];

    for (int c = 0; c < columns; c++) {
        PdqWindow window = windows[c];
        UNROLL for (int g = 0; g < ENGINE_GROUPS; g++)
        {
            int at = c * PDQ_STRIP_ROWS + g * ENGINE_LANES;
            sum[g] = sum[g] + vec_load(newest + at) - vec_load(in + at);
            vec_store(out + at, window_divide(sum[g], window, division));
        }
    }
    UNROLL for (int g = 0; g < ENGINE_GROUPS; g++) sums[g] = sum[g];
}

// What column sweep 1 and 2 need to know about each of the strip's rows.
typedef struct {
    int slot[PDQ_STRIP_ROWS];         // where in the ring the row goes; it replaces the row that
                                      // leaves the window
    PdqWindow window[PDQ_STRIP_ROWS]; // of the output whose newest input the row is
} StripRows;

// Column sweep 1 over one tile: filter->tile through the ring to `out`, both [column][row].
ENGINE_INLINE void sweep_columns_1(PdqFilter *filter, const StripRows *strip, int x, int columns,
                                   float *out, Division division)
{
    const float *in = filter->tile;
    for (int c = 0; c < columns; c += ENGINE_LANES) {
        int block_start = (x + c) / PDQ_BLOCK * PDQ_BLOCK;
        float *ring = filter->ring + (size_t)block_start * (size_t)filter->along_columns.window +
                      (x + c - block_start);
        Vec sum = vec_load(filter->ring_sum + x + c);
        for (int g = 0; g < ENGINE_GROUPS; g++) {
            int at = c * PDQ_STRIP_ROWS + g * ENGINE_LANES;
            Vec block[ENGINE_LANES];
            UNROLL for (int i = 0; i < ENGINE_LANES; i++) block[i] =
                vec_load(in + at + i * PDQ_STRIP_ROWS);
            block_transpose(block);
            UNROLL for (int i = 0; i < ENGINE_LANES; i++)
            {
                int row = g * ENGINE_LANES + i;
                float *kept = ring + (size_t)strip->slot[row] * PDQ_BLOCK;
                sum = sum + block[i] - vec_load(kept);
                vec_store(kept, block[i]);
                block[i] = window_divide(sum, strip->window[row], division);
            }
            block_transpose(block);
            UNROLL for (int i = 0; i < ENGINE_LANES; i++)
                vec_store(out + at + i * PDQ_STRIP_ROWS, block[i]);
        }
        vec_store(filter->ring_sum + x + c, sum);
    }
}

// Row sweep 2 over one tile: sums only, divided and stored at the sampled columns. Returns the next
// sample to come.
ENGINE_INLINE int sweep_rows_2(const PdqFilter *filter, int x, int columns, const float *in,
                               Vec sums[ENGINE_GROUPS], int sample, Division division)
{
    const PdqAxis *axis = &filter->along_rows;
    const float *newest = in + axis->window * PDQ_STRIP_ROWS;
    Vec sum[ENGINE_GROUPS];
    UNROLL for (int g = 0; g < ENGINE_GROUPS; g++) sum[g] = sums[g];

    for (int c = 0; c < columns;) {
        int stop = axis->sample[sample] - x < columns ? axis->sample[sample] - x + 1 : columns;
        for (; c < stop; c++) {
            UNROLL for (int g = 0; g < ENGINE_GROUPS; g++)
            {
                int at = c * PDQ_STRIP_ROWS + g * ENGINE_LANES;
                sum[g] = sum[g] + vec_load(newest + at) - vec_load(in + at);
            }
        }
        // A picture narrower than 64 is sampled more than once in a column.
        for (; axis->sample[sample] == x + c - 1; sample++) {
            float *to = filter->sampled + sample * PDQ_STRIP_ROWS;
            UNROLL for (int g = 0; g < ENGINE_GROUPS; g++)
                vec_store(to + g * ENGINE_LANES,
                          window_divide(sum[g], axis->sample_window[sample], division));
        }
    }
    UNROLL for (int g = 0; g < ENGINE_GROUPS; g++) sums[g] = sum[g];
    return sample;
}

// filter->sampled, [column][row], to out[row][column].
ENGINE_INLINE void transpose_sampled(const PdqFilter *filter, float out[])
{
    for (int c = 0; c < PDQ_MATRIX_SIDE; c += ENGINE_LANES) {
        for (int g = 0; g < PDQ_STRIP_ROWS; g += ENGINE_LANES) {
            Vec block[ENGINE_LANES];
            UNROLL for (int i = 0; i < ENGINE_LANES; i++) block[i] =
                vec_load(filter->sampled + (c + i) * PDQ_STRIP_ROWS + g);
            block_transpose(block);
            UNROLL for (int i = 0; i < ENGINE_LANES; i++)
                vec_store(out + (g + i) * PDQ_MATRIX_SIDE + c, block[i]);
        }
    }
}

// Column sweep 2 over the 64 sampled columns; writes the matrix rows that decimation keeps.
ENGINE_INLINE void sweep_columns_2(PdqFilter *filter, const StripRows *strip, Division division)
{
    const PdqAxis *axis = &filter->along_columns;
    float rows[PDQ_STRIP_ROWS * PDQ_MATRIX_SIDE];
    float *sum = filter->sampled_sum;
    transpose_sampled(filter, rows);

    for (int r = 0; r < PDQ_STRIP_ROWS; r++) {
        const float *newest = rows + r * PDQ_MATRIX_SIDE;
        float *kept = filter->sampled_ring + strip->slot[r] * PDQ_MATRIX_SIDE;
        for (int c = 0; c < PDQ_MATRIX_SIDE; c += ENGINE_LANES) {
            Vec in = vec_load(newest + c);
            vec_store(sum + c, vec_load(sum + c) + in - vec_load(kept + c));
            vec_store(kept + c, in);
        }
        for (; axis->sample[filter->rows_done] == filter->next_row + r; filter->rows_done++) {
            float *out = filter->matrix + filter->rows_done * PDQ_MATRIX_SIDE;
            PdqWindow window = axis->sample_window[filter->rows_done];
            for (int c = 0; c < PDQ_MATRIX_SIDE; c += ENGINE_LANES)
                vec_store(out + c, window_divide(vec_load(sum + c), window, division));
        }
    }
}

ENGINE_INLINE void strip_rows_init(StripRows *strip, const PdqFilter *filter)
{
    const PdqAxis *axis = &filter->along_columns;
    int slot = filter->ring_slot;
    for (int r = 0; r < PDQ_STRIP_ROWS; r++) {
        strip->slot[r] = slot;
        slot = slot + 1 == axis->window ? 0 : slot + 1;
        strip->window[r] = pdq_axis_window(axis, filter->next_row + r - axis->lag);
    }
}

ENGINE_INLINE void strip_run(PdqFilter *filter, const uint8_t *const rows[], PdqPixels pixels,
                             Division division)
{
    const int window = filter->along_rows.window;
    const size_t history = (size_t)window * PDQ_STRIP_ROWS * sizeof(float);
    Vec sums_1[ENGINE_GROUPS] = {0}, sums_2[ENGINE_GROUPS] = {0};
    StripRows strip;
    strip_rows_init(&strip, filter);

    // `start` is one window before the tile in luma and smoothed: their history travels with it.
    int sample = 0, start = 0;
    memset(filter->luma, 0, history);
    memset(filter->smoothed, 0, history);
    for (int x = 0; x < filter->padded_width; x += PDQ_TILE) {
        int columns = filter->padded_width - x < PDQ_TILE ? filter->padded_width - x : PDQ_TILE;
        float *luma = filter->luma + start * PDQ_STRIP_ROWS;
        float *smoothed = filter->smoothed + start * PDQ_STRIP_ROWS;
        int newest = window * PDQ_STRIP_ROWS;

        luma_tile(filter, rows, x, columns, luma + newest, pixels);
        sweep_rows_1(filter, x, columns, luma, sums_1, division);
        sweep_columns_1(filter, &strip, x, columns, smoothed + newest, division);
        sample = sweep_rows_2(filter, x, columns, smoothed, sums_2, sample, division);

        start += columns;
        if (start + window + PDQ_TILE > filter->span) {
            memmove(filter->luma, filter->luma + start * PDQ_STRIP_ROWS, history);
            memmove(filter->smoothed, filter->smoothed + start * PDQ_STRIP_ROWS, history);
            start = 0;
        }
    }
    sweep_columns_2(filter, &strip, division);

    int last = strip.slot[PDQ_STRIP_ROWS - 1];
    filter->ring_slot = last + 1 == filter->along_columns.window ? 0 : last + 1;
    filter->next_row += PDQ_STRIP_ROWS;
}

void ENGINE_STRIP(PdqFilter *filter, const uint8_t *const rows[PDQ_STRIP_ROWS])
{
    bool proven = filter->along_rows.window <= PDQ_FMA_WINDOW_MAX &&
                  filter->along_columns.window <= PDQ_FMA_WINDOW_MAX;
    if (filter->pixels == PDQ_PIXELS_GREY && proven)
        strip_run(filter, rows, PDQ_PIXELS_GREY, DIVIDE_FUSED);
    else if (filter->pixels == PDQ_PIXELS_GREY)
        strip_run(filter, rows, PDQ_PIXELS_GREY, DIVIDE_PLAIN);
    else if (proven)
        strip_run(filter, rows, PDQ_PIXELS_RGBX, DIVIDE_FUSED);
    else
        strip_run(filter, rows, PDQ_PIXELS_RGBX, DIVIDE_PLAIN);
}
