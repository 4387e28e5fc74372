// SPDX-License-Identifier: Apache-2.0
//
// Free space of an Outlook store. Private to the sealed object of libpff.
#pragma once

#include <libpff.h>

#include "evidence/walk.h"

// Searches blocks that no item has, for media. Most stores scramble their contents byte by byte;
// then it is the plain bytes that are searched, and delivered.
void pst_search_free(Walk *walk, Source *source, libpff_file_t *file);
