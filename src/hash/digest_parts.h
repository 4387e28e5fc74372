// SPDX-License-Identifier: Apache-2.0
//
// How digest_fd() shares the work of one DigestState between threads. Private to hash/.
#pragma once

#include "hash/digest.h"

#define DIGEST_PARTS_MAX 2

// Into how many parts that different threads may update the state's work falls: one when fused, two
// with libcrypto (MD5; SHA-1 and SHA-256).
unsigned digest_state_parts(const DigestState *state);

// Updates one part only. Every part must be given the same bytes.
void digest_state_update_part(DigestState *state, unsigned part, const void *bytes, size_t size);

// A buffer of DIGEST_BUFFER_BYTES that lives as long as the state.
#define DIGEST_BUFFER_BYTES ((size_t)128 << 10)
uint8_t *digest_state_buffer(DigestState *state);
