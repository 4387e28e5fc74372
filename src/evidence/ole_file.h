// SPDX-License-Identifier: Apache-2.0
//
// OleFile: the storages and streams of an OLE2 compound file ([MS-CFB]): doc, xls, ppt, msg, msi,
// Thumbs.db. A file system in small: sectors, a table of chains (FAT), a directory; streams below
// 4096 bytes lie in mini sectors inside one big stream.
//
// Made for files that are damaged, cut short or hostile: what can be read is listed, a chain that
// breaks off gives the bytes before the break, nothing recurses, and the work is bounded by the
// number of sectors. Entries that the directory tree does not lead to are listed as well: that is
// how a stream is hidden or left behind.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"

// Storages in storages that are followed.
#define OLE_DEPTH_MAX 32u
#define OLE_NO_PARENT UINT32_MAX

typedef struct {
    char *name;      // UTF-8, control characters as they are; of this storage or stream alone
    uint32_t id;     // number in the file's directory
    uint32_t parent; // its storage, as a number in this list; OLE_NO_PARENT in the root
    bool is_storage;
    bool is_unlinked;    // nothing leads to it
    uint64_t size_bytes; // of a stream, as the directory says
    uint32_t first_sector;
} OleEntry;

typedef struct OleFile OleFile;

// Reads header, FAT and directory. The source is borrowed and must outlive the file.
// CLEW_ERROR_CORRUPT when it is no compound file or its directory cannot be read; CLEW_ERROR_LIMIT
// when it has more sectors than are followed.
OleFile *ole_file_open(Source *source, GError **err);
void ole_file_free(OleFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OleFile, ole_file_free)

// Storages before what lies in them; without the root itself. Borrowed.
uint32_t ole_file_count(const OleFile *file);
const OleEntry *ole_file_entry(const OleFile *file, uint32_t number);

// Why entries were left out, as a phrase: nested deeper than OLE_DEPTH_MAX, too many; or NULL.
const char *ole_file_left_out(const OleFile *file);

// Names of the storages around it and its own, joined by '/'. Newly allocated.
char *ole_file_path(const OleFile *file, uint32_t number);

// The entry of this name in a storage (OLE_NO_PARENT: the root), or NULL.
const OleEntry *ole_file_find(const OleFile *file, uint32_t parent, const char *name);

// The bytes of a stream, fewer than its size when its chain breaks off. Yours to free; must not
// outlive the file.
Source *ole_file_stream(const OleFile *file, const OleEntry *entry);

// What belongs to no stream: free and lost sectors, the rest of last sectors. Extents of the
// source, ascending, without what lies behind the end. Owned by the caller.
GArray *ole_file_unused(const OleFile *file);

// The first byte behind the last sector in use; and whether what follows lies in free sectors of
// the file itself (or there is nothing).
uint64_t ole_file_end(const OleFile *file);
bool ole_file_ends_in_free_sectors(const OleFile *file);

// Bytes that the FAT gives away but that lie behind the end of the source: the file is cut short.
uint64_t ole_file_missing_bytes(const OleFile *file);
