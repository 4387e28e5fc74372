// SPDX-License-Identifier: Apache-2.0
//
// Finds a uniform border (letterbox bars, pillars, a frame) around a picture whose rows stream
// past.
//
// PDQ does not survive a border: 5 % of frame costs more bits than the threshold allows. So a
// picture with one is hashed a second time without it. This detector sits beside the first decode,
// costs next to nothing on a picture that has no border, and says at the end which rectangle is
// left inside; a second decode is needed only then.
//
// What counts as border on a side, measured in luma:
//  - from the edge inwards, rows (columns) that hold one value but for a few pixels;
//  - then at most 7 rows that are roughly like it: compression noise of the 8x8 blocks that the
//    picture's true edge runs through;
//  - then a step. A soft change (sky, gradient, vignette) is no border, unless the opposite side
//    has one of the same value that this side could match.
// A side whose border is under 1/64 of the picture counts as none: PDQ bears that much cropping.
// The sides may differ in value. Columns are judged on some 128 to 255 rows spread over the
// picture.
//
// Trimming is a second, labelled query, never a replacement: a wrong guess costs time, not a match.
#pragma once

#include "hash/pdq.h"

typedef struct PdqBorder PdqBorder;

// NULL when out of memory. Holds 4 bytes for each column and 3 KiB.
PdqBorder *pdq_border_new(uint32_t width, uint32_t height, PdqPixels pixels);
void pdq_border_free(PdqBorder *border);

// The next row from the top. Rows after the last are ignored.
void pdq_border_add_row(PdqBorder *border, const uint8_t *row);

// After the last row: true and what is inside when at least one side has a border and at least an
// eighth of each side, and 32 pixels, remain.
bool pdq_border_inside(const PdqBorder *border, PdqRect *ret_inside);

size_t pdq_border_bytes(const PdqBorder *border);
