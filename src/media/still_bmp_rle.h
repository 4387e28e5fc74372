// SPDX-License-Identifier: Apache-2.0
//
// The two run-length codings of BMP. Pairs of bytes: (n, v) n pixels of v; (0, 0) end of row;
// (0, 1) end of picture; (0, 2) dx dy, move; (0, n >= 3) n pixels as they are, padded to 2 bytes.
// With 4 bits a pixel v holds two colours that take turns.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/reader.h"

// Fills `pixels` (width * height bytes, zeroed; first stored row first). What lies outside is
// dropped. False when the data ends before the last row is reached. `bits` is 4 or 8. Work grows
// with the input alone.
bool bmp_rle_expand(Reader *reader, unsigned bits, uint8_t *pixels, uint32_t width,
                    uint32_t height);
