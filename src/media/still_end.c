// SPDX-License-Identifier: Apache-2.0
//
// Bytes behind the end of a picture are a place to hide things, and cameras and editors put real
// things there too. Found by walking the outer structure alone.
#include <string.h>

#include "base/reader.h"
#include "media/still_backend.h"

// PNG 1.2, section 3: length, type, data, CRC; IEND is last.
static size_t png_end(const uint8_t *bytes, size_t size_bytes)
{
    Reader reader = reader_init(bytes, size_bytes);
    reader_skip(&reader, 8);
    for (;;) {
        uint32_t length = reader_u32be(&reader);
        const uint8_t *type = reader_bytes(&reader, 4);
        if (type == NULL)
            return 0;
        reader_skip(&reader, length);
        reader_skip(&reader, 4);
        if (reader.failed)
            return 0;
        if (memcmp(type, "IEND", 4) == 0)
            return reader.position;
    }
}

static void skip_gif_blocks(Reader *reader)
{
    for (uint8_t length = reader_u8(reader); length != 0; length = reader_u8(reader))
        reader_skip(reader, length);
}

static void skip_gif_colours(Reader *reader, uint8_t flags)
{
    if (flags & 0x80)
        reader_skip(reader, (size_t)3 << ((flags & 7) + 1));
}

// GIF89a: screen, then extensions (0x21) and images (0x2c) up to the trailer (0x3b).
static size_t gif_end(const uint8_t *bytes, size_t size_bytes)
{
    Reader reader = reader_init(bytes, size_bytes);
    reader_skip(&reader, 10);
    uint8_t flags = reader_u8(&reader);
    reader_skip(&reader, 2);
    skip_gif_colours(&reader, flags);
    while (!reader.failed) {
        uint8_t kind = reader_u8(&reader);
        if (kind == 0x3b)
            return reader.position;
        if (kind == 0x21) {
            reader_skip(&reader, 1);
        } else if (kind == 0x2c) {
            reader_skip(&reader, 8);
            flags = reader_u8(&reader);
            skip_gif_colours(&reader, flags);
            reader_skip(&reader, 1);
        } else {
            return 0;
        }
        skip_gif_blocks(&reader);
    }
    return 0;
}

// RIFF: the length behind the first 8 bytes, padded to even.
static size_t webp_end(const uint8_t *bytes, size_t size_bytes)
{
    Reader reader = reader_init(bytes, size_bytes);
    reader_skip(&reader, 4);
    uint32_t length = reader_u32le(&reader);
    reader_skip(&reader, length);
    reader_skip(&reader, length & 1);
    return reader.failed ? 0 : reader.position;
}

static bool is_box_type(const uint8_t *type)
{
    for (unsigned i = 0; i < 4; i++) {
        if (type[i] < 0x20 || type[i] > 0x7e)
            return false;
    }
    return true;
}

// ISO base media, JPEG 2000 and JPEG XL boxes: size, type. The end is where no box follows.
static size_t boxes_end(const uint8_t *bytes, size_t size_bytes)
{
    size_t end = 0;
    Reader reader = reader_init(bytes, size_bytes);
    while (reader_remaining(&reader) >= 8) {
        uint64_t length = reader_u32be(&reader);
        const uint8_t *type = reader_bytes(&reader, 4);
        uint64_t header = 8;
        if (length == 1) {
            length = (uint64_t)reader_u32be(&reader) << 32;
            length |= reader_u32be(&reader);
            header = 16;
        }
        if (reader.failed || !is_box_type(type))
            return end;
        if (length == 0)
            return size_bytes; // to the end of the file
        if (length < header || length - header > reader_remaining(&reader))
            return end;
        reader_skip(&reader, (size_t)(length - header));
        end = reader.position;
    }
    return end;
}

size_t still_find_end(const char *media_type, const uint8_t *bytes, size_t size_bytes)
{
    static const struct {
        const char *media_type;
        size_t (*find)(const uint8_t *bytes, size_t size_bytes);
    } walks[] = {
        {"image/png", png_end},    {"image/gif", gif_end},    {"image/webp", webp_end},
        {"image/heic", boxes_end}, {"image/heif", boxes_end}, {"image/avif", boxes_end},
        {"image/jp2", boxes_end},  {"image/jpx", boxes_end},
    };
    for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
        if (strcmp(walks[i].media_type, media_type) == 0)
            return walks[i].find(bytes, size_bytes);
    }
    return 0;
}
