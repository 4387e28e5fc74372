// SPDX-License-Identifier: Apache-2.0
#include "evidence/sevenzip_header.h"

#include <glib.h>
#include <string.h>
#include <zlib.h>

#include "base/reader.h"

#define START_BYTES 32u
// Of the end header when it is packed: what it says of its packing. That of a real one has some
// dozens of bytes.
#define PACKED_HEADER_BYTES_MAX (64u << 10)
// The end header is read whole to check it; members beyond this are not checked beforehand.
#define HEADER_BYTES_MAX (64u << 20)

#define ID_END 0x00
#define ID_HEADER 0x01
#define ID_PACK_INFO 0x06
#define ID_UNPACK_INFO 0x07
#define ID_SIZE 0x09
#define ID_CRC 0x0a
#define ID_FOLDER 0x0b
#define ID_ENCODED_HEADER 0x17

// 7zFormat.txt, REAL_UINT64 and UINT64: the leading ones of the first byte count the bytes that
// follow.
static uint64_t read_number(Reader *reader)
{
    uint8_t first = reader_u8(reader);
    uint64_t value = 0;
    uint8_t mask = 0x80;
    for (unsigned i = 0; i < 8; i++, mask >>= 1) {
        if (!(first & mask))
            return value | (uint64_t)(first & (mask - 1u)) << 8 * i;
        value |= (uint64_t)reader_u8(reader) << 8 * i;
    }
    return value;
}

// Passes over digests: whether all are there, or a bit for each, and four bytes for each.
static void skip_digests(Reader *reader, uint64_t count)
{
    uint64_t defined = count;
    if (reader_u8(reader) == 0) {
        defined = 0;
        uint8_t bits = 0;
        for (uint64_t i = 0; i < count && !reader->failed; i++) {
            if (i % 8 == 0)
                bits = reader_u8(reader);
            defined += bits >> (7 - i % 8) & 1;
        }
    }
    for (uint64_t i = 0; i < defined && !reader->failed; i++)
        reader_skip(reader, 4);
}

static void skip_pack_info(Reader *reader)
{
    read_number(reader);
    uint64_t streams = read_number(reader);
    while (!reader->failed) {
        uint8_t id = reader_u8(reader);
        if (id == ID_END)
            return;
        if (id == ID_SIZE) {
            for (uint64_t i = 0; i < streams && !reader->failed; i++)
                read_number(reader);
        } else if (id == ID_CRC) {
            skip_digests(reader, streams);
        } else {
            reader->failed = true;
        }
    }
}

// One folder: does any of its coders decrypt (06F107xx; 01 is AES-256 with SHA-256)?
static bool has_cipher(Reader *reader)
{
    uint64_t coders = read_number(reader);
    bool found = false;
    for (uint64_t i = 0; i < coders && !reader->failed; i++) {
        uint8_t flags = reader_u8(reader);
        size_t id_bytes = flags & 15;
        const uint8_t *id = reader_bytes(reader, id_bytes);
        found |= id != NULL && id_bytes == 4 && memcmp(id, "\x06\xf1\x07", 3) == 0;
        if (flags & 0x10) {
            read_number(reader);
            read_number(reader);
        }
        if (flags & 0x20) {
            uint64_t properties = read_number(reader);
            reader_skip(reader,
                        properties < reader->size_bytes ? (size_t)properties : reader->size_bytes);
        }
    }
    return found;
}

bool sevenzip_header_is_encrypted(const uint8_t *bytes, size_t size)
{
    Reader reader = reader_init(bytes, size);
    if (reader_u8(&reader) != ID_ENCODED_HEADER)
        return false;
    uint8_t id = reader_u8(&reader);
    if (id == ID_PACK_INFO) {
        skip_pack_info(&reader);
        id = reader_u8(&reader);
    }
    if (id != ID_UNPACK_INFO || reader_u8(&reader) != ID_FOLDER || reader_u8(&reader) == 0 ||
        reader_u8(&reader) != 0)
        return false;
    return has_cipher(&reader);
}

static SevenzipState read_end(Source *source, uint64_t offset, uint64_t size, uint32_t crc)
{
    g_autofree uint8_t *bytes = g_try_malloc((size_t)size);
    if (bytes == NULL || !source_read_exact(source, offset, bytes, (size_t)size, NULL) ||
        crc32_z(0, bytes, (size_t)size) != crc)
        return SEVENZIP_DAMAGED;
    if (bytes[0] == ID_HEADER)
        return SEVENZIP_PLAIN;
    bool is_small = size <= PACKED_HEADER_BYTES_MAX;
    return is_small && sevenzip_header_is_encrypted(bytes, (size_t)size) ? SEVENZIP_ENCRYPTED
                                                                         : SEVENZIP_PACKED;
}

SevenzipHeader sevenzip_header_read(Source *source, uint64_t begin)
{
    SevenzipHeader header = {.state = SEVENZIP_CUT, .end = begin + START_BYTES};
    uint8_t bytes[START_BYTES];
    if (!source_read_exact(source, begin, bytes, sizeof bytes, NULL))
        return header;
    Reader reader = reader_init(bytes, sizeof bytes);
    reader_skip(&reader, 8);
    uint32_t start_crc = reader_u32le(&reader);
    uint64_t offset = reader_u64le(&reader), size = reader_u64le(&reader);
    uint32_t crc = reader_u32le(&reader);
    if (crc32(0, bytes + 12, 20) != start_crc || offset > INT64_MAX || size > INT64_MAX) {
        header.state = SEVENZIP_DAMAGED;
        header.end = source_size(source);
        return header;
    }
    if (size == 0) {
        header.state = SEVENZIP_EMPTY;
        return header;
    }
    uint64_t at = header.end + offset;
    header.end = at + size;
    if (header.end > source_size(source))
        return header;
    header.state = size > HEADER_BYTES_MAX ? SEVENZIP_PLAIN : read_end(source, at, size, crc);
    return header;
}
