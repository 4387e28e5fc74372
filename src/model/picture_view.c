// SPDX-License-Identifier: Apache-2.0
#include "model/picture_view.h"

const PictureView picture_view_plain = {.right = 1, .bottom = 1, .contrast = 1, .gamma = 1};

// Comparisons with what is no number are false.
static bool is_between(double value, double least, double most)
{
    return value >= least && value <= most;
}

static bool is_part(double from, double to)
{
    return is_between(from, 0, 1) && is_between(to, 0, 1) && to - from >= VIEW_PART_MIN;
}

bool picture_view_is_valid(const PictureView *view)
{
    return is_part(view->left, view->right) && is_part(view->top, view->bottom) &&
           view->quarter_turns < 4 &&
           is_between(view->contrast, VIEW_CONTRAST_MIN, VIEW_CONTRAST_MAX) &&
           is_between(view->brightness, -VIEW_BRIGHTNESS_MAX, VIEW_BRIGHTNESS_MAX) &&
           is_between(view->gamma, VIEW_GAMMA_MIN, VIEW_GAMMA_MAX);
}

bool picture_view_keeps_tones(const PictureView *view)
{
    const PictureView *plain = &picture_view_plain;
    return !(view->contrast < plain->contrast || view->contrast > plain->contrast ||
             view->brightness < plain->brightness || view->brightness > plain->brightness ||
             view->gamma < plain->gamma || view->gamma > plain->gamma);
}
