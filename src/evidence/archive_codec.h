// SPDX-License-Identifier: Apache-2.0
//
// Compressed streams, unpacked by the libraries that libarchive itself uses. They are called from
// here because libarchive gives back nothing of a block that ends in an error, does not look at
// gzip's checksum, and is not exact about where the packed bytes end: what was unpacked before the
// damage, and what was hidden behind the end, would be lost.
#pragma once

#include "evidence/archive_stream.h"

typedef enum {
    CODEC_DEFLATE, // RFC 1951, bare
    CODEC_GZIP,    // RFC 1952
    CODEC_BZIP2,
    CODEC_XZ,
    CODEC_LZMA, // LZMA_Alone, the .lzma format
    CODEC_LZIP,
    CODEC_ZSTD,
    CODEC_COUNT,
} ArchiveCodec;

// Unpacks `packed` (taken), which begins with such a stream. All but deflate and LZMA may have
// several, one after another.
//
// With `ret_packed_bytes` (borrowed, outlives the stream), which always holds the bytes used up,
// what follows the last one is not looked at. When it is NULL, anything behind it is an error.
ArchiveStream *archive_codec_new(ArchiveCodec codec, ArchiveStream *packed,
                                 uint64_t *ret_packed_bytes);

// A deflate stream that lies in a part of `source` (borrowed), unpacked in one go, which takes half
// the time. NULL when it is not small, or not exactly what these sizes say: then archive_codec_new
// shows how far it can be unpacked and what is wrong.
ArchiveStream *archive_codec_new_small(Source *source, uint64_t offset, uint64_t packed_bytes,
                                       uint64_t bytes);
