// SPDX-License-Identifier: Apache-2.0
#include "store/hash_text.h"

#include <glib.h>
#include <openssl/evp.h>
#include <string.h>

EVP_MD_CTX *hash_text_new(const char *label)
{
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    if (hash == NULL || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
        g_error("SHA-256 cannot be had from libcrypto");
    hash_text_bytes(hash, label, strlen(label));
    return hash;
}

void hash_text_number(EVP_MD_CTX *hash, uint64_t number)
{
    uint64_t bytes = GUINT64_TO_BE(number);
    EVP_DigestUpdate(hash, &bytes, sizeof bytes);
}

void hash_text_bytes(EVP_MD_CTX *hash, const void *bytes, size_t size_bytes)
{
    hash_text_number(hash, size_bytes);
    if (size_bytes > 0)
        EVP_DigestUpdate(hash, bytes, size_bytes);
}

void hash_text_finish(EVP_MD_CTX *hash, uint8_t ret_hash[SHA256_BYTES])
{
    EVP_DigestFinal_ex(hash, ret_hash, NULL);
    EVP_MD_CTX_free(hash);
}
