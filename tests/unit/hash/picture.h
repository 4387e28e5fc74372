// SPDX-License-Identifier: Apache-2.0
//
// Pictures for the tests of hash/: made by rule, or read from JPEG, whole in memory.
#pragma once

#include "hash/pdq.h"
#include "hash/pdq_reference.h"

#include <glib.h>

typedef struct {
    uint32_t width, height;
    PdqPixels kind;
    size_t pixel_bytes; // 4 or 1
    uint8_t *pixels;    // rows without padding
} Picture;

Picture *picture_new(uint32_t width, uint32_t height, PdqPixels kind);
void picture_free(Picture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Picture, picture_free)

size_t picture_stride(const Picture *picture);
uint8_t *picture_at(const Picture *picture, uint32_t x, uint32_t y);

// A chart with slopes, edges, a disc and some texture; the same at every size but for its scale.
Picture *picture_chart(uint32_t width, uint32_t height, PdqPixels kind);

// Every byte random.
Picture *picture_noise(uint32_t width, uint32_t height, PdqPixels kind, uint32_t seed);

// Black but for a few faint pixels: sums that nearly cancel.
Picture *picture_sparks(uint32_t width, uint32_t height, PdqPixels kind, uint32_t seed);

// A copy of the rectangle.
Picture *picture_crop(const Picture *picture, PdqRect rect);

// A copy with the operation of PdqOrientation applied.
Picture *picture_turn(const Picture *picture, PdqOrientation operation);

// A copy inside a border of one value; sizes in pixels.
Picture *picture_frame(const Picture *picture, uint32_t left_right, uint32_t top_bottom,
                       uint8_t value);

// Decoded as it stands in the file; grey files to grey. NULL when it is CMYK or no JPEG.
Picture *picture_load_jpeg(const char *path);

// What is left of an RGBX picture after saving it as JPEG (4:2:0) and loading it again.
Picture *picture_resave(const Picture *picture, int quality);

// Streams the picture through a hasher. NULL when it cannot be made.
PdqHasher *picture_hash(const Picture *picture, const PdqOptions *options);

// The result of one pipeline by the best engine.
PdqResult picture_result(const Picture *picture, PdqPipeline pipeline);

int hash_distance(const PdqHash *a, const PdqHash *b);

// Every engine that this processor has; ends with PDQ_ENGINE_AUTO.
const PdqEngine *engines_here(void);
