// SPDX-License-Identifier: Apache-2.0
//
// File systems through The Sleuth Kit: NTFS, FAT, exFAT, ext2/3/4, HFS+, APFS, ISO 9660, UFS.
// Allocated, deleted and orphaned entries become children in the order in which the folders list
// them, orphans last. The library finds folders, metadata and runs; contents are read by Clew.
//
// What is delivered: every file, under every name it has, and every stream of it: NTFS alternate
// streams, the bad clusters that $BadClus holds (never its holes), resource forks. Metadata files
// ($MFT, $LogFile …) are files like others. Folders and what stands for something else (links,
// devices) are not read: links and devices are named.
//
// The library's FAT times come out right only with TZ=UTC0 in the environment; they are local times
// of an unknown zone. It is weak against hostile bytes and runs confined.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"
#include "evidence/volume_signature.h"
#include "evidence/volume_space.h"
#include "evidence/walk.h"

typedef struct FileSystem FileSystem;

// Borrows walk and volume until it is closed. NULL with `ret_reason` (newly allocated) when the
// library does not take the bytes for a file system of this kind.
FileSystem *file_system_open(Walk *walk, Source *volume, VolumeKind kind, char **ret_reason);
void file_system_close(FileSystem *file_system);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FileSystem, file_system_close)

// Bytes of the volume that it claims; may be more than there are.
uint64_t file_system_size(const FileSystem *file_system);

typedef struct {
    const char *prefix;   // of names and layers, when one volume holds several; NULL: none
    uint32_t orphans_max; // 0: LIMIT_EVIDENCE_ORPHANS
} FileSystemOptions;

// Delivers all its files, and tells `space` which bytes they cover. False when the walk is over.
bool file_system_walk(FileSystem *file_system, FileSystemOptions options, VolumeSpace *space);
