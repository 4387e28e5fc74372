// SPDX-License-Identifier: Apache-2.0
//
// Compressed RTF, as mail stores keep message bodies (MS-OXRTFCP).
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The RTF in `bytes`; NULL with err set: CLEW_ERROR_CORRUPT, or CLEW_ERROR_LIMIT past
// LIMIT_EVIDENCE_MEMORY_BYTES. What breaks off gives what is there; *ret_is_damaged says so, and
// that a checksum is wrong.
GBytes *rtf_compressed_unpack(const uint8_t *bytes, size_t size, bool *ret_is_damaged,
                              GError **err);
