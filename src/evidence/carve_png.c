// SPDX-License-Identifier: Apache-2.0
//
// PNG (ISO/IEC 15948): a signature of 8 bytes, then chunks up to IEND.
//
//   length (4) | type (4 letters) | contents | CRC-32 of type and contents (4)
//
// IHDR is first; Apple's variant puts CgBI before it. Checksums are checked where a wrong one would
// mean that this is no PNG, at both ends, not where it only means that a picture is damaged.
#include <string.h>

#include "evidence/carve_formats.h"

#define SIGNATURE_BYTES 8u
#define CHUNK_EXTRA_BYTES 12u // length, type, checksum
#define CHUNK_BYTES_MAX 0x7fffffffu
#define CHUNKS_MAX 10000000u

static uint32_t crc32_of(const uint8_t *bytes, size_t count)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static bool is_chunk_type(const uint8_t *type)
{
    for (unsigned i = 0; i < 4; i++) {
        uint8_t letter = type[i] | 0x20;
        if (letter < 'a' || letter > 'z')
            return false;
    }
    return (type[2] & 0x20) == 0; // reserved, upper case
}

// Bit depths that a colour type allows, as bits of a set.
static bool is_depth_allowed(unsigned colour, unsigned depth)
{
    static const uint32_t depths[7] = {
        [0] = 1u << 1 | 1u << 2 | 1u << 4 | 1u << 8 | 1u << 16,
        [2] = 1u << 8 | 1u << 16,
        [3] = 1u << 1 | 1u << 2 | 1u << 4 | 1u << 8,
        [4] = 1u << 8 | 1u << 16,
        [6] = 1u << 8 | 1u << 16,
    };
    return colour < 7 && depth <= 16 && (depths[colour] >> depth & 1) != 0;
}

// Width (4), height (4), depth, colour type, compression, filter, interlace (1 each).
static bool is_header(CarveView *view, uint64_t at)
{
    const uint8_t *chunk = carve_view_bytes(view, at, CHUNK_EXTRA_BYTES + 13);
    if (chunk == NULL || memcmp(chunk, "\0\0\0\x0dIHDR", 8) != 0)
        return false;
    Reader reader = reader_init(chunk + 8, 17);
    uint32_t width = reader_u32be(&reader), height = reader_u32be(&reader);
    unsigned depth = reader_u8(&reader), colour = reader_u8(&reader);
    unsigned compression = reader_u8(&reader), filter = reader_u8(&reader);
    unsigned interlace = reader_u8(&reader);
    return width > 0 && width <= CHUNK_BYTES_MAX && height > 0 && height <= CHUNK_BYTES_MAX &&
           is_depth_allowed(colour, depth) && compression == 0 && filter == 0 && interlace <= 1 &&
           reader_u32be(&reader) == crc32_of(chunk + 4, 17);
}

static bool is_end(CarveView *view, uint64_t at)
{
    const uint8_t *chunk = carve_view_bytes(view, at, CHUNK_EXTRA_BYTES);
    return chunk != NULL && memcmp(chunk, "\0\0\0\0IEND\xae\x42\x60\x82", CHUNK_EXTRA_BYTES) == 0;
}

CarveShape carve_png(CarveView *view)
{
    uint64_t at = SIGNATURE_BYTES;
    const uint8_t *first = carve_view_bytes(view, at, 8);
    if (first != NULL && memcmp(first,
                                "\0\0\0\x04"
                                "CgBI",
                                8) == 0)
        at += CHUNK_EXTRA_BYTES + 4;
    if (!is_header(view, at))
        return carve_shape(CARVE_NOTHING, 0);

    bool has_data = false;
    at += CHUNK_EXTRA_BYTES + 13;
    for (unsigned i = 0; i < CHUNKS_MAX; i++) {
        Reader reader = carve_view_reader(view, at, 8);
        uint32_t length = reader_u32be(&reader);
        const uint8_t *type = reader_bytes(&reader, 4);
        if (type == NULL || length > CHUNK_BYTES_MAX || !is_chunk_type(type))
            break;
        has_data |= memcmp(type, "IDAT", 4) == 0;
        if (is_end(view, at))
            return carve_shape_by(has_data, false, at + CHUNK_EXTRA_BYTES);
        if (view->size_bytes - at < CHUNK_EXTRA_BYTES + (uint64_t)length) {
            at = view->size_bytes;
            break;
        }
        at += CHUNK_EXTRA_BYTES + (uint64_t)length;
    }
    return carve_shape_by(false, has_data, at);
}
