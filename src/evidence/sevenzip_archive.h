// SPDX-License-Identifier: Apache-2.0
//
// 7z archives as containers. libarchive unpacks; what it cannot open at all is told from the
// headers.
#pragma once

#include "evidence/walk.h"

// Opens the archive that begins at `begin` of `source`.
void sevenzip_archive_open(Walk *walk, Source *source, uint64_t begin);
