// SPDX-License-Identifier: Apache-2.0
//
// Volume signatures: which file system, or other way to lay out a volume, do its first blocks speak
// of? By own tests of a few bytes with the fields around them, no library: they are asked of every
// item of unknown type, and they name what Clew cannot open.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "evidence/source.h"

typedef enum {
    VOLUME_NTFS,
    VOLUME_FAT,
    VOLUME_EXFAT,
    VOLUME_EXT,
    VOLUME_HFS_PLUS,
    VOLUME_APFS,
    VOLUME_ISO9660,
    VOLUME_UFS,
    VOLUME_OPENED_COUNT,                // evidence/file_system.h opens those above
    VOLUME_OTHER = VOLUME_OPENED_COUNT, // it has files, which Clew does not know to find
    VOLUME_SWAP,                        // a piece of memory, without any layout
} VolumeKind;

typedef struct {
    VolumeKind kind;
    const char *name;   // "NTFS"
    const char *prefix; // short, lower case, for names and layers: "ntfs"
} VolumeSignature;

// More than a medium can carry side by side.
#define VOLUME_SIGNATURES_MAX 16

// Fills `ret_found` (room for VOLUME_SIGNATURES_MAX) with all that fit, those that can be opened
// first, and returns how many. Borrowed from a static table. A dozen small reads at most.
size_t volume_signature_find(Source *source, const VolumeSignature *ret_found[]);
