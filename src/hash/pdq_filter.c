// SPDX-License-Identifier: Apache-2.0
#include "hash/pdq_filter.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_ALIGNMENT 64

PdqWindow pdq_axis_window(const PdqAxis *axis, int index)
{
    if (index < 0 || index >= axis->size)
        return (PdqWindow){.count = 1, .reciprocal = 0};

    int last = index + axis->lag;
    int first = last - axis->window + 1;
    if (last > axis->size - 1)
        last = axis->size - 1;
    if (first < 0)
        first = 0;
    float count = (float)(last - first + 1);
    return (PdqWindow){.count = count, .reciprocal = 1.0f / count};
}

static void axis_init(PdqAxis *axis, int size)
{
    axis->size = size;
    axis->window = (size + 127) / 128;
    axis->lag = (axis->window + 2) / 2 - 1;
    for (int i = 0; i < PDQ_MATRIX_SIDE; i++) {
        int kept = (int)((i + 0.5) * size / PDQ_MATRIX_SIDE);
        axis->sample[i] = kept + 2 * axis->lag;
        axis->sample_window[i] = pdq_axis_window(axis, kept);
    }
    axis->sample[PDQ_MATRIX_SIDE] = INT_MAX;
}

// Hands out a part of the filter's block, or only counts while there is no block yet.
static void *carve(PdqFilter *filter, size_t bytes)
{
    void *part = filter->memory ? (char *)filter->memory + filter->bytes : NULL;
    filter->bytes += (bytes + MEMORY_ALIGNMENT - 1) & ~(size_t)(MEMORY_ALIGNMENT - 1);
    return part;
}

static void lay_out(PdqFilter *filter)
{
    const size_t column = PDQ_STRIP_ROWS * sizeof(float);
    const size_t padded = (size_t)filter->padded_width;
    const size_t history = (size_t)filter->along_columns.window;

    filter->bytes = 0;
    filter->row_windows = carve(filter, padded * sizeof(PdqWindow));
    filter->luma = carve(filter, (size_t)filter->span * column);
    filter->tile = carve(filter, PDQ_TILE * column);
    filter->ring = carve(filter, padded * history * sizeof(float));
    filter->ring_sum = carve(filter, padded * sizeof(float));
    filter->smoothed = carve(filter, (size_t)filter->span * column);
    filter->sampled = carve(filter, PDQ_MATRIX_SIDE * column);
    filter->sampled_ring = carve(filter, history * PDQ_MATRIX_SIDE * sizeof(float));
    filter->sampled_sum = carve(filter, PDQ_MATRIX_SIDE * sizeof(float));
    filter->matrix = carve(filter, PDQ_MATRIX_SIDE * PDQ_MATRIX_SIDE * sizeof(float));
}

bool pdq_filter_init(PdqFilter *filter, PdqPixels pixels, int width, int height)
{
    *filter = (PdqFilter){.pixels = pixels};
    axis_init(&filter->along_rows, width);
    axis_init(&filter->along_columns, height);
    int swept = width + 2 * filter->along_rows.lag;
    filter->padded_width = (swept + PDQ_BLOCK - 1) / PDQ_BLOCK * PDQ_BLOCK;
    // A window of history, then room to run on: at least as much again, so that moving the history
    // back to the front costs no more than the columns in between.
    int window = filter->along_rows.window;
    filter->span = window + (window > 3 * PDQ_TILE ? window + PDQ_TILE : 3 * PDQ_TILE);

    lay_out(filter);
    size_t bytes = filter->bytes;
    if (posix_memalign(&filter->memory, MEMORY_ALIGNMENT, bytes) != 0) {
        filter->memory = NULL;
        return false;
    }
    memset(filter->memory, 0, bytes);
    lay_out(filter);
    for (int x = 0; x < filter->padded_width; x++)
        filter->row_windows[x] = pdq_axis_window(&filter->along_rows, x - filter->along_rows.lag);
    return true;
}

void pdq_filter_clear(PdqFilter *filter)
{
    free(filter->memory);
    filter->memory = NULL;
}
