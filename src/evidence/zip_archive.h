// SPDX-License-Identifier: Apache-2.0
//
// ZIP archives as containers, and all that is one by another name (OOXML, ODF, EPUB, APK, JAR, XPS,
// UFDR, iWork). The members are those of the directory, in its order, and each can be read without
// the others; libarchive unpacks what is neither stored nor deflated. What the directory does not
// account for is searched: members without an entry, bytes before, between and behind.
#pragma once

#include <stdbool.h>

#include "evidence/walk.h"

// Is there an end record that leads to a directory, behind bytes of another type?
bool zip_archive_is_behind(Source *source);

// Opens an archive that begins or ends in `source`.
void zip_archive_open(Walk *walk, Source *source);
