// SPDX-License-Identifier: Apache-2.0
//
// Carving: finding media by its own shape in bytes that no parser delivers, and telling where a
// piece of media ends. Only formats that Clew can match: JPEG (marker walk), PNG (chunks to IEND),
// GIF, WebP and AVI (RIFF), HEIF, AVIF, MP4, QuickTime and 3GP (boxes), BMP, TIFF and the camera
// raw formats that are TIFF, JPEG 2000, JPEG XL, Matroska/WebM, ASF, FLV, Ogg, MPEG program and
// transport streams, each to its true end.
//
// Structure is checked, pixels are not decoded. What starts like a picture but has no plausible
// structure is nothing; what has a plausible structure and breaks off is reported as incomplete.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"
#include "sniff/sniff.h"

typedef struct {
    uint64_t offset, size_bytes; // in the source searched
    const SniffType *type;
    // False: it breaks off at `limit` or where its structure does, or nothing in it says where it
    // ends. Then it may be reported shorter: no digest fits it, and its beginning is what tells.
    bool complete;
} Carved;

typedef struct {
    uint64_t begin, end; // a piece of media must begin in [begin, end)
    uint64_t limit;      // and no byte at or behind this belongs to it; at most the source's size
    uint32_t alignment;  // it begins at a multiple of this from `begin`; 1: at any byte
} CarveRange;

// Calls `found` for each piece of media, in order of offset; the search goes on behind the end of a
// complete one, and behind the first bytes of an incomplete one. False when `found` returned false,
// or `progress` did (err not set) or reading failed (err set; what lay before was searched, and the
// progress tells how far). `progress` is called with the bytes gone through since its last call, at
// least once per MiB, and with 0 while a long piece of media is walked; it may be NULL.
bool carve_search(Source *source, CarveRange range,
                  bool (*found)(void *user_data, const Carved *carved),
                  bool (*progress)(void *user_data, uint64_t bytes), void *user_data, GError **err);

// Where the media of this type that begins at `offset` ends; `limit` when it says to go on to the
// end of its file. False when the type has no end that could be told, or its structure is broken
// before.
bool carve_end(Source *source, uint64_t offset, uint64_t limit, const SniffType *type,
               uint64_t *ret_end);
