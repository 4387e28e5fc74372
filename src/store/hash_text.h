// SPDX-License-Identifier: Apache-2.0
//
// SHA-256 over a sequence of fields, each with its length in front, so that no two sequences give
// the same bytes. What the audit log hashes is written with these calls and nothing else.
#pragma once

#include <openssl/types.h>
#include <stddef.h>
#include <stdint.h>

#include "model/digest_set.h"

// `label` says what is hashed and in which version.
EVP_MD_CTX *hash_text_new(const char *label);

// Eight bytes, most significant first.
void hash_text_number(EVP_MD_CTX *hash, uint64_t number);

// Length as a number, then the bytes. NULL with 0 is empty.
void hash_text_bytes(EVP_MD_CTX *hash, const void *bytes, size_t size_bytes);

// Frees the state.
void hash_text_finish(EVP_MD_CTX *hash, uint8_t ret_hash[SHA256_BYTES]);
