// SPDX-License-Identifier: Apache-2.0
//
// The directory of a compound file: entries of 128 bytes, each storage's children in a red-black
// tree of their own ([MS-CFB] 2.6). Private to ole_file.c and ole_directory.c.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/ole_file.h"

#define OLE_DIRECTORY_ENTRY_BYTES 128u

typedef struct {
    GArray *entries;       // of OleEntry, storages before what lies in them; owned with the names
    uint32_t first_sector; // of the stream that holds the mini sectors
    const char *left_out;  // as ole_file_left_out
} OleDirectory;

// Lists all entries of `source`, which is the whole directory. `has_long_sizes`: sizes have 64
// bits. CLEW_ERROR_CORRUPT without a root, CLEW_ERROR_LIMIT without memory.
bool ole_directory_read(Source *source, bool has_long_sizes, OleDirectory *ret_directory,
                        GError **err);
void ole_directory_clear(OleDirectory *directory);
