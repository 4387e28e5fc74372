// SPDX-License-Identifier: Apache-2.0
//
// What changed all over a picture: brightness, contrast, colour. Learned from the pixels that agree
// and taken out before regions are looked for, so that a grey or a brighter copy has none.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compare/plane.h"

// Two pictures laid over each other, pixel on pixel.
typedef struct {
    uint32_t width, height;
    Plane *luma[2], *blue[2], *red[2]; // of A and of B
    bool *counts;                      // pixels that both show
    unsigned counting;
} Laid;

void laid_free(Laid *laid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Laid, laid_free)

typedef enum {
    TONE_SAME = 0,
    TONE_BRIGHTER = 1 << 0, // B than A
    TONE_DARKER = 1 << 1,
    TONE_MORE_CONTRAST = 1 << 2,
    TONE_LESS_CONTRAST = 1 << 3,
    TONE_A_COLOURLESS = 1 << 4, // grey or of one tint, such as sepia, while B has colours
    TONE_B_COLOURLESS = 1 << 5,
    TONE_MORE_COLOUR = 1 << 6,
    TONE_LESS_COLOUR = 1 << 7,
} Tone;

#define TONE_ALL 0xffu
#define TONE_TERMS 5u

typedef struct {
    unsigned tones;      // of Tone
    double gain, offset; // B's luma is about gain * A's + offset
    // The side that the other is told from: A, unless only B has colours, because how a copy was
    // made grey or sepia cannot be told the other way round.
    unsigned from;
    double curve[TONE_TERMS]; // the other's luma: 1, luma, its square, blue and red of `from`
    bool has_colour;          // both have colours that can be compared:
    double colour[2][2];      // blue is colour[0][0] + colour[0][1] * blue; the second row is red
} ToneChange;

ToneChange tone_change(const Laid *laid);

// What the other side's luma would be at a pixel if nothing but the tone had changed.
float tone_luma(const ToneChange *change, const Laid *laid, size_t pixel);
