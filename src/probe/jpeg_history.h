// SPDX-License-Identifier: Apache-2.0
//
// How a JPEG was last saved, as its header says: quality, colour sampling, kind of scan.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    unsigned quality; // 1-100, at which the usual encoder makes nearly these tables; 0: not known
    unsigned across, down; // pixels of luma for one of colour; 0: not known, or grey
    bool is_progressive;
} JpegHistory;

// Of bytes that begin like a JPEG; what cannot be read stays 0.
JpegHistory jpeg_history(const uint8_t *bytes, size_t size_bytes);
