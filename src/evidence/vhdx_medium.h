// SPDX-License-Identifier: Apache-2.0
//
// The medium inside a VHDX image. Two region tables (at 192 and 256 KiB) say where the metadata and
// the table of blocks (BAT) lie; the metadata say how large the medium and a block are, and what
// the parent is called. Numbers are little-endian. Source: [MS-VHDX], Microsoft.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "evidence/piece_medium.h"
#include "evidence/source.h"

typedef struct {
    bool is_differencing;
    char *parent_name; // a path, UTF-8; NULL when it cannot be read
    bool has_log;      // writes that were not carried out; they are not replayed
} VhdxFacts;

void vhdx_facts_clear(VhdxFacts *facts);

// Opens the image in `file` (borrowed, must outlive the medium). CLEW_ERROR_CORRUPT. `ret_facts` is
// filled on success.
PieceMedium *vhdx_medium_open(Source *file, VhdxFacts *ret_facts, GError **err);
