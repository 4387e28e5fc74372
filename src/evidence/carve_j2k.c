// SPDX-License-Identifier: Apache-2.0
//
// JPEG 2000 codestream (ISO/IEC 15444-1, annex A).
//
//   FF4F | FF51 SIZ | main header segments | tile-parts | FFD9
//   tile-part: FF90 SOT, length 10, tile (2), length of the part from its SOT on (4), part (1),
//              parts (1) | segments | FF93 SOD | data
//
// A part of length 0 reaches to the end; then its data is searched for FFD9, because in packet data
// FF is never followed by more than 8F.
#include <string.h>

#include "evidence/carve_formats.h"

#define MARKER_SIZ 0xff51u
#define MARKER_SOT 0xff90u
#define MARKER_EOC 0xffd9u
#define SOT_BYTES 12u // with its marker
#define COMPONENTS_MAX 16384u
#define HEADER_SEGMENTS_MAX 100000u
#define TILE_PARTS_MAX (65535u * 255u)
#define BEHIND_FF_MAX 0x8fu

// Capabilities (2), grid size, offset, tile size, tile offset (4 each twice), components (2), then
// depth and both spacings (1 each) of every component.
static bool read_size(Reader *reader)
{
    reader_skip(reader, 2);
    uint32_t values[8];
    for (unsigned i = 0; i < 8; i++)
        values[i] = reader_u32be(reader);
    unsigned components = reader_u16be(reader);
    const uint8_t *each = reader_bytes(reader, 3 * (size_t)components);
    if (each == NULL || components == 0 || components > COMPONENTS_MAX ||
        reader_remaining(reader) != 0)
        return false;
    for (unsigned i = 0; i < components; i++) {
        if ((each[3 * i] & 0x7f) > 37 || each[3 * i + 1] == 0 || each[3 * i + 2] == 0)
            return false;
    }
    bool is_image = values[0] > values[2] && values[1] > values[3];
    bool is_tiled =
        values[4] > 0 && values[5] > 0 && values[6] <= values[2] && values[7] <= values[3];
    return is_image && is_tiled;
}

// Steps over the main header to the first SOT. False when there is none.
static bool skip_main_header(CarveView *view, uint64_t *at)
{
    for (unsigned i = 0; i < HEADER_SEGMENTS_MAX; i++) {
        Reader reader = carve_view_reader(view, *at, 4);
        unsigned marker = reader_u16be(&reader), length = reader_u16be(&reader);
        if (reader.failed)
            return false;
        if (marker == MARKER_SOT)
            return i > 0;
        if (marker < 0xff50 || marker > 0xff8f || length < 2)
            return false;
        if (i == 0) {
            Reader segment = carve_view_reader(view, *at + 4, length - 2);
            if (marker != MARKER_SIZ || !read_size(&segment))
                return false;
        }
        *at += 2 + length;
    }
    return false;
}

// The last part: goes to the EOC behind its data. False when something else stands there.
static bool skip_open_part(CarveView *view, uint64_t *at)
{
    for (;;) {
        const uint8_t *bytes = NULL;
        size_t count = carve_view_window(view, *at, &bytes);
        const uint8_t *hit = count > 0 ? memchr(bytes, 0xff, count) : NULL;
        size_t skipped = hit != NULL ? (size_t)(hit - bytes) : count;
        if (count == 0)
            return false;
        carve_view_charge(view, skipped);
        *at += skipped;
        if (hit == NULL)
            continue;
        const uint8_t *pair = carve_view_bytes(view, *at, 2);
        if (pair == NULL)
            return false;
        // The part's own header, with its SOD, comes before the data.
        if (pair[1] > BEHIND_FF_MAX && pair[1] != 0x93)
            return pair[1] == (MARKER_EOC & 0xff);
        *at += 2;
    }
}

CarveShape carve_codestream(CarveView *view, uint64_t offset)
{
    uint64_t at = offset + 2;
    if (!skip_main_header(view, &at))
        return carve_shape(CARVE_NOTHING, 0);
    for (unsigned i = 0; i < TILE_PARTS_MAX; i++) {
        Reader reader = carve_view_reader(view, at, SOT_BYTES);
        unsigned marker = reader_u16be(&reader);
        if (!reader.failed && marker == MARKER_EOC)
            return carve_shape_by(i > 0, false, at + 2 - offset);
        unsigned length = reader_u16be(&reader);
        reader_skip(&reader, 2);
        uint64_t part = reader_u32be(&reader);
        if (reader.failed || marker != MARKER_SOT || length != SOT_BYTES - 2 ||
            (part != 0 && part < SOT_BYTES + 2))
            break;
        if (part == 0) {
            at += SOT_BYTES;
            if (skip_open_part(view, &at))
                return carve_shape(CARVE_WHOLE, at + 2 - offset);
            break;
        }
        if (part > view->size_bytes - at) {
            at = view->size_bytes;
            break;
        }
        at += part;
    }
    return carve_shape(CARVE_CUT, at - offset);
}

CarveShape carve_j2k(CarveView *view)
{
    return carve_codestream(view, 0);
}
