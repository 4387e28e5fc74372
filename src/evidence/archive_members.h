// SPDX-License-Identifier: Apache-2.0
//
// Archives whose members libarchive lists, one after another.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "evidence/archive_reader.h"
#include "evidence/archive_start.h"
#include "evidence/walk.h"

typedef struct {
    ReaderFormat format;
    bool has_local_times; // written in local time of an unknown place
    bool is_restartable;  // a fresh reader can pass over a damaged member without unpacking it
    const char *cipher;   // of encrypted members; NULL: the format has none
} ArchiveMembers;

// How archives of this kind are read; format READER_FORMAT_COUNT: not by this file.
ArchiveMembers archive_members_of_kind(ArchiveKind kind);

typedef struct {
    uint64_t entries;            // with folders and links
    uint64_t members, encrypted; // without
    bool is_complete;            // the reader came to the end of the archive
    uint64_t position;           // of the reader, in its source or stream
    uint64_t damaged_bytes;      // passed over
} ArchiveTally;

// Delivers the members of `source` (borrowed), numbered from 0 with folders and links. Where the
// reader fails for good, that is the container's status. False when the walk is over.
bool archive_members_deliver(Walk *walk, const ArchiveMembers *members, Source *source,
                             ArchiveTally *ret_tally);

// The same for an archive that comes as a stream.
bool archive_members_deliver_stream(Walk *walk, const ArchiveMembers *members,
                                    ArchiveStream *stream, ArchiveTally *ret_tally);

// Delivers the members of an archive that begins at `begin`, and searches what lies before it,
// behind its end or behind the place where it is damaged.
void archive_members_open(Walk *walk, ArchiveKind kind, Source *source, uint64_t begin);
