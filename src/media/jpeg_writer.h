// SPDX-License-Identifier: Apache-2.0
//
// Pixels as a JPEG for people: baseline, and nothing in it but the picture (no JFIF header, no
// metadata, no comment).
#pragma once

#include <glib.h>
#include <stdint.h>

// Rows without gaps, `channels` bytes a pixel: 1 (grey) or 3 (R, G, B). Quality is 1 to 100. NULL
// when libjpeg refuses or has no memory.
GBytes *jpeg_write(const uint8_t *pixels, uint32_t width, uint32_t height, unsigned channels,
                   int quality);
