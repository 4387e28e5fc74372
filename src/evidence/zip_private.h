// SPDX-License-Identifier: Apache-2.0
//
// What the files that take ZIP archives apart share. Private to evidence/zip_structure.c and
// zip_local.c.
#pragma once

#include "evidence/zip_structure.h"

#define ZIP_SIGNATURE_LOCAL 0x04034b50u
#define ZIP_SIGNATURE_ENTRY 0x02014b50u
#define ZIP_SIGNATURE_END 0x06054b50u
#define ZIP_SIGNATURE_END64 0x06064b50u
#define ZIP_SIGNATURE_LOCATOR 0x07064b50u
#define ZIP_SIGNATURE_DESCRIPTOR 0x08074b50u

static inline uint32_t zip_u32(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static inline uint64_t zip_u64(const uint8_t *bytes)
{
    return zip_u32(bytes) | (uint64_t)zip_u32(bytes + 4) << 32;
}

// Takes the extra fields of an entry or local header apart (APPNOTE 4.5 and the Info-ZIP list).
// `offset` and `disk` are widened where the fixed part has no room; NULL: nobody asks.
void zip_read_extra(const uint8_t *bytes, size_t size, ZipEntry *entry, uint64_t *offset,
                    uint32_t *disk);

// Folders, links and devices by the attributes of the system that made the archive (4.4.15), and
// folders by their name. What has bytes of its own is looked at, whatever it is called.
bool zip_is_without_bytes(const ZipEntry *entry, unsigned system, uint32_t attributes);
