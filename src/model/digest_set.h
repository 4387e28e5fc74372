// SPDX-License-Identifier: Apache-2.0
//
// The three exact digests of one byte stream, as raw bytes.
#pragma once

#include <stdint.h>

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
