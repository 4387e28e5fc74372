// SPDX-License-Identifier: Apache-2.0
//
// The sections of one segment file of an EWF set (E01, s01).
//
// A segment begins with a signature of 8 bytes, a byte 1, its number (16 bits, little-endian) and
// two zero bytes. Then sections follow, each with a header:
//
//   offset  size  meaning
//   0       16    type: "header", "volume", "sectors", "table", "hash", "next", "done" …
//   16      8     offset of the next section in this file; its own in "next" and "done"
//   24      8     size of this section with its header
//   72      4     Adler-32 of the 72 bytes before
//
// "volume" (FTK: "disk") says how large the medium and its chunks are, "sectors" holds chunks, the
// "table" behind it where each begins; "table2" is a copy of it. In the oldest files chunks lie in
// the "table" itself. Source: "Expert Witness Compression Format" of the libewf project, 0.3.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"

// Where the chunks of one table begin. A count of 0: here are chunks whose table is lost.
typedef struct {
    uint64_t entries;      // offset in the file; 32 bits each, relative to `base`
    uint64_t entries_copy; // of the second table; 0: there is none
    uint64_t base;
    uint64_t data_end; // of the last chunk
    uint32_t count;
} EwfTable;

// Sectors that could not be read when the image was made.
typedef struct {
    uint32_t first, count;
} EwfUnread;

typedef struct {
    unsigned number;      // from 1
    bool is_last;         // ends with "done"
    bool is_followed;     // ends with "next"; neither: its sections break off at `end`
    uint64_t end;         // of the last section that could be read
    GArray *tables;       // of EwfTable
    GArray *unread;       // of EwfUnread
    bool has_volume;      // the following are set
    uint64_t chunk_count; // of the whole set
    uint32_t chunk_bytes, sector_bytes;
    uint64_t medium_bytes;
    bool has_md5, has_sha1; // stored in it
    uint8_t md5[16], sha1[20];
} EwfSegment;

// NULL with CLEW_ERROR_CORRUPT when the file does not begin like a segment, or a read error's code.
// A segment that breaks off is described as far as it goes.
EwfSegment *ewf_segment_read(Source *file, GError **err);
void ewf_segment_free(EwfSegment *segment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EwfSegment, ewf_segment_free)
