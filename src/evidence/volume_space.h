// SPDX-License-Identifier: Apache-2.0
//
// Volume space: which bytes of a medium were delivered as files or partitions, so that all others
// can be searched, none of them twice. What belongs to nothing is free space, the metadata of the
// file system, gaps, and blocks that are marked as in use but belong to no file: a hiding place
// that a file system's own table of free blocks would not show.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"
#include "evidence/walk.h"

typedef struct VolumeSpace VolumeSpace;

VolumeSpace *volume_space_new(uint64_t size_bytes);
void volume_space_free(VolumeSpace *space);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VolumeSpace, volume_space_free)

// These bytes were delivered. Cut to the medium. A medium in more pieces than can be remembered
// forgets the last ones: they are searched as well.
void volume_space_use(VolumeSpace *space, uint64_t offset, uint64_t size_bytes);

// These bytes lie behind a file's end in its last block: used, and searched at every byte.
void volume_space_add_slack(VolumeSpace *space, uint64_t offset, uint64_t size_bytes);

// One run of a deleted file that can be read: the first `content_bytes` of it are the file's. It
// counts as used, with slack behind the contents, if by the end no other owner turns out to claim
// any run of this owner's. Else nobody knows whose it is, and it is searched.
void volume_space_claim(VolumeSpace *space, uint64_t owner, uint64_t offset, uint64_t size_bytes,
                        uint64_t content_bytes);

// Searches slack, then all that was not used, by walk_leftover, there at multiples of `alignment`.
// Once, at the end. False when the walk is over.
bool volume_space_search(VolumeSpace *space, Walk *walk, Source *medium, uint32_t alignment);
