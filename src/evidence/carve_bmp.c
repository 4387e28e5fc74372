// SPDX-License-Identifier: Apache-2.0
//
// BMP: file header (14), information header, colours, rows. It has two bytes of magic and no
// structure behind its headers, so everything in them has to agree.
//
//   "BM" | file size (4) | 0 (4) | offset of the rows (4) | header size (4) | …
//
// The file size is believed when the rows fit into it and little more. Some writers leave it out,
// count the rows alone, or miscount; then the end is that of the rows.
#include "base/limits.h"
#include "evidence/carve_formats.h"

#define FILE_HEADER_BYTES 14u
#define CORE_HEADER_BYTES 12u
#define PROFILE_BYTES_MAX (4u << 20) // a colour profile behind the rows
#define GAP_BYTES_MAX (64u << 10)    // between headers and rows
#define MISCOUNT_BYTES_MAX 64u

enum { RGB = 0, RLE8 = 1, RLE4 = 2, BITFIELDS = 3, ALPHA_BITFIELDS = 6 };

typedef struct {
    uint64_t file_bytes, rows_at, header_bytes;
    int64_t width, height; // height below zero: top row first
    unsigned planes, depth, compression;
} BmpHeader;

static bool is_header_size(uint64_t bytes)
{
    static const uint8_t sizes[] = {12, 16, 40, 52, 56, 64, 108, 124};
    for (size_t i = 0; i < sizeof(sizes); i++) {
        if (bytes == sizes[i])
            return true;
    }
    return false;
}

static bool read_header(CarveView *view, BmpHeader *ret_header)
{
    Reader reader = carve_view_reader(view, 0, FILE_HEADER_BYTES + 40);
    reader_skip(&reader, 2);
    BmpHeader header = {.file_bytes = reader_u32le(&reader)};
    bool is_reserved_zero = reader_u32le(&reader) == 0;
    header.rows_at = reader_u32le(&reader);
    header.header_bytes = reader_u32le(&reader);
    if (header.header_bytes == CORE_HEADER_BYTES) {
        header.width = reader_u16le(&reader);
        header.height = reader_u16le(&reader);
    } else {
        header.width = (int32_t)reader_u32le(&reader);
        header.height = (int32_t)reader_u32le(&reader);
    }
    header.planes = reader_u16le(&reader);
    header.depth = reader_u16le(&reader);
    if (header.header_bytes > 16)
        header.compression = reader_u32le(&reader);
    *ret_header = header;
    return is_reserved_zero && !reader.failed && is_header_size(header.header_bytes);
}

static bool is_depth_allowed(const BmpHeader *header)
{
    unsigned depth = header->depth;
    switch (header->compression) {
    case RGB:
        return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16 || depth == 24 ||
               depth == 32;
    case RLE8:
        return depth == 8 && header->height > 0;
    case RLE4:
        return depth == 4 && header->height > 0;
    case BITFIELDS:
    case ALPHA_BITFIELDS:
        return depth == 16 || depth == 32;
    default:
        return false;
    }
}

static bool is_sane(const BmpHeader *header)
{
    int64_t lines = header->height < 0 ? -header->height : header->height;
    uint64_t headers = FILE_HEADER_BYTES + header->header_bytes;
    return header->planes == 1 && header->width > 0 && header->width <= LIMIT_STILL_SIDE &&
           lines > 0 && lines <= LIMIT_STILL_SIDE && is_depth_allowed(header) &&
           header->rows_at >= headers && header->rows_at <= headers + GAP_BYTES_MAX;
}

// 0 when what the header says of sizes does not agree.
static uint64_t find_end(const BmpHeader *header)
{
    uint64_t lines = (uint64_t)(header->height < 0 ? -header->height : header->height);
    uint64_t row_bytes = ((uint64_t)header->width * header->depth + 31) / 32 * 4;
    uint64_t unpacked_end = header->rows_at + row_bytes * lines;
    uint64_t file_bytes = header->file_bytes;
    if (header->compression == RLE8 || header->compression == RLE4)
        // Packed rows have no size but the one that is said; incompressible ones grow a little.
        return file_bytes > header->rows_at && file_bytes <= 2 * unpacked_end ? file_bytes : 0;

    if (file_bytes >= unpacked_end && file_bytes - unpacked_end <= PROFILE_BYTES_MAX)
        return file_bytes;
    bool is_near = file_bytes < unpacked_end && unpacked_end - file_bytes <= MISCOUNT_BYTES_MAX;
    bool is_left_out = file_bytes == 0 || file_bytes == row_bytes * lines;
    return is_near || is_left_out ? unpacked_end : 0;
}

CarveShape carve_bmp(CarveView *view)
{
    BmpHeader header;
    if (!read_header(view, &header) || !is_sane(&header))
        return carve_shape(CARVE_NOTHING, 0);

    uint64_t end = find_end(&header);
    if (end == 0)
        return carve_shape(CARVE_NOTHING, 0);
    if (end > view->size_bytes)
        return carve_shape_by(false, header.rows_at < view->size_bytes, view->size_bytes);
    return carve_shape(CARVE_WHOLE, end);
}
