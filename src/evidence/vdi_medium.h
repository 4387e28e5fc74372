// SPDX-License-Identifier: Apache-2.0
//
// The medium inside a VDI image (VirtualBox), version 1: blocks behind a table of 32-bit numbers.
// Numbers are little-endian. Source: VDICore.h of VirtualBox.
//
//   64  4  0xbeda107f          76  4  1 dynamic, 2 fixed, 3 undo, 4 differencing
//   68  4  version, 0x00010001 340 4  offset of the table   344  4  offset of the first block
//   368 8  size of the medium  376 4  bytes in a block      384  4  blocks
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "evidence/piece_medium.h"
#include "evidence/source.h"

// Opens the image in `file` (borrowed, must outlive the medium). CLEW_ERROR_CORRUPT or
// _UNSUPPORTED. `ret_is_differencing`: what it does not hold lies in a parent, which it knows by a
// number only.
PieceMedium *vdi_medium_open(Source *file, bool *ret_is_differencing, GError **err);
