// SPDX-License-Identifier: Apache-2.0
//
// EXIF 2.32: a TIFF structure of directories (IFD0, its Exif and GPS directories, IFD1 for the
// thumbnail) whose entries point anywhere in the block. Read with a bounded reader of our own: no
// maker notes, no allocation but for the texts kept, four directories visited at most and each
// once, so that no chain of offsets can loop.
//
// A block is either bare (from JPEG XL, PNG, or a whole TIFF file) or begins with "Exif\0\0" (from
// JPEG, WebP, HEIF).
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "model/record.h"

// Fills `ret_facts` (zeroed before, or from an earlier call and then freed by the caller) with what
// can be made out; a damaged block gives what comes before the damage. `present` says that the
// block is a TIFF structure at all. Texts are valid UTF-8 of at most LIMIT_EXIF_TEXT bytes without
// control characters or marks that change the direction of writing; owned by the facts.
void exif_read(const uint8_t *block, size_t block_bytes, ExifFacts *ret_facts);

// The JPEG that IFD1 points to, within `block`; NULL when there is none, or none that begins like
// a JPEG, or one larger than LIMIT_THUMBNAIL_BYTES.
const uint8_t *exif_find_thumbnail(const uint8_t *block, size_t block_bytes,
                                   size_t *ret_size_bytes);
