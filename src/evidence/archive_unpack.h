// SPDX-License-Identifier: Apache-2.0
//
// One compressed file (.gz, .bz2, .xz …): what it holds as a stream, what it says of it, and where
// its packed bytes end.
#pragma once

#include <stdbool.h>

#include "evidence/archive_codec.h"
#include "evidence/archive_reader.h"
#include "evidence/archive_stream.h"

typedef enum {
    PACKED_GZIP,
    PACKED_BZIP2,
    PACKED_XZ,
    PACKED_LZMA,
    PACKED_LZIP,
    PACKED_ZSTD,
    PACKED_LZ4,
    PACKED_COMPRESS, // .Z
} ArchivePacking;

typedef struct {
    ArchiveStream *stream; // owned
    char *name;            // stored by gzip; NULL: none. Owned
    ItemTime modified;     // likewise
    // Not for others to look at.
    Source *source;
    ArchivePacking packing;
    ArchiveReader *reader; // NULL: a codec of ours
    uint64_t packed_bytes;
} ArchiveUnpack;

// Begins to unpack `source` (borrowed). False with err set when not even its header is right. In
// either case archive_unpack_clear must follow; the struct must not move before.
bool archive_unpack_open(Walk *walk, ArchivePacking packing, Source *source,
                         ArchiveUnpack *ret_unpack, GError **err);
void archive_unpack_clear(ArchiveUnpack *unpack);

// Packed bytes used up so far: once the stream has ended, where the packed data end.
uint64_t archive_unpack_position(const ArchiveUnpack *unpack);

// The name of what a file of this name holds: without its suffix, or with the one that the suffix
// stands for (.tgz). Newly allocated.
char *archive_unpack_name(const char *name);
