// SPDX-License-Identifier: Apache-2.0
//
// PdqFilter: PDQ's two box-filter passes and the decimation to 64x64, streamed. Private to hash/.
//
// The reference runs four sweeps over the whole picture: along rows, along columns, and both again.
// Each sweep keeps a running sum and has a start, a middle and an end. Written with a lag, one
// formula does for all three: with window w and lag l = (w + 2) / 2 - 1,
//
//     sum += in[x];  sum -= in[x - w];  out[x - l] = sum / count
//
// where elements outside the picture read as +0 (which changes no float) and outputs outside are
// forced to 0 by a window whose reciprocal is 0. So the sweeps can be chained, each shifted by its
// lag, and a strip of 16 rows goes through all four at once:
//
//     pixels -> luma -> [row sweep 1] -> [column sweep 1] -> [row sweep 2] -> [column sweep 2]
//
// Row sweeps put one picture row in each SIMD lane, column sweeps one column; blocks are transposed
// in between. Row sweeps go from left to right in tiles that stay in the first-level cache; column
// sweep 1 keeps the last `column_window` rows in a ring; sweep 2 divides only at the 64 columns and
// 64 rows that decimation picks. Every element sees the reference's additions in the reference's
// order, hence the same floats.
#pragma once

#include "hash/pdq.h"

#define PDQ_TILE 32            // columns per tile, a multiple of PDQ_BLOCK
#define PDQ_BLOCK 16           // columns that are transposed together; also the widest vector
#define PDQ_FMA_WINDOW_MAX 160 // window counts for which division by FMA is proven exact

// The elements under the window of one output, and its inverse. Outside the picture: 1 and 0.
typedef struct {
    float count, reciprocal;
} PdqWindow;

// Along one axis. `lag` is how many elements an output trails its newest input.
typedef struct {
    int size, window, lag;
    int sample[PDQ_MATRIX_SIDE + 1]; // newest input of sweep 2 for each output decimation keeps;
                                     // ends with an input that never comes
    PdqWindow sample_window[PDQ_MATRIX_SIDE];
} PdqAxis;

typedef struct {
    PdqPixels pixels;
    PdqAxis along_rows;     // size = width
    PdqAxis along_columns;  // size = height
    int padded_width;       // columns swept: width + both lags, a multiple of PDQ_BLOCK
    int span;               // columns that fit into `luma` and `smoothed`
    int next_row;           // input row at the top of the next strip
    int ring_slot;          // where in the ring it goes
    int rows_done;          // matrix rows that are complete
    PdqWindow *row_windows; // [padded_width], of row sweep 1
    float *luma;            // [span][16]: input of row sweep 1
    float *tile;            // [PDQ_TILE][16]: output of row sweep 1
    float *ring;            // [padded_width / 16][column_window][16]: input of column sweep 1
    float *ring_sum;        // [padded_width]
    float *smoothed;        // [span][16]: input of row sweep 2
    float *sampled;         // [64][16]: output of row sweep 2 at the sampled columns
    float *sampled_ring;    // [column_window][64]: input of column sweep 2
    float *sampled_sum;     // [64]
    float *matrix;          // [64][64]
    void *memory;           // the one block behind all of these
    size_t bytes;
} PdqFilter;

// Takes 16 rows of pixels; each must be readable up to the width rounded up to PDQ_BLOCK pixels,
// what stands behind the width does not count. Rows below the picture are given as zero pixels.
typedef void PdqStripFunction(PdqFilter *filter, const uint8_t *const rows[PDQ_STRIP_ROWS]);

PdqStripFunction pdq_strip_baseline;
PdqStripFunction pdq_strip_avx2;
PdqStripFunction pdq_strip_avx512;

// The function of an engine; AUTO takes the best. NULL when the processor has not got it.
PdqStripFunction *pdq_strip_function(PdqEngine engine);

// False when out of memory; then there is nothing to clear.
bool pdq_filter_init(PdqFilter *filter, PdqPixels pixels, int width, int height);
void pdq_filter_clear(PdqFilter *filter);

// The window of output `index` of a sweep; indices outside the picture are allowed.
PdqWindow pdq_axis_window(const PdqAxis *axis, int index);
