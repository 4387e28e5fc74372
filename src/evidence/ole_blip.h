// SPDX-License-Identifier: Apache-2.0
//
// Blips: the pictures that Office keeps as drawing records ([MS-ODRAW] 2.2.23 to 2.2.31). A record
// is known by its first four bytes, so blips are found wherever they lie, also those that an edited
// document no longer points to.
//
//   0  version 0 and instance: which picture format, and whether there are one or two digests
//   2  type 0xf01a to 0xf01f, 0xf029, 0xf02a
//   4  length of what follows
//   8  16-byte digest, once or twice; then one byte, or for metafiles a header of 34 bytes
//      with sizes and how it is packed; then the picture
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"

typedef enum {
    OLE_BLIP_WHOLE, // JPEG, PNG, TIFF: the file as it was inserted
    OLE_BLIP_DIB,   // a bitmap file without its first 14 bytes
    OLE_BLIP_METAFILE,
} OleBlipKind;

typedef struct {
    uint64_t record_offset, record_bytes; // header included
    OleBlipKind kind;
    uint64_t offset, size_bytes; // of the picture
    bool is_packed;              // by zlib
} OleBlip;

// The next record at or behind `offset`; false when there is none. With an error in err when the
// source could not be read.
bool ole_blip_find(Source *source, uint64_t offset, OleBlip *ret_blip, GError **err);
