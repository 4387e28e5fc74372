// SPDX-License-Identifier: Apache-2.0
//
// Single compressed files as containers: what they hold is one item, or, where that is a tar or
// cpio archive, its members, so that a large .tar.gz need not be unpacked whole before it is looked
// into. Only one layer of compression is taken off here.
#pragma once

#include "evidence/archive_unpack.h"
#include "evidence/walk.h"

void archive_packed_open(Walk *walk, ArchivePacking packing, Source *source);
