// SPDX-License-Identifier: Apache-2.0
//
// A thumbnail of Thumbs.db behind its header. Since Windows XP the header is 12 bytes (its own
// length, an index, the length of the JPEG). Windows 98 to 2000 wrote 16 bytes and a JPEG without
// the tables that every decoder needs.
#include "base/reader.h"
#include "evidence/office_gaps.h"
#include "evidence/ole_streams.h"

const SniffType ole_thumbnail_type = {.media_type = "application/octet-stream"};

#define FIRST_BYTES 64u
#define HEADER_BYTES_MAX 56u
#define OLD_FORM 1u
#define OLD_HEADER_BYTES 16u

static bool is_jpeg_at(const uint8_t *bytes, size_t count, size_t offset)
{
    return offset + 3 <= count && bytes[offset] == 0xff && bytes[offset + 1] == 0xd8 &&
           bytes[offset + 2] == 0xff;
}

// Bytes before the JPEG; 0: it is not of the newer form.
static uint32_t header_bytes(const uint8_t *bytes, size_t count)
{
    Reader reader = reader_init(bytes, count);
    uint32_t length = reader_u32le(&reader);
    return length >= 12 && length <= HEADER_BYTES_MAX && is_jpeg_at(bytes, count, length) ? length
                                                                                          : 0;
}

static bool is_old(const uint8_t *bytes, size_t count, uint64_t size)
{
    Reader reader = reader_init(bytes, count);
    uint32_t form = reader_u32le(&reader);
    uint32_t length = reader_u32le(&reader);
    return !reader.failed && form == OLD_FORM && size > OLD_HEADER_BYTES &&
           length == size - OLD_HEADER_BYTES;
}

static void thumbnail_open(Walk *walk, Source *source)
{
    uint8_t first[FIRST_BYTES];
    uint64_t size = source_size(source);
    ssize_t got = source_read(source, 0, first, sizeof first, NULL);
    size_t count = got > 0 ? (size_t)got : 0;
    uint32_t header = header_bytes(first, count);
    if (header > 0) {
        g_autoptr(Source) picture = source_new_range(source, header, size - header);
        const Child child = {.name = "thumbnail", .layer = "{\"thumbnail\":1}", .source = picture};
        walk_child(walk, &child);
        return;
    }
    if (is_old(first, count, size)) {
        walk_set_status(walk, STATUS_UNSUPPORTED,
                        "a thumbnail of Windows 98 to 2000, a JPEG without its tables");
        return;
    }
    g_autoptr(OfficeGaps) gaps = office_gaps_new();
    office_gaps_search(gaps, walk, source, 0, size);
}

static bool thumbnail_fits(const SniffType *type, Source *source)
{
    return type == &ole_thumbnail_type;
}

const Container ole_thumbnail_container = {
    .name = "thumbnail", .fits = thumbnail_fits, .open = thumbnail_open};
