// SPDX-License-Identifier: Apache-2.0
//
// Device-independent bitmaps as documents keep them: a bitmap file without its first 14 bytes.
// These follow from what comes after, so the file can be had back as it was.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"

#define OLE_DIB_FILE_HEADER_BYTES 14u

// The bitmap file of the DIB that is all of `dib` (borrowed; must outlive the result). NULL when it
// does not begin with a bitmap header. Yours to free.
Source *ole_dib_file_new(Source *dib);
