// SPDX-License-Identifier: Apache-2.0
//
// The three exact digests of one byte stream, as raw bytes.
#pragma once

#include <stdint.h>
#include <string.h>

#define MD5_BYTES 16
#define SHA1_BYTES 20
#define SHA256_BYTES 32
#define PDQ_BYTES 32

typedef struct {
    uint8_t md5[MD5_BYTES];
    uint8_t sha1[SHA1_BYTES];
    uint8_t sha256[SHA256_BYTES];
} Digests;

// For hash tables whose keys begin with a SHA-256 (GHashFunc, GEqualFunc).
unsigned sha256_key_hash(const void *key);
int sha256_key_equal(const void *a, const void *b);

// Bits in which two PDQ hashes differ, 0 to 256.
static inline unsigned pdq_distance(const uint8_t a[PDQ_BYTES], const uint8_t b[PDQ_BYTES])
{
    uint64_t left[PDQ_BYTES / 8], right[PDQ_BYTES / 8];
    memcpy(left, a, PDQ_BYTES);
    memcpy(right, b, PDQ_BYTES);
    unsigned bits = 0;
    for (unsigned i = 0; i < PDQ_BYTES / 8; i++)
        bits += (unsigned)__builtin_popcountll(left[i] ^ right[i]);
    return bits;
}
