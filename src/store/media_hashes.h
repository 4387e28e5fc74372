// SPDX-License-Identifier: Apache-2.0
//
// Perceptual hashes of a picture and of its embedded thumbnail as packed bytes, with all eight
// orientations, so that a picture can be asked about again without being decoded again.
//
//   sections of MEDIA_HASHES_SECTION bytes:
//     1    pipeline; 0x10 added: of the thumbnail
//     1    quality, 0-100
//     256  eight hashes of 32 bytes
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/record.h"

#define MEDIA_HASHES_SECTION (2u + ORIENTATION_COUNT * PDQ_BYTES)
#define MEDIA_HASHES_MAX (2u * PIPELINE_COUNT * MEDIA_HASHES_SECTION)

// NULL when there are none. Facts may be NULL.
GBytes *media_hashes_pack(const StillFacts *still, const StillFacts *thumbnail);

// Fills in the hashes of both; false when the bytes are not packed hashes.
bool media_hashes_unpack(const uint8_t *bytes, size_t size_bytes, PdqFacts still[PIPELINE_COUNT],
                         PdqFacts thumbnail[PIPELINE_COUNT]);
