// SPDX-License-Identifier: Apache-2.0
//
// Archives that are cut into several files: the parts are asked for by name and read as one.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/source.h"
#include "evidence/walk.h"
#include "evidence/zip_structure.h"
#include "sniff/segment_name.h"

typedef struct ArchiveVolumes ArchiveVolumes;

// The current file, which is called like the first part of a set of this kind, and the parts that
// follow it up to the first one that is missing; perhaps none. NULL when it is called otherwise.
// Borrows `first`.
ArchiveVolumes *archive_volumes_open(Walk *walk, SegmentKind kind, Source *first);

// The same for ZIP, where the current file is the last part and says how many there are before it
// (`parts`; 0: unknown). Missing ones are left out; what lies in them is not found. NULL when it is
// the only one.
ArchiveVolumes *archive_volumes_open_zip(Walk *walk, Source *last, uint32_t parts);

void archive_volumes_free(ArchiveVolumes *volumes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ArchiveVolumes, archive_volumes_free)

// All parts, one after another. Borrowed.
Source *archive_volumes_source(const ArchiveVolumes *volumes);
// Where each begins. Borrowed.
ZipVolumes archive_volumes_begins(const ArchiveVolumes *volumes);
unsigned archive_volumes_count(const ArchiveVolumes *volumes);
// The name of the first part that is not there; NULL when none is known to be missing. Borrowed.
const char *archive_volumes_missing(const ArchiveVolumes *volumes);

// When the current file is a later part of a set of this kind, and the file by which the set is
// opened and all parts between are there: says so as a finding, and returns true. Then the set is
// examined with that file.
bool archive_volumes_is_later_part(Walk *walk, SegmentKind kind, Source *source);

// Says that the current file is part `number` of a set that cannot be joined.
void archive_volumes_note_part(Walk *walk, Source *source, uint64_t number);
