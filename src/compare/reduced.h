// SPDX-License-Identifier: Apache-2.0
//
// Reduced: a picture at working size, averaged down from rows that stream past, so that a picture
// of any size costs the same to compare and never exists whole.
//
//   reducer_new -> reducer_add_row … -> reducer_finish
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "compare/plane.h"

#define REDUCED_SIDE                                                                               \
    512u // pixels along the longer side, at most; smaller pictures stay as they are
#define REDUCED_SIDE_MIN 16u // of the shorter side of a picture that can be compared

typedef struct {
    uint32_t width, height; // of the picture itself
    bool is_grey;           // it has one channel; the colour planes are zero
    Plane *luma;
    Plane *blue, *red; // half of what blue and red are above the luma
} Reduced;

void reduced_free(Reduced *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reduced, reduced_free)

// Pixels of the working size for one of the picture itself.
static inline double reduced_across(const Reduced *picture)
{
    return (double)picture->luma->width / picture->width;
}

static inline double reduced_down(const Reduced *picture)
{
    return (double)picture->luma->height / picture->height;
}

typedef struct Reducer Reducer;

// Rows are 1 byte a pixel when grey, else 4 (R, G, B, unused).
Reducer *reducer_new(uint32_t width, uint32_t height, bool is_grey);
// The same to a smaller working size of `side` pixels, for less time: many frames of a video.
Reducer *reducer_new_within(uint32_t side, uint32_t width, uint32_t height, bool is_grey);
// The next row; rows past the last are ignored.
void reducer_add_row(Reducer *reducer, const uint8_t *row);
// The picture; rows that never came are black.
Reduced *reducer_finish(Reducer *reducer);
void reducer_free(Reducer *reducer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reducer, reducer_free)
