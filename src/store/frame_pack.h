// SPDX-License-Identifier: Apache-2.0
//
// Hashed frames as packed bytes: number and milliseconds as 32-bit words, lowest byte first,
// quality, hash. What the database holds and what the digest of a video's frames is made over.
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "model/video.h"

#define FRAME_PACKED_BYTES (2u * 4u + 1u + PDQ_BYTES)

void frame_pack(const FrameHash *frame, uint8_t ret_bytes[FRAME_PACKED_BYTES]);
FrameHash frame_unpack(const uint8_t bytes[FRAME_PACKED_BYTES]);

// SHA-256 over packed frames. `work` is a GChecksum of that type, reset before and after.
void frames_digest(const FrameHash *frames, size_t count, GChecksum *work,
                   uint8_t ret_digest[SHA256_BYTES]);
