// SPDX-License-Identifier: Apache-2.0
//
// How a ZIP archive is put together (PKWARE APPNOTE 6.3): the record at its end, the central
// directory, and the local header before each member. Nothing is unpacked here.
//
//     [anything] { local header, data, [descriptor] }… directory, [ZIP64 records], end record
//
// The directory says which members there are. Offsets in it count from the first byte of the
// archive, which need not be the first of the file, or from the first byte of a volume.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/source.h"
#include "evidence/walk.h"
#include "model/record.h"

// General purpose flags (4.4.4).
#define ZIP_ENCRYPTED 0x0001u
#define ZIP_SIZES_BEHIND 0x0008u // sizes and checksum stand in a descriptor behind the data
#define ZIP_STRONG 0x0040u
#define ZIP_MASKED 0x2000u

// Methods (4.4.5).
#define ZIP_STORED 0u
#define ZIP_DEFLATED 8u
#define ZIP_AES 99u

// ---- The end ----------------------------------------------------------------------------------

typedef struct {
    // Ascending offsets in a joined source at which the parts of a split archive begin; NULL for
    // one file. Borrowed.
    const uint64_t *volume_begins;
    size_t volumes;
} ZipVolumes;

typedef struct {
    uint64_t directory_offset; // in the source
    uint64_t directory_bytes;  // as declared
    uint64_t record_offset;    // of the end record, or of the ZIP64 one before it
    uint64_t end;              // first byte behind the end record and its comment
    uint32_t comment_bytes;
    uint32_t last_disk; // number of the volume that holds the end record
    int64_t shift;      // to be added to the offsets in the directory
    bool is_encrypted;  // the directory itself
    ZipVolumes volumes;
} ZipEnd;

// Finds the last end record that leads to a directory: in the last 64 MiB of what begins like a ZIP
// archive, in the last 64 KiB of what does not (`is_other`).
bool zip_end_find(Source *source, ZipVolumes volumes, bool is_other, ZipEnd *ret_end);

// ---- The directory ----------------------------------------------------------------------------

typedef struct {
    uint64_t record_offset; // of this entry in the directory
    uint64_t record_bytes;
    uint64_t local_offset; // in the source
    uint64_t packed_bytes, bytes;
    bool has_sizes; // false: unknown until it is unpacked
    uint32_t crc32;
    uint16_t flags, method;
    uint16_t dos_time;
    bool is_folder; // or a link: nothing that is worth a look
    ItemTimes times;
    // The WinZip AES extra field; strength 0: there is none.
    uint16_t aes_version;
    uint16_t aes_method;
    uint8_t aes_strength; // 1: 128 bits, 2: 192, 3: 256
    // Borrowed until the next entry. Bytes, not terminated.
    const char *name;
    size_t name_bytes;
    const char *unicode_name; // from the Info-ZIP extra field; NULL: there is none that fits
    size_t unicode_name_bytes;
} ZipEntry;

typedef struct ZipDirectory ZipDirectory;

// Borrows `source` and what `end` borrows.
ZipDirectory *zip_directory_open(Source *source, const ZipEnd *end);
void zip_directory_free(ZipDirectory *directory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ZipDirectory, zip_directory_free)

// False at the end (err not set), or where the directory is damaged (CLEW_ERROR_CORRUPT).
bool zip_directory_next(ZipDirectory *directory, ZipEntry *ret_entry, GError **err);

// Where reading of the directory has come to.
uint64_t zip_directory_position(const ZipDirectory *directory);

// The name of a member as text: the Unicode one when there is one; a NUL inside is shown as U+2400.
// Newly allocated.
char *zip_entry_name(const ZipEntry *entry);

// ---- Local headers ----------------------------------------------------------------------------

typedef struct {
    uint64_t data_offset;
    uint16_t flags, method;
    uint16_t extra_bytes;
    bool name_differs; // from the directory's
} ZipLocal;

// Reads the local header of `entry`, and adds to its times what only the local header says. False
// when there is none at its offset.
bool zip_local_read(Source *source, ZipEntry *entry, ZipLocal *ret_local);

// First byte behind the member: behind its data and, where one follows, its descriptor (4.3.9).
uint64_t zip_member_end(Source *source, const ZipEntry *entry, const ZipLocal *local);

// The first member at or behind `from` by its local header alone. Sizes that stand behind the data
// are found by the descriptor that fits. The entry's name is borrowed from `ret_name` (owned by the
// caller, replaced). False when there is none, or when `walk` (NULL: nobody asks) is over: the way
// to the next member can be long.
bool zip_local_find(Walk *walk, Source *source, uint64_t from, GBytes **ret_name,
                    ZipEntry *ret_entry, ZipLocal *ret_local);
