// SPDX-License-Identifier: Apache-2.0
//
// Plane: one channel of a picture at working size, as floats of 0-255 (or -255 to 255 for colour
// differences). Never larger than REDUCED_SIDE on a side, or a few times that while a search
// enlarges it, so memory is bounded whatever the picture was.
#pragma once

#include <glib.h>
#include <stdint.h>

#include "compare/affine.h"

typedef struct {
    uint32_t width, height; // at least 1
    float values[];         // rows without padding
} Plane;

// All zero.
Plane *plane_new(uint32_t width, uint32_t height);
void plane_free(Plane *plane);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plane, plane_free)

static inline float plane_at(const Plane *plane, uint32_t x, uint32_t y)
{
    return plane->values[(size_t)y * plane->width + x];
}

// Between the pixels, bilinear; outside, the nearest of the edge.
float plane_sample(const Plane *plane, double x, double y);

// A picture of width x height whose point p shows `plane` at target_to_plane(p). Where that makes
// it smaller, all pixels that fall into one are averaged.
Plane *plane_warp(const Plane *plane, const Affine *target_to_plane, uint32_t width,
                  uint32_t height);

// Half as wide and high; an odd row or column at the end is left out.
Plane *plane_halve(const Plane *plane);

// Each pixel the mean of itself and its 8 neighbours.
Plane *plane_smooth(const Plane *plane);
