// SPDX-License-Identifier: Apache-2.0
//
// The outer structure of files: where the picture ends, and EXIF that libvips does not hand out.
// Bytes behind the end are a place to hide things, and cameras and editors put real things there
// too. Nothing is decoded here.
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

typedef struct {
    const uint8_t *type;
    const uint8_t *data;
    size_t size_bytes; // of the data
} Box;

static bool is_box_type(const uint8_t *type)
{
    for (unsigned i = 0; i < 4; i++) {
        if (type[i] < 0x20 || type[i] > 0x7e)
            return false;
    }
    return true;
}

// The next box of ISO base media, JPEG 2000 or JPEG XL: size (4), type (4), for size 1 a size of 8
// bytes; size 0 reaches to the end of the file. False when no whole box follows.
static bool next_box(Reader *reader, Box *ret_box)
{
    uint64_t length = reader_u32be(reader), header_bytes = 8;
    const uint8_t *type = reader_bytes(reader, 4);
    if (length == 1) {
        length = (uint64_t)reader_u32be(reader) << 32;
        length |= reader_u32be(reader);
        header_bytes = 16;
    }
    if (reader->failed || !is_box_type(type))
        return false;
    if (length == 0)
        length = header_bytes + reader_remaining(reader);
    if (length < header_bytes || length - header_bytes > reader_remaining(reader))
        return false;
    ret_box->type = type;
    ret_box->size_bytes = (size_t)(length - header_bytes);
    ret_box->data = reader_bytes(reader, ret_box->size_bytes);
    return true;
}

static size_t boxes_end(const uint8_t *bytes, size_t size_bytes)
{
    size_t end = 0;
    Box box;
    Reader reader = reader_init(bytes, size_bytes);
    while (next_box(&reader, &box))
        end = reader.position;
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
        {"image/jp2", boxes_end},  {"image/jpx", boxes_end},  {"image/jxl", boxes_end},
    };
    for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
        if (strcmp(walks[i].media_type, media_type) == 0)
            return walks[i].find(bytes, size_bytes);
    }
    return 0;
}

// JPEG XL: box "Exif", 4 bytes of offset in front of the TIFF header. JPEG 2000: box "uuid" with
// the id that JPEG 2000 tools agreed on.
const uint8_t *still_find_exif(const uint8_t *bytes, size_t size_bytes, size_t *ret_size_bytes)
{
    static const char jp2_id[] = "JpgTiffExif->JP2";
    Box box;
    Reader reader = reader_init(bytes, size_bytes);
    while (next_box(&reader, &box)) {
        size_t skip = 0;
        if (memcmp(box.type, "Exif", 4) == 0)
            skip = 4;
        else if (memcmp(box.type, "uuid", 4) == 0 && box.size_bytes >= 16 &&
                 memcmp(box.data, jp2_id, 16) == 0)
            skip = 16;
        if (skip > 0 && box.size_bytes > skip) {
            *ret_size_bytes = box.size_bytes - skip;
            return box.data + skip;
        }
    }
    return NULL;
}
