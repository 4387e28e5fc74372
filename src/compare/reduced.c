// SPDX-License-Identifier: Apache-2.0
//
// Every pixel counts for as much as it covers of a target pixel, at the seams for both of them.
#include "compare/reduced.h"

#include <string.h>

enum { CHANNELS = 3 };

struct Reducer {
    uint32_t width, height, next_row;
    bool is_grey;
    Plane *sums[CHANNELS]; // red, green, blue (grey: the first) of the target, as added up so far
    float *row[CHANNELS];  // the row in hand, reduced along itself
};

void reduced_free(Reduced *picture)
{
    if (picture == NULL)
        return;
    plane_free(picture->luma);
    plane_free(picture->blue);
    plane_free(picture->red);
    g_free(picture);
}

static uint32_t reduce_side(uint32_t side, uint32_t longer, uint32_t most)
{
    if (longer <= most)
        return side;
    uint64_t reduced = ((uint64_t)side * most + longer / 2) / longer;
    return reduced > 0 ? (uint32_t)reduced : 1;
}

static unsigned channels(const Reducer *reducer)
{
    return reducer->is_grey ? 1 : CHANNELS;
}

Reducer *reducer_new(uint32_t width, uint32_t height, bool is_grey)
{
    return reducer_new_within(REDUCED_SIDE, width, height, is_grey);
}

Reducer *reducer_new_within(uint32_t side, uint32_t width, uint32_t height, bool is_grey)
{
    Reducer *reducer = g_new0(Reducer, 1);
    reducer->width = width;
    reducer->height = height;
    reducer->is_grey = is_grey;
    uint32_t longer = width > height ? width : height;
    uint32_t target_width = reduce_side(width, longer, side);
    for (unsigned i = 0; i < channels(reducer); i++) {
        reducer->sums[i] = plane_new(target_width, reduce_side(height, longer, side));
        reducer->row[i] = g_new(float, target_width);
    }
    return reducer;
}

void reducer_free(Reducer *reducer)
{
    if (reducer == NULL)
        return;
    for (unsigned i = 0; i < CHANNELS; i++) {
        plane_free(reducer->sums[i]);
        g_free(reducer->row[i]);
    }
    g_free(reducer);
}

// Where source pixel `index` of `count` falls among `target_count`: the share of it that lies in
// pixel *ret_first; the rest lies in the next. A target pixel is count / target_count wide.
static float share_of(uint32_t index, uint32_t count, uint32_t target_count, uint32_t *ret_first)
{
    uint64_t from = (uint64_t)index * target_count, to = from + target_count;
    uint64_t first = from / count;
    uint64_t seam = (first + 1) * count;
    *ret_first = (uint32_t)first;
    return to <= seam ? 1.0F : (float)(seam - from) / (float)target_count;
}

static void reduce_row(Reducer *reducer, const uint8_t *row)
{
    unsigned count = channels(reducer);
    uint32_t target_width = reducer->sums[0]->width;
    for (unsigned i = 0; i < count; i++)
        memset(reducer->row[i], 0, sizeof(float) * target_width);
    for (uint32_t x = 0; x < reducer->width; x++) {
        uint32_t first;
        float share = share_of(x, reducer->width, target_width, &first);
        const uint8_t *pixel = row + (reducer->is_grey ? x : (size_t)4 * x);
        for (unsigned i = 0; i < count; i++) {
            reducer->row[i][first] += share * pixel[i];
            if (share < 1)
                reducer->row[i][first + 1] += (1 - share) * pixel[i];
        }
    }
}

static void add_line(Plane *sums, uint32_t line, const float *row, float share)
{
    float *target = sums->values + (size_t)line * sums->width;
    for (uint32_t x = 0; x < sums->width; x++)
        target[x] += share * row[x];
}

void reducer_add_row(Reducer *reducer, const uint8_t *row)
{
    if (reducer->next_row >= reducer->height)
        return;
    uint32_t first;
    float share = share_of(reducer->next_row++, reducer->height, reducer->sums[0]->height, &first);
    reduce_row(reducer, row);
    for (unsigned i = 0; i < channels(reducer); i++) {
        add_line(reducer->sums[i], first, reducer->row[i], share);
        if (share < 1)
            add_line(reducer->sums[i], first + 1, reducer->row[i], 1 - share);
    }
}

Reduced *reducer_finish(Reducer *reducer)
{
    uint32_t width = reducer->sums[0]->width, height = reducer->sums[0]->height;
    Reduced *picture = g_new(Reduced, 1);
    *picture = (Reduced){.width = reducer->width,
                         .height = reducer->height,
                         .is_grey = reducer->is_grey,
                         .luma = plane_new(width, height),
                         .blue = plane_new(width, height),
                         .red = plane_new(width, height)};
    float share = (float)((double)width * height / ((double)reducer->width * reducer->height));
    for (size_t i = 0; i < (size_t)width * height; i++) {
        float red = reducer->sums[0]->values[i] * share;
        if (reducer->is_grey) {
            picture->luma->values[i] = red;
            continue;
        }
        float green = reducer->sums[1]->values[i] * share;
        float blue = reducer->sums[2]->values[i] * share;
        float luma = 0.299F * red + 0.587F * green + 0.114F * blue;
        picture->luma->values[i] = luma;
        picture->blue->values[i] = (blue - luma) / 2;
        picture->red->values[i] = (red - luma) / 2;
    }
    return picture;
}
