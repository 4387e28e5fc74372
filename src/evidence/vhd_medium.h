// SPDX-License-Identifier: Apache-2.0
//
// The medium inside a VHD image: fixed (raw bytes before a footer), dynamic and differencing
// (blocks behind a table). Numbers are big-endian. Source: "Virtual Hard Disk Image Format
// Specification", Microsoft, 2006.
//
//   footer, the last 512 bytes (its copy begins a file that is not fixed):
//   0   8  "conectix"        16  8  offset of the dynamic header
//   48  8  size of the medium 60  4  2 fixed, 3 dynamic, 4 differencing
//
//   dynamic header:
//   0   8  "cxsparse"        16  8  offset of the table, 32 bits for each block, counted in sectors
//   28  4  blocks            32  4  bytes in a block
//   64  512  name of the parent, UTF-16BE    576  192  eight places where its path is stored
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "evidence/piece_medium.h"
#include "evidence/source.h"

typedef struct {
    bool is_differencing;
    char *parent_name; // UTF-8; NULL when it cannot be read
} VhdFacts;

void vhd_facts_clear(VhdFacts *facts);

// Is it a fixed image? It has no mark but at its end. (The others begin with the magic.)
bool vhd_is_fixed(Source *file);

// Opens the image in `file` (borrowed, must outlive the medium). CLEW_ERROR_CORRUPT or
// _UNSUPPORTED. `ret_facts` is filled on success.
PieceMedium *vhd_medium_open(Source *file, VhdFacts *ret_facts, GError **err);
