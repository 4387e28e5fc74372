// SPDX-License-Identifier: Apache-2.0
#include "evidence/ole_dib.h"

#include "base/reader.h"

#define CORE_HEADER_BYTES 12u
#define INFO_HEADER_BYTES 40u
#define HEADER_BYTES_MAX 124u
#define COMPRESSION_BITFIELDS 3u
#define COMPRESSION_ALPHA_BITFIELDS 6u

// Bytes before the pixels ([MS-WMF] 2.2.2.9, BITMAPINFOHEADER and its kin); 0: no such header.
static uint64_t pixels_offset(const uint8_t *bytes, size_t count)
{
    Reader reader = reader_init(bytes, count);
    uint32_t header = reader_u32le(&reader);
    if (header == CORE_HEADER_BYTES) {
        reader_skip(&reader, 6);
        unsigned bits = reader_u16le(&reader);
        if (reader.failed || bits == 0 || bits > 32)
            return 0;
        return CORE_HEADER_BYTES + (bits <= 8 ? 3ull << bits : 0);
    }
    if (header < INFO_HEADER_BYTES || header > HEADER_BYTES_MAX)
        return 0;
    reader_skip(&reader, 8);
    unsigned planes = reader_u16le(&reader);
    unsigned bits = reader_u16le(&reader);
    uint32_t compression = reader_u32le(&reader);
    reader_skip(&reader, 12);
    uint32_t colours = reader_u32le(&reader);
    if (reader.failed || planes != 1 || bits > 32 || colours > 1u << 16)
        return 0;
    if (colours == 0 && bits > 0 && bits <= 8)
        colours = 1u << bits;
    uint64_t masks = 0;
    if (header == INFO_HEADER_BYTES && compression == COMPRESSION_BITFIELDS)
        masks = 12;
    else if (header == INFO_HEADER_BYTES && compression == COMPRESSION_ALPHA_BITFIELDS)
        masks = 16;
    return header + masks + 4ull * colours;
}

static void put_u32le(uint8_t *target, uint64_t value)
{
    for (unsigned i = 0; i < 4; i++)
        target[i] = (uint8_t)(value >> (8 * i));
}

Source *ole_dib_file_new(Source *dib)
{
    uint8_t first[INFO_HEADER_BYTES];
    ssize_t count = source_read(dib, 0, first, sizeof first, NULL);
    uint64_t pixels = count > 0 ? pixels_offset(first, (size_t)count) : 0;
    uint64_t size = source_size(dib);
    if (pixels == 0 || pixels > size || size > UINT32_MAX - OLE_DIB_FILE_HEADER_BYTES)
        return NULL;
    uint8_t header[OLE_DIB_FILE_HEADER_BYTES] = {'B', 'M'};
    put_u32le(header + 2, OLE_DIB_FILE_HEADER_BYTES + size);
    put_u32le(header + 10, OLE_DIB_FILE_HEADER_BYTES + pixels);
    GPtrArray *parts = g_ptr_array_new();
    g_ptr_array_add(parts, source_new_bytes(g_bytes_new(header, sizeof header)));
    g_ptr_array_add(parts, source_new_range(dib, 0, size));
    return source_new_joined(parts);
}
