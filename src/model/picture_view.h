// SPDX-License-Identifier: Apache-2.0
//
// PictureView: how a person wants to see a picture: which part of it, which way up, how light.
#pragma once

#include <stdbool.h>

#define VIEW_CONTRAST_MIN 0.25
#define VIEW_CONTRAST_MAX 8.0
#define VIEW_BRIGHTNESS_MAX 1.0 // either way
#define VIEW_GAMMA_MIN 0.1
#define VIEW_GAMMA_MAX 10.0
// The least part of a side that can be asked for: a pixel of the longest side allowed.
#define VIEW_PART_MIN 1e-5

typedef struct {
    // The part that is shown, in fractions of the picture as it stands upright.
    double left, top, right, bottom;
    unsigned quarter_turns; // clockwise, 0-3, of that part
    bool is_grey;
    double contrast;   // 1: as it is
    double brightness; // 0: as it is; 1: white, -1: black
    double gamma;      // 1: as it is; above: shadows become lighter
} PictureView;

// All of the picture, as it is.
extern const PictureView picture_view_plain;

// Within the bounds above; false also of numbers that are none.
bool picture_view_is_valid(const PictureView *view);

// Tones are left as they are.
bool picture_view_keeps_tones(const PictureView *view);
