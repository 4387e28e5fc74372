// SPDX-License-Identifier: Apache-2.0
//
// MD5, SHA-1 and SHA-256 compression side by side, for x86-64 with SHA instructions. Private to
// hash/.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define DIGEST_BLOCK_BYTES 64

// Chaining values, in the order in which the standards name them.
typedef struct {
    uint32_t md5[4], sha1[5], sha256[8];
} DigestWords;

// Takes `blocks` blocks of 64 bytes. `md5_bytes` and `sha_bytes` are the same but for the padding
// of the last block, where MD5 writes the length the other way round.
void digest_fused_blocks(DigestWords *words, const uint8_t *md5_bytes, const uint8_t *sha_bytes,
                         size_t blocks);
