// SPDX-License-Identifier: Apache-2.0
//
// Pictures for the tests of compare/: made by rule and edited by rule, whole in memory.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "compare/affine.h"
#include "compare/reduced.h"

typedef struct {
    uint32_t width, height;
    uint8_t *pixels; // RGBX, rows without padding
} TestPicture;

void test_picture_free(TestPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestPicture, test_picture_free)

// All of one colour.
TestPicture *test_picture_plain(uint32_t width, uint32_t height, uint32_t rgb);

// Slopes, discs, stripes and some texture, in colours; another seed shows something else.
TestPicture *test_picture_chart(uint32_t width, uint32_t height, unsigned seed);

// A picture of width x height whose point p shows `picture` at map(p); `rgb` where there is nothing
// of it.
TestPicture *test_picture_warp(const TestPicture *picture, Affine map, uint32_t width,
                               uint32_t height, uint32_t rgb);

TestPicture *test_picture_scale(const TestPicture *picture, uint32_t width, uint32_t height);
TestPicture *test_picture_crop(const TestPicture *picture, uint32_t left, uint32_t top,
                               uint32_t width, uint32_t height);
// A border of so many pixels on each side.
TestPicture *test_picture_border(const TestPicture *picture, uint32_t across, uint32_t down,
                                 uint32_t rgb);
TestPicture *test_picture_copy(const TestPicture *picture);

// Puts another picture's top left part into a rectangle, so opaque (0-100 percent).
void test_picture_paste(TestPicture *picture, const TestPicture *patch, uint32_t left, uint32_t top,
                        uint32_t width, uint32_t height, unsigned percent);
// Adds up to so many levels of noise to every sample.
void test_picture_noise(TestPicture *picture, unsigned levels, unsigned seed);
void test_picture_grey(TestPicture *picture);
// Every sample becomes gain * sample + offset.
void test_picture_tone(TestPicture *picture, double gain, double offset);

Reduced *test_picture_reduce(const TestPicture *picture);
