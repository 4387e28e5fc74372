// SPDX-License-Identifier: Apache-2.0
//
// Volume: a raw medium as it lies on a disk, stick or card. A partition table is taken apart into
// partitions and the space between them; where there is none, the file system that fills the medium
// is walked (evidence/file_system.h). Every byte of the medium ends in a child, in a search of what
// lies between the children, or in a finding that says why it was not looked at.
//
// A partition is a child of its own, whose bytes are recognised afresh: a BSD label inside a DOS
// partition, or an image file inside a file system, opens by the same way.
#pragma once

#include <stdint.h>

#include "evidence/container.h"
#include "evidence/source.h"
#include "evidence/walk.h"

// A source that begins with a partition table, a file system or the header of an encrypted volume.
extern const Container volume_container;

// Walks a medium from its first byte to its last, whether anything is recognised on it or not. For
// what holds a medium (E01, VMDK …) as well as for a raw one. Borrows `medium` during the call.
void volume_walk(Walk *walk, Source *medium);
