// SPDX-License-Identifier: Apache-2.0
//
// The two headers of a 7z archive (7zFormat.txt of the LZMA SDK): the one at its start says where
// the one at its end lies, and that one may itself be packed or encrypted.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"

typedef enum {
    SEVENZIP_EMPTY,     // an archive without members has no header at its end
    SEVENZIP_PLAIN,     // the header lists the members
    SEVENZIP_PACKED,    // it is packed, as it mostly is
    SEVENZIP_ENCRYPTED, // it is encrypted: not even names can be seen
    SEVENZIP_CUT,       // the archive ends before it
    SEVENZIP_DAMAGED,   // its checksum is wrong, or that of the start header
} SevenzipState;

typedef struct {
    SevenzipState state;
    uint64_t end; // first byte behind the archive, as its start says; may lie behind the source
} SevenzipHeader;

// Reads the headers of the archive that begins at `begin`, where the signature is.
SevenzipHeader sevenzip_header_read(Source *source, uint64_t begin);

// A packed end header with these bytes asks for decryption.
bool sevenzip_header_is_encrypted(const uint8_t *bytes, size_t size);
