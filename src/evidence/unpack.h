// SPDX-License-Identifier: Apache-2.0
//
// Unpacks one block of a disk image, whose unpacked size is known, in one go.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    PACKING_ZLIB,    // RFC 1950, its checksum verified
    PACKING_DEFLATE, // RFC 1951
    PACKING_ZSTD,    // one frame
    PACKING_BZIP2,   // one stream
    PACKING_XZ,      // one stream
    PACKING_ADLER32, // not compressed; an Adler-32 of it follows, little-endian
    PACKING_ADC,     // Apple Data Compression
} Packing;

// Unpacks into `target` and returns true when that gives `least_bytes` to `size_bytes`; what lacks
// is zeroed. Bytes behind the end of the packed stream are ignored. `ret_bytes` (may be NULL) is
// how many there were. CLEW_ERROR_CORRUPT when the stream is damaged or gives another size.
bool unpack(Packing packing, const uint8_t *packed, size_t packed_bytes, uint8_t *target,
            size_t least_bytes, size_t size_bytes, size_t *ret_bytes, GError **err);
