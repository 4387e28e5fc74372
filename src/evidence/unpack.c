// SPDX-License-Identifier: Apache-2.0
#include "evidence/unpack.h"

#include <bzlib.h>
#include <glib.h>
#include <libdeflate.h>
#include <lzma.h>
#include <string.h>
#include <zstd.h>

#include "base/error.h"
#include "base/reader.h"

// A dictionary above this is refused: blocks of an image are far smaller.
#define MEMORY_MAX (64u << 20)

static bool unpack_deflate(Packing packing, const uint8_t *packed, size_t packed_bytes,
                           uint8_t *target, size_t size_bytes, size_t *ret_bytes)
{
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    if (decompressor == NULL)
        return false;
    enum libdeflate_result result =
        packing == PACKING_ZLIB ? libdeflate_zlib_decompress(decompressor, packed, packed_bytes,
                                                             target, size_bytes, ret_bytes)
                                : libdeflate_deflate_decompress(decompressor, packed, packed_bytes,
                                                                target, size_bytes, ret_bytes);
    libdeflate_free_decompressor(decompressor);
    return result == LIBDEFLATE_SUCCESS;
}

static bool unpack_zstd(const uint8_t *packed, size_t packed_bytes, uint8_t *target,
                        size_t size_bytes, size_t *ret_bytes)
{
    size_t frame_bytes = ZSTD_findFrameCompressedSize(packed, packed_bytes);
    if (ZSTD_isError(frame_bytes))
        return false;
    *ret_bytes = ZSTD_decompress(target, size_bytes, packed, frame_bytes);
    return !ZSTD_isError(*ret_bytes);
}

static bool unpack_bzip2(const uint8_t *packed, size_t packed_bytes, uint8_t *target,
                         size_t size_bytes, size_t *ret_bytes)
{
    bz_stream stream = {.next_in = (char *)(uintptr_t)packed,
                        .avail_in = (unsigned)packed_bytes,
                        .next_out = (char *)target,
                        .avail_out = (unsigned)size_bytes};
    if (BZ2_bzDecompressInit(&stream, 0, 0) != BZ_OK)
        return false;
    // A stream that ends exactly with the target says so only when asked once more.
    int result = BZ_OK;
    while (result == BZ_OK && (stream.avail_out > 0 || stream.avail_in > 0)) {
        unsigned in = stream.avail_in, out = stream.avail_out;
        result = BZ2_bzDecompress(&stream);
        if (in == stream.avail_in && out == stream.avail_out)
            break;
    }
    BZ2_bzDecompressEnd(&stream);
    *ret_bytes = size_bytes - stream.avail_out;
    return result == BZ_STREAM_END;
}

static bool unpack_xz(const uint8_t *packed, size_t packed_bytes, uint8_t *target,
                      size_t size_bytes, size_t *ret_bytes)
{
    uint64_t memory = MEMORY_MAX;
    size_t in = 0;
    return lzma_stream_buffer_decode(&memory, 0, NULL, packed, &in, packed_bytes, target, ret_bytes,
                                     size_bytes) == LZMA_OK;
}

// The checksum lies behind the whole block or, where the block is shorter, at the end.
static bool unpack_adler32(const uint8_t *packed, size_t packed_bytes, uint8_t *target,
                           size_t size_bytes, size_t *ret_bytes)
{
    if (packed_bytes < 4)
        return false;
    size_t count = MIN(packed_bytes - 4, size_bytes);
    Reader reader = reader_init(packed + count, 4);
    memcpy(target, packed, count);
    *ret_bytes = count;
    return libdeflate_adler32(1, packed, count) == reader_u32le(&reader);
}

// Apple Data Compression: a byte that says what follows. With bit 7, (byte & 0x7f) + 1 literal
// bytes; with bit 6, a copy of (byte & 0x3f) + 4 from a distance of 16 bits big-endian, plus 1;
// else a copy of (byte >> 2) + 3 from a distance of 10 bits, plus 1.
static bool unpack_adc(const uint8_t *packed, size_t packed_bytes, uint8_t *target,
                       size_t size_bytes, size_t *ret_bytes)
{
    Reader reader = reader_init(packed, packed_bytes);
    size_t done = 0;
    while (done < size_bytes) {
        uint8_t control = reader_u8(&reader);
        size_t count, distance = 0;
        if (control >= 0x80) {
            count = (size_t)(control & 0x7f) + 1;
        } else if (control >= 0x40) {
            count = (size_t)(control & 0x3f) + 4;
            distance = (size_t)reader_u16be(&reader) + 1;
        } else {
            count = (size_t)(control >> 2) + 3;
            distance = ((size_t)(control & 3) << 8 | reader_u8(&reader)) + 1;
        }
        if (count > size_bytes - done || distance > done)
            return false;
        if (distance == 0)
            reader_copy(&reader, target + done, count);
        if (reader.failed)
            return false;
        // Byte by byte: what is copied may overlap what it is copied to.
        for (size_t i = 0; distance > 0 && i < count; i++)
            target[done + i] = target[done + i - distance];
        done += count;
    }
    *ret_bytes = done;
    return true;
}

static bool dispatch(Packing packing, const uint8_t *packed, size_t packed_bytes, uint8_t *target,
                     size_t size_bytes, size_t *ret_bytes)
{
    switch (packing) {
    case PACKING_ZLIB:
    case PACKING_DEFLATE:
        return unpack_deflate(packing, packed, packed_bytes, target, size_bytes, ret_bytes);
    case PACKING_ZSTD:
        return unpack_zstd(packed, packed_bytes, target, size_bytes, ret_bytes);
    case PACKING_BZIP2:
        return unpack_bzip2(packed, packed_bytes, target, size_bytes, ret_bytes);
    case PACKING_XZ:
        return unpack_xz(packed, packed_bytes, target, size_bytes, ret_bytes);
    case PACKING_ADLER32:
        return unpack_adler32(packed, packed_bytes, target, size_bytes, ret_bytes);
    case PACKING_ADC:
        return unpack_adc(packed, packed_bytes, target, size_bytes, ret_bytes);
    }
    return false;
}

bool unpack(Packing packing, const uint8_t *packed, size_t packed_bytes, uint8_t *target,
            size_t least_bytes, size_t size_bytes, size_t *ret_bytes, GError **err)
{
    static const char *const damages[] = {
        [PACKING_ZLIB] = "its zlib stream is damaged",
        [PACKING_DEFLATE] = "its deflate stream is damaged",
        [PACKING_ZSTD] = "its Zstandard stream is damaged",
        [PACKING_BZIP2] = "its bzip2 stream is damaged",
        [PACKING_XZ] = "its LZMA stream is damaged",
        [PACKING_ADLER32] = "its checksum is wrong",
        [PACKING_ADC] = "its ADC stream is damaged",
    };
    size_t count = 0;
    if (!dispatch(packing, packed, packed_bytes, target, size_bytes, &count)) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, damages[packing]);
        return false;
    }
    if (count < least_bytes) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "it holds too few bytes");
        return false;
    }
    memset(target + count, 0, size_bytes - count);
    if (ret_bytes != NULL)
        *ret_bytes = count;
    return true;
}
