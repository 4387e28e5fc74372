// SPDX-License-Identifier: Apache-2.0
#include "evidence/zip_crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdbool.h>
#include <string.h>
#include <zlib.h>

#include "base/error.h"

#define TRADITIONAL_HEADER_BYTES 12u
#define AES_SALT_BYTES_MAX 16u
#define AES_KEY_BYTES_MAX 32u
#define AES_CHECK_BYTES 2u
#define AES_CODE_BYTES 10u
#define AES_ROUNDS 1000
#define AES_BLOCK_BYTES 16u
// Key stream made at a time.
#define AES_PIECE_BYTES (256u * AES_BLOCK_BYTES)

static unsigned aes_key_bytes(const ZipCipher *cipher)
{
    return 8u * (cipher->aes_strength + 1u);
}

static unsigned aes_salt_bytes(const ZipCipher *cipher)
{
    return 4u * (cipher->aes_strength + 1u);
}

const char *zip_cipher_name(const ZipCipher *cipher)
{
    static const char *const names[] = {"ZipCrypto", "AES-128", "AES-192", "AES-256"};
    return names[cipher->aes_strength & 3];
}

uint64_t zip_cipher_overhead(const ZipCipher *cipher)
{
    if (cipher->aes_strength == 0)
        return TRADITIONAL_HEADER_BYTES;
    return aes_salt_bytes(cipher) + AES_CHECK_BYTES + AES_CODE_BYTES;
}

static bool deny(GError **err)
{
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_DENIED, "the password does not fit");
    return false;
}

// ---- The traditional cipher -------------------------------------------------------------------

typedef struct {
    ArchiveStream *packed;
    uint32_t keys[3];
} Traditional;

static uint32_t crc_step(uint32_t crc, uint8_t byte)
{
    return (uint32_t)get_crc_table()[(crc ^ byte) & 0xff] ^ crc >> 8;
}

static void update_keys(uint32_t *keys, uint8_t byte)
{
    keys[0] = crc_step(keys[0], byte);
    keys[1] = (keys[1] + (keys[0] & 0xff)) * 134775813u + 1;
    keys[2] = crc_step(keys[2], (uint8_t)(keys[1] >> 24));
}

static void decrypt_traditional(uint32_t *keys, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint32_t mixed = (keys[2] | 2) & 0xffff;
        bytes[i] ^= (uint8_t)(mixed * (mixed ^ 1) >> 8);
        update_keys(keys, bytes[i]);
    }
}

static ssize_t traditional_read(void *state, void *target, size_t size, GError **err)
{
    Traditional *traditional = state;
    ssize_t count = archive_stream_read(traditional->packed, target, size, err);
    if (count > 0)
        decrypt_traditional(traditional->keys, target, (size_t)count);
    return count;
}

static void traditional_free(void *state)
{
    Traditional *traditional = state;
    archive_stream_free(traditional->packed);
    g_free(traditional);
}

static ArchiveStream *traditional_new(ArchiveStream *packed, const ZipCipher *cipher,
                                      const char *password, GError **err)
{
    static const ArchiveStreamOps ops = {traditional_read, traditional_free};
    uint8_t header[TRADITIONAL_HEADER_BYTES];
    uint32_t keys[3] = {0x12345678, 0x23456789, 0x34567890};
    for (const char *c = password; *c != '\0'; c++)
        update_keys(keys, (uint8_t)*c);
    ssize_t count = archive_stream_fill(packed, header, sizeof header, err);
    bool is_whole = count == (ssize_t)sizeof header;
    if (is_whole)
        decrypt_traditional(keys, header, sizeof header);
    if (!is_whole || header[sizeof header - 1] != cipher->check) {
        if (count >= 0)
            deny(err);
        archive_stream_free(packed);
        return NULL;
    }
    Traditional *traditional = g_new(Traditional, 1);
    traditional->packed = packed;
    memcpy(traditional->keys, keys, sizeof keys);
    return archive_stream_new(&ops, traditional);
}

// ---- AES --------------------------------------------------------------------------------------

// Counter mode with a little-endian counter that begins at 1, which libcrypto's CTR has not.
typedef struct {
    ArchiveStream *packed; // without the authentication code
    ArchiveStream *code;
    EVP_CIPHER_CTX *cipher;
    EVP_MAC_CTX *mac;
    uint64_t counter;
    size_t used; // of `keys`
    uint8_t keys[AES_PIECE_BYTES];
} Aes;

static void aes_free(void *state)
{
    Aes *aes = state;
    EVP_CIPHER_CTX_free(aes->cipher);
    EVP_MAC_CTX_free(aes->mac);
    archive_stream_free(aes->packed);
    archive_stream_free(aes->code);
    OPENSSL_cleanse(aes->keys, sizeof aes->keys);
    g_free(aes);
}

static bool fail_library(GError **err)
{
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_INTERNAL, "libcrypto refuses AES or HMAC");
    return false;
}

// The next piece of key stream.
static bool make_keys(Aes *aes, GError **err)
{
    uint8_t counters[AES_PIECE_BYTES] = {0};
    for (size_t at = 0; at < sizeof counters; at += AES_BLOCK_BYTES) {
        aes->counter++;
        for (unsigned i = 0; i < 8; i++)
            counters[at + i] = (uint8_t)(aes->counter >> 8 * i);
    }
    int size = 0;
    if (EVP_EncryptUpdate(aes->cipher, aes->keys, &size, counters, sizeof counters) != 1)
        return fail_library(err);
    aes->used = 0;
    return true;
}

