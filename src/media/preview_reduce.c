// SPDX-License-Identifier: Apache-2.0
//
// Lengths are counted so that all is whole numbers: a pixel of the source is as wide as the target
// has pixels, a pixel of the target as wide as the source has. The same goes for heights. Sums stay
// below 255 * 100,000 * 100,000.
#include "media/preview_reduce.h"

#include <string.h>

// Bytes of a pixel, after and before.
enum { GREY_CHANNELS = 1, GREY_STEP = 1, COLOUR_CHANNELS = 3, COLOUR_STEP = 4 };

struct PreviewReducer {
    uint32_t width, height, target_width, target_height;
    unsigned channels;
    uint32_t *across; // the row in hand, reduced in width
    uint64_t *sums;   // the target's row in hand
    uint64_t missing; // of its height
    uint32_t target_row;
    uint8_t *pixels;
};

PreviewReducer *preview_reducer_new(uint32_t width, uint32_t height, bool is_grey,
                                    uint32_t target_width, uint32_t target_height)
{
    g_assert(target_width > 0 && target_width <= width);
    g_assert(target_height > 0 && target_height <= height);
    g_autoptr(PreviewReducer) reducer = g_new0(PreviewReducer, 1);
    *reducer = (PreviewReducer){.width = width,
                                .height = height,
                                .target_width = target_width,
                                .target_height = target_height,
                                .channels = is_grey ? GREY_CHANNELS : COLOUR_CHANNELS,
                                .missing = height};
    size_t row_values = (size_t)target_width * reducer->channels;
    reducer->across = g_try_new0(uint32_t, row_values);
    reducer->sums = g_try_new0(uint64_t, row_values);
    reducer->pixels = g_try_malloc0_n(target_height, row_values);
    bool has_all = reducer->across != NULL && reducer->sums != NULL && reducer->pixels != NULL;
    return has_all ? g_steal_pointer(&reducer) : NULL;
}

// `channels` and `step` are constants wherever this is called, so that the loops unroll.
static inline void reduce_row(PreviewReducer *reducer, const uint8_t *row, unsigned channels,
                              unsigned step)
{
    const uint32_t weight_of_all = reducer->target_width;
    uint32_t *sum = reducer->across;
    uint32_t missing = reducer->width;
    for (uint32_t x = 0; x < reducer->width; x++, row += step) {
        uint32_t weight = MIN(missing, weight_of_all), rest = weight_of_all - weight;
        for (unsigned i = 0; i < channels; i++)
            sum[i] += row[i] * weight;
        missing -= weight;
        if (missing > 0)
            continue;
        sum += channels;
        missing = reducer->width - rest;
        for (unsigned i = 0; i < channels && rest > 0; i++)
            sum[i] += row[i] * rest;
    }
}

static void reduce_across(PreviewReducer *reducer, const uint8_t *row)
{
    size_t values = (size_t)reducer->target_width * reducer->channels;
    memset(reducer->across, 0, values * sizeof reducer->across[0]);
    if (reducer->channels == GREY_CHANNELS)
        reduce_row(reducer, row, GREY_CHANNELS, GREY_STEP);
    else
        reduce_row(reducer, row, COLOUR_CHANNELS, COLOUR_STEP);
}

static void end_target_row(PreviewReducer *reducer)
{
    size_t values = (size_t)reducer->target_width * reducer->channels;
    const uint64_t area = (uint64_t)reducer->width * reducer->height;
    uint8_t *target = reducer->pixels + reducer->target_row * values;
    for (size_t i = 0; i < values; i++)
        target[i] = (uint8_t)((reducer->sums[i] + area / 2) / area);
    memset(reducer->sums, 0, values * sizeof reducer->sums[0]);
    reducer->target_row++;
    reducer->missing = reducer->height;
}

void preview_reducer_push(PreviewReducer *reducer, const uint8_t *row)
{
    size_t values = (size_t)reducer->target_width * reducer->channels;
    reduce_across(reducer, row);
    uint64_t left = reducer->target_height;
    while (left > 0 && reducer->target_row < reducer->target_height) {
        uint64_t weight = MIN(left, reducer->missing);
        for (size_t i = 0; i < values; i++)
            reducer->sums[i] += reducer->across[i] * weight;
        left -= weight;
        reducer->missing -= weight;
        if (reducer->missing == 0)
            end_target_row(reducer);
    }
}

uint8_t *preview_reducer_take(PreviewReducer *reducer)
{
    return g_steal_pointer(&reducer->pixels);
}

void preview_reducer_free(PreviewReducer *reducer)
{
    if (reducer == NULL)
        return;
    g_free(reducer->across);
    g_free(reducer->sums);
    g_free(reducer->pixels);
    g_free(reducer);
}
