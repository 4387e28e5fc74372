// SPDX-License-Identifier: Apache-2.0
//
// ArchiveReader: libarchive over our own bytes, one format at a time and never one compression
// inside another: what comes out of a reader is recognised afresh by the walk, so that nesting is
// depth. The library guesses nothing and opens nothing.
//
//     open -> (next -> read*)* -> free
//
// Reading goes forward only. A member that is not read is passed over as cheaply as its format
// allows. After a failure nothing more is read.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "evidence/archive_stream.h"
#include "evidence/source.h"
#include "evidence/walk.h"
#include "model/record.h"

typedef struct ArchiveReader ArchiveReader;

typedef enum {
    READER_TAR,
    READER_CPIO,
    READER_AR,
    READER_7ZIP,
    READER_RAR4,
    READER_RAR5,
    READER_CAB,
    READER_LHA,
    READER_XAR,
    READER_ISO,
    READER_WARC,
    READER_ZIP_MEMBER, // one local header and its member, without a directory
    // One compressed stream, whose only member is what it holds.
    READER_COMPRESS, // .Z
    READER_LZ4,
    READER_FORMAT_COUNT,
} ReaderFormat;

// Reads `source` (borrowed) to and fro. Errors: CLEW_ERROR_CORRUPT, _UNSUPPORTED, _DENIED
// (encrypted), _LIMIT (memory), _CANCELLED (the walk is over) or those of the source.
ArchiveReader *archive_reader_open(Walk *walk, ReaderFormat format, Source *source, GError **err);

// Reads `stream` (borrowed) from where it stands. Formats that go back and forth cannot be read so.
ArchiveReader *archive_reader_open_stream(Walk *walk, ReaderFormat format, ArchiveStream *stream,
                                          GError **err);

void archive_reader_free(ArchiveReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ArchiveReader, archive_reader_free)

typedef struct {
    const char *name; // as stored; NULL when there is none. Borrowed until the next entry
    bool is_file;     // neither folder nor link nor device
    bool is_encrypted;
    bool has_size;
    uint64_t size_bytes;
    ItemTimes times;        // in ZONE_UTC, whatever the format says of the zone
    uint64_t header_offset; // where its header begins
} ArchiveEntry;

typedef enum {
    READER_ENTRY,
    READER_END,
    READER_FAILED, // err is set; it stays so
} ReaderNext;

ReaderNext archive_reader_next(ArchiveReader *reader, ArchiveEntry *ret_entry, GError **err);

// The bytes of the entry, of the form that Child.read has. A checksum that is wrong is an error
// behind the last byte.
ssize_t archive_reader_read(void *reader, void *target, size_t size, GError **err);

// Nothing more can be read, because something went wrong.
bool archive_reader_has_failed(const ArchiveReader *reader);
// Bytes of the source or stream that were used up.
uint64_t archive_reader_position(const ArchiveReader *reader);
// Bytes that were passed over in search of a header that is not damaged.
uint64_t archive_reader_damaged_bytes(const ArchiveReader *reader);