static ssize_t check_code(Aes *aes, GError **err)
{
    uint8_t stored[AES_CODE_BYTES], made[EVP_MAX_MD_SIZE];
    size_t made_bytes = 0;
    ssize_t count = archive_stream_fill(aes->code, stored, sizeof stored, err);
    if (count < 0)
        return -1;
    if (EVP_MAC_final(aes->mac, made, &made_bytes, sizeof made) != 1) {
        fail_library(err);
        return -1;
    }
    if (count == sizeof stored && made_bytes >= sizeof stored &&
        CRYPTO_memcmp(stored, made, sizeof stored) == 0)
        return 0;
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                        "its authentication code is wrong: it is damaged");
    return -1;
}

static ssize_t aes_read(void *state, void *target, size_t size, GError **err)
{
    Aes *aes = state;
    ssize_t count = archive_stream_read(aes->packed, target, size, err);
    if (count < 0)
        return -1;
    if (count == 0)
        return check_code(aes, err);
    uint8_t *bytes = target;
    if (EVP_MAC_update(aes->mac, bytes, (size_t)count) != 1) {
        fail_library(err);
        return -1;
    }
    for (ssize_t i = 0; i < count; i++) {
        if (aes->used == sizeof aes->keys && !make_keys(aes, err))
            return -1;
        bytes[i] ^= aes->keys[aes->used++];
    }
    return count;
}

static bool begin_mac(Aes *aes, const uint8_t *key, size_t key_bytes)
{
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    if (hmac == NULL)
        return false;
    aes->mac = EVP_MAC_CTX_new(hmac);
    EVP_MAC_free(hmac);
    char digest[] = "SHA1";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    return aes->mac != NULL && EVP_MAC_init(aes->mac, key, key_bytes, parameters) == 1;
}

static bool begin_cipher(Aes *aes, const uint8_t *key, size_t key_bytes)
{
    const EVP_CIPHER *kind = key_bytes == 16   ? EVP_aes_128_ecb()
                             : key_bytes == 24 ? EVP_aes_192_ecb()
                                               : EVP_aes_256_ecb();
    aes->cipher = EVP_CIPHER_CTX_new();
    aes->used = sizeof aes->keys;
    return aes->cipher != NULL && EVP_EncryptInit_ex(aes->cipher, kind, NULL, key, NULL) == 1 &&
           EVP_CIPHER_CTX_set_padding(aes->cipher, 0) == 1;
}

// Derives the keys and compares the two check bytes.
static bool begin_aes(Aes *aes, const ZipCipher *cipher, const uint8_t *start, const char *password,
                      GError **err)
{
    unsigned key_bytes = aes_key_bytes(cipher), salt_bytes = aes_salt_bytes(cipher);
    uint8_t derived[2 * AES_KEY_BYTES_MAX + AES_CHECK_BYTES];
    if (PKCS5_PBKDF2_HMAC_SHA1(password, -1, start, (int)salt_bytes, AES_ROUNDS,
                               (int)(2 * key_bytes + AES_CHECK_BYTES), derived) != 1)
        return fail_library(err);
    bool fits = memcmp(derived + 2 * (size_t)key_bytes, start + salt_bytes, AES_CHECK_BYTES) == 0;
    bool is_begun = fits && begin_cipher(aes, derived, key_bytes) &&
                    begin_mac(aes, derived + key_bytes, key_bytes);
    OPENSSL_cleanse(derived, sizeof derived);
    if (!fits)
        return deny(err);
    return is_begun || fail_library(err);
}

static ArchiveStream *aes_new(Source *source, uint64_t offset, uint64_t packed_bytes,
                              const ZipCipher *cipher, const char *password, GError **err)
{
    static const ArchiveStreamOps ops = {aes_read, aes_free};
    uint8_t start[AES_SALT_BYTES_MAX + AES_CHECK_BYTES];
    size_t start_bytes = aes_salt_bytes(cipher) + AES_CHECK_BYTES;
    if (!source_read_exact(source, offset, start, start_bytes, err))
        return NULL;
    Aes *aes = g_new0(Aes, 1);
    if (!begin_aes(aes, cipher, start, password, err)) {
        aes_free(aes);
        return NULL;
    }
    uint64_t data_bytes = packed_bytes - start_bytes - AES_CODE_BYTES;
    aes->packed = archive_stream_new_range(source, offset + start_bytes, data_bytes);
    aes->code = archive_stream_new_range(source, offset + start_bytes + data_bytes, AES_CODE_BYTES);
    return archive_stream_new(&ops, aes);
}

ArchiveStream *zip_decrypt_new(Source *source, uint64_t offset, uint64_t packed_bytes,
                               const ZipCipher *cipher, const char *password, GError **err)
{
    if (packed_bytes < zip_cipher_overhead(cipher)) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                            "it is shorter than the header of its cipher");
        return NULL;
    }
    if (cipher->aes_strength > 0)
        return aes_new(source, offset, packed_bytes, cipher, password, err);
    ArchiveStream *packed = archive_stream_new_range(source, offset, packed_bytes);
    return traditional_new(packed, cipher, password, err);
}
