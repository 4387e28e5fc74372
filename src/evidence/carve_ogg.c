// SPDX-License-Identifier: Apache-2.0
//
// Ogg (RFC 3533): pages, each with the sizes of its segments in front.
//
//   "OggS" | 0 (1) | flags (1) | position (8) | stream (4) | number (4) | CRC (4) | segments (1)
//
// It ends where no page follows, and is whole when the last page of every stream that began has
// gone by.
#include <string.h>

#include "evidence/carve_formats.h"

#define PAGE_HEADER_BYTES 27u
#define PAGES_MAX 100000000u
#define FLAG_FIRST 2u
#define FLAG_LAST 4u

CarveShape carve_ogg(CarveView *view)
{
    uint64_t at = 0, begun = 0, ended = 0;
    for (unsigned i = 0; i < PAGES_MAX; i++) {
        Reader reader = carve_view_reader(view, at, PAGE_HEADER_BYTES + 255);
        const uint8_t *magic = reader_bytes(&reader, 5);
        unsigned flags = reader_u8(&reader);
        reader_skip(&reader, PAGE_HEADER_BYTES - 7);
        unsigned segments = reader_u8(&reader);
        const uint8_t *sizes = reader_bytes(&reader, segments);
        if (sizes == NULL || memcmp(magic, "OggS", 5) != 0 || flags > 7 ||
            (i == 0 && (flags & FLAG_FIRST) == 0))
            break;
        uint64_t bytes = PAGE_HEADER_BYTES + segments;
        for (unsigned s = 0; s < segments; s++)
            bytes += sizes[s];
        if (bytes > view->size_bytes - at) {
            at = view->size_bytes;
            ended = 0;
            break;
        }
        begun += (flags & FLAG_FIRST) != 0;
        ended += (flags & FLAG_LAST) != 0;
        at += bytes;
    }
    return carve_shape_by(begun > 0 && ended >= begun, begun > 0, at);
}
