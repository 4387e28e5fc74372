// SPDX-License-Identifier: Apache-2.0
//
// Difference: the regions in which two registered pictures differ. Pure; Clew's own.
//
// What both show is laid pixel on pixel at the coarser of the two resolutions and the change of
// tone is taken out (tone.h). Then small windows are compared: how far they differ against how much
// they show, with a tolerance that is learned from all of them, so that the noise of a strong
// compression or a blur is no difference. What is left and lies close together is a region. It is
// said that something differs, never which of the two is the original.
#pragma once

#include <stdbool.h>

#include "compare/registration.h"

#define DIFFERENCE_REGIONS_MAX 64u

typedef struct {
    Area box[2];     // in pixels of A and of B, around what differs
    double share[2]; // the box's share of that picture without its border, 0-1
    double strength; // how far it differs, in luma or colour levels
} DifferenceRegion;

typedef struct {
    unsigned tones;      // of Tone (compare/tone.h)
    double gain, offset; // B's luma is about gain * A's + offset
    double noise;        // levels by which what is the same differs
    unsigned region_count;
    DifferenceRegion regions[DIFFERENCE_REGIONS_MAX]; // the largest first
    bool has_more;                                    // there were more regions than fit
    // What one side alone shows, beyond what both do: the share of its own width or height (inside
    // its border) at its left, top, right and bottom; 0 when that is next to nothing.
    double beyond[2][4];
    bool has_border[2];
} Difference;

// True when anything but noise differs.
bool difference_is_any(const Difference *difference);

// The registration must say that they show the same.
void difference_find(const Reduced *a, const Reduced *b, const Registration *registration,
                     Difference *ret_difference);
