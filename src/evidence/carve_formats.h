// SPDX-License-Identifier: Apache-2.0
//
// The formats that are carved: how each begins, and the walk through its structure that tells where
// it ends. Adding one is one function, one row of the table in carve_formats.c and, so that it is
// found at every byte offset, its first bytes in carve_scan_lanes.h.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/carve_view.h"

typedef enum {
    CARVE_NOTHING, // not what its first bytes promised
    CARVE_CUT,     // its beginning is there, but it breaks off
    CARVE_OPEN,    // whole as far as can be told; nothing in it says where it ends
    CARVE_WHOLE,
} CarveState;

typedef struct {
    CarveState state;
    uint64_t size_bytes; // 0 for CARVE_NOTHING
} CarveShape;

static inline CarveShape carve_shape(CarveState state, uint64_t size_bytes)
{
    return (CarveShape){.state = state, .size_bytes = state == CARVE_NOTHING ? 0 : size_bytes};
}

// What a walk ended by: whole when nothing is missing, else cut when enough is there to be worth
// looking at.
static inline CarveShape carve_shape_by(bool is_whole, bool is_plausible, uint64_t size_bytes)
{
    CarveState state = is_whole ? CARVE_WHOLE : is_plausible ? CARVE_CUT : CARVE_NOTHING;
    return carve_shape(state, size_bytes);
}

typedef struct {
    // Media types of this form; NULL-terminated.
    const char *const *media_types;
    // Types that are carved the same way but can be longer than the walk tells: their makers put
    // more into them. NULL: none.
    const char *const *vague_types;
    // One of them may be as long as a video, not just as long as a picture.
    bool is_long;
    // Does it begin so? CARVE_MAGIC_BYTES are there; zeroes stand for bytes behind the end.
    bool (*fits)(const uint8_t *bytes);
    // Walks from the first byte, which fits.
    CarveShape (*walk)(CarveView *view);
} CarveFormat;

// Bytes that decide which format a candidate could be.
#define CARVE_MAGIC_BYTES 392u

// The format that begins with these CARVE_MAGIC_BYTES, or NULL.
const CarveFormat *carve_format_at(const uint8_t *bytes);

// The format with this media type, or NULL. Not for vague types.
const CarveFormat *carve_format_of(const char *media_type);

// Is it one of the format's types, vague ones too?
bool carve_format_has(const CarveFormat *format, const char *media_type);

CarveShape carve_jpeg(CarveView *view);
CarveShape carve_png(CarveView *view);
CarveShape carve_gif(CarveView *view);
CarveShape carve_riff(CarveView *view);
CarveShape carve_iso_media(CarveView *view);
CarveShape carve_jp2(CarveView *view);
CarveShape carve_jxl(CarveView *view);
CarveShape carve_j2k(CarveView *view);
CarveShape carve_bmp(CarveView *view);
CarveShape carve_tiff(CarveView *view);
CarveShape carve_matroska(CarveView *view);
CarveShape carve_asf(CarveView *view);
CarveShape carve_flv(CarveView *view);
CarveShape carve_ogg(CarveView *view);
CarveShape carve_mpeg_ps(CarveView *view);
CarveShape carve_mpeg_ts(CarveView *view);

// The end of a JPEG 2000 codestream that begins at `offset` of the view, for the box around it.
CarveShape carve_codestream(CarveView *view, uint64_t offset);
