// SPDX-License-Identifier: Apache-2.0
//
// ArchiveStream: bytes that come once, from start to end, out of another stream or a part of a
// source: a member as it lies in the archive, decrypted, unpacked. Streams are stacked; each owns
// the one below it. Private to the archive files of evidence/.
//
//     range -> decrypted -> inflated -> the child that the walk reads
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "evidence/source.h"

typedef struct ArchiveStream ArchiveStream;

typedef struct {
    // Returns 1 to `size` bytes read, 0 at the end, -1 with err set. Not called again after 0 or
    // -1.
    ssize_t (*read)(void *state, void *target, size_t size, GError **err);
    void (*free)(void *state);
} ArchiveStreamOps;

// Takes `state`.
ArchiveStream *archive_stream_new(const ArchiveStreamOps *ops, void *state);

// A part of `source` (borrowed). What the source does not have ends it with CLEW_ERROR_CORRUPT.
ArchiveStream *archive_stream_new_range(Source *source, uint64_t offset, uint64_t size_bytes);

void archive_stream_free(ArchiveStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ArchiveStream, archive_stream_free)

// Of the form that Child.read has (evidence/walk.h). The end and an error stay.
ssize_t archive_stream_read(void *stream, void *target, size_t size, GError **err);

// Reads until `size` bytes are there or the stream ends. -1 only when nothing could be read.
ssize_t archive_stream_fill(ArchiveStream *stream, void *target, size_t size, GError **err);
