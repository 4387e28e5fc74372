// SPDX-License-Identifier: Apache-2.0
//
// RAR archives as containers. The headers are read here (evidence/rar_structure.h): they name the
// members, and say what is encrypted or packed in a way that libarchive does not know. libarchive
// unpacks; a member that needs no other is unpacked for itself, so that what is damaged or
// encrypted stands in nobody's way.
#pragma once

#include "evidence/walk.h"

// Opens the archive that begins at `begin` of `source`, with the volumes that follow it.
void rar_archive_open(Walk *walk, Source *source, uint64_t begin);
