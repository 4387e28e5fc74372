// SPDX-License-Identifier: Apache-2.0
//
// zlib's uncompress() for the libraries inside a sealed object, by libdeflate: a chunk of an image
// is inflated in one go, at a multiple of the speed. Not visible outside, where zlib's stays
// zlib's.
#include <libdeflate.h>
#include <zlib.h>

int uncompress(Bytef *target, uLongf *target_bytes, const Bytef *bytes, uLong size_bytes)
{
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    if (decompressor == NULL)
        return Z_MEM_ERROR;
    size_t done = 0;
    enum libdeflate_result result =
        libdeflate_zlib_decompress(decompressor, bytes, size_bytes, target, *target_bytes, &done);
    libdeflate_free_decompressor(decompressor);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
        return Z_BUF_ERROR;
    if (result != LIBDEFLATE_SUCCESS)
        return Z_DATA_ERROR;
    *target_bytes = done;
    return Z_OK;
}
