// SPDX-License-Identifier: Apache-2.0
//
// The medium inside an Apple disk image (UDIF): packed blocks first, then a property list in XML
// with tables of them in base64, then a trailer of 512 bytes. Numbers are big-endian. Source: the
// headers of libdmg-hfsplus and "Demystifying the DMG File Format", J. Levin, 2013.
//
//   trailer: 0  4  "koly"     24  8  offset of the data fork   56  4  number of this segment
//            60 4  segments   216 8  offset of the list        224 8  its length
//            492 8 sectors of the medium
//   table:   0  4  "mish"     8   8  first sector              24  8  offset in the data fork
//            200 4 blocks, from 204 on:
//   block:   0  4  type       8   8  sector, from the first    16  8  sectors
//            24 8  offset     32  8  bytes
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "evidence/piece_medium.h"
#include "evidence/source.h"

// Does the file end with the trailer, or with the mark of the older encrypted form?
bool dmg_has_trailer(Source *file);

// Opens the image in `file` (borrowed, must outlive the medium). CLEW_ERROR_CORRUPT, _UNSUPPORTED,
// _LIMIT, or _DENIED when it is encrypted.
PieceMedium *dmg_medium_open(Source *file, GError **err);
