// SPDX-License-Identifier: Apache-2.0
//
// Where an archive begins in a file, and of which kind it is. Most begin with their file; others
// follow a program that unpacks them, or hide behind content of another type.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"
#include "sniff/sniff.h"

typedef enum {
    ARCHIVE_ZIP,
    ARCHIVE_7ZIP,
    ARCHIVE_RAR,
    ARCHIVE_TAR,
    ARCHIVE_CPIO,
    ARCHIVE_AR,
    ARCHIVE_CAB,
    ARCHIVE_LHA,
    ARCHIVE_XAR,
    ARCHIVE_ISO,
    ARCHIVE_WARC,
    // One compressed file each.
    ARCHIVE_GZIP,
    ARCHIVE_BZIP2,
    ARCHIVE_XZ,
    ARCHIVE_LZMA,
    ARCHIVE_LZIP,
    ARCHIVE_LZ4,
    ARCHIVE_ZSTD,
    ARCHIVE_COMPRESS,
    ARCHIVE_RPM,
    // Known by name only.
    ARCHIVE_ARJ,
    ARCHIVE_RAR_OLD, // RAR 1.4
    ARCHIVE_KIND_COUNT,
} ArchiveKind;

typedef struct {
    ArchiveKind kind;
    uint64_t offset; // of the archive; not known (0) of ZIP, which is found from its end
} ArchiveStart;

// What the first bytes say, of which `type` is what sniffing made. False when they are not those of
// an archive, and for ISO 9660, which is a file system first of all.
bool archive_start_find(const SniffType *type, Source *source, ArchiveStart *ret_start);

// An archive that does not begin with the first byte, or without a marker. A few small reads; of
// programs what their headers do not account for is searched.
bool archive_start_find_hidden(const SniffType *type, Source *source, ArchiveStart *ret_start);
