// SPDX-License-Identifier: Apache-2.0
//
// Sinks for the media tests: a whole picture in memory, and a PDQ hasher.
#pragma once

#include <glib.h>

#include "hash/pdq.h"
#include "media/still.h"

// A decoded picture. `pixels` holds height rows of width pixels, 3 bytes each (RGB) or 1 (grey).
typedef struct {
    uint32_t width, height;
    unsigned bands;
    uint8_t *pixels;
    uint32_t rows; // as still_decode says
    bool is_truncated;
} Picture;

// Decodes into memory, a few rows at a time with guard bytes around each. False with *err set.
bool test_sink_decode(Still *still, Picture *ret_picture, GError **err);

void picture_clear(Picture *picture);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Picture, picture_clear)

// Decodes into a hasher for both pipelines and finishes it. NULL with *err set; free with
// pdq_hasher_free.
PdqHasher *test_sink_hash(Still *still, GError **err);
