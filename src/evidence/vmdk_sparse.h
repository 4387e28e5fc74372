// SPDX-License-Identifier: Apache-2.0
//
// One sparse extent of a VMDK disk: grains behind two levels of tables of 32-bit sector numbers.
// Numbers are little-endian. Source: "Virtual Disk Format 5.0", VMware, 2011.
//
//   "KDMV" (hosted):  4  4  version   8   4  flags     12  8  sectors       20  8  sectors a grain
//                     28 8  descriptor's sector, 36  8  its sectors         44  4  entries a table
//                     48 8  second directory     56  8  directory           77  2  compression
//   "COWD" (ESX):     4  4  version   12  4  sectors   16  4  sectors a grain
//                     20 4  directory 24  4  its entries; tables of 4096 entries
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/piece_medium.h"
#include "evidence/source.h"

typedef struct VmdkSparse VmdkSparse;

// Opens the extent in `file` (borrowed, must outlive it). CLEW_ERROR_CORRUPT or _UNSUPPORTED.
VmdkSparse *vmdk_sparse_open(Source *file, GError **err);
void vmdk_sparse_free(VmdkSparse *sparse);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VmdkSparse, vmdk_sparse_free)

uint64_t vmdk_sparse_sectors(const VmdkSparse *sparse);

// The descriptor inside; NULL when there is none. Newly allocated.
char *vmdk_sparse_descriptor(const VmdkSparse *sparse);

// As PieceMapOps.find, with offsets in the extent.
bool vmdk_sparse_find(const VmdkSparse *sparse, uint64_t offset, Piece *ret_piece, GError **err);
