// SPDX-License-Identifier: Apache-2.0
//
// FLV (Adobe Flash Video File Format 10.1, annex E): a header of 9 bytes, then tags.
//
//   "FLV" 01 | flags (1) | 9 (4) | 0 (4)
//   tag: type (1) | length (3) | time (4) | 0 (3) | contents | 11 + length (4)
//
// There is no end mark: it ends where no further tag follows.
#include "evidence/carve_formats.h"

#define HEADER_BYTES 9u
#define TAG_HEADER_BYTES 11u
#define TAGS_MIN 2u
#define TAGS_MAX 100000000u

static bool is_tag_type(unsigned type)
{
    return type == 8 || type == 9 || type == 18; // sound, picture, script
}

static uint32_t read_u24(Reader *reader)
{
    uint32_t high = reader_u8(reader);
    return high << 16 | reader_u16be(reader);
}

CarveShape carve_flv(CarveView *view)
{
    uint64_t at = HEADER_BYTES + 4;
    Reader header = carve_view_reader(view, 4, HEADER_BYTES);
    unsigned flags = reader_u8(&header);
    bool is_header = (flags & ~5u) == 0 && reader_u32be(&header) == HEADER_BYTES &&
                     reader_u32be(&header) == 0 && !header.failed;
    bool breaks_off = false;
    unsigned tags = 0;
    for (; is_header && tags < TAGS_MAX; tags++) {
        Reader reader = carve_view_reader(view, at, TAG_HEADER_BYTES);
        unsigned type = reader_u8(&reader);
        uint64_t length = read_u24(&reader);
        reader_skip(&reader, 4);
        if (!is_tag_type(type) || read_u24(&reader) != 0 || reader.failed)
            break;
        Reader trailer = carve_view_reader(view, at + TAG_HEADER_BYTES + length, 4);
        breaks_off = reader_u32be(&trailer) != TAG_HEADER_BYTES + length || trailer.failed;
        if (breaks_off)
            break;
        at += TAG_HEADER_BYTES + length + 4;
    }
    bool is_plausible = tags >= TAGS_MIN;
    return carve_shape_by(is_plausible && !breaks_off, is_plausible, at);
}
