// SPDX-License-Identifier: Apache-2.0
//
// The medium of a VMDK disk: its extents one after another.
//
//     vmdk_medium_new -> vmdk_medium_add_… for each extent, in order -> vmdk_medium_finish
#pragma once

#include <stdint.h>

#include "evidence/piece_medium.h"
#include "evidence/source.h"
#include "evidence/vmdk_sparse.h"

typedef struct VmdkMedium VmdkMedium;

VmdkMedium *vmdk_medium_new(void);
void vmdk_medium_free(VmdkMedium *vmdk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VmdkMedium, vmdk_medium_free)

// Raw bytes of `file` (borrowed, must outlive the medium) from `offset` on.
void vmdk_medium_add_flat(VmdkMedium *vmdk, uint64_t size_bytes, Source *file, uint64_t offset);
// Takes the sparse extent.
void vmdk_medium_add_sparse(VmdkMedium *vmdk, uint64_t size_bytes, VmdkSparse *sparse);
void vmdk_medium_add_zeroes(VmdkMedium *vmdk, uint64_t size_bytes);

// Bytes so far.
uint64_t vmdk_medium_size(const VmdkMedium *vmdk);

// Takes `vmdk`.
PieceMedium *vmdk_medium_finish(VmdkMedium *vmdk);
