// SPDX-License-Identifier: Apache-2.0
#include "cases/audit_key.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/encoding.h"
#include "base/error.h"

#define ID_DIGITS (2 * AUDIT_KEY_ID_BYTES)
#define MATERIAL_BYTES (1 + AUDIT_KEY_BYTES) // type and key
#define DIGEST_BYTES 32

bool audit_key_name_is_sound(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > AUDIT_KEY_NAME_MAX)
        return false;
    for (size_t i = 0; i < length; i++)
        if (name[i] <= ' ' || name[i] > '~' || name[i] == '+')
            return false;
    return true;
}

static void compute_id(AuditKey *key)
{
    uint8_t digest[DIGEST_BYTES];
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const uint8_t type[2] = {'\n', (uint8_t)key->type};
    g_byte_array_append(bytes, (const uint8_t *)key->name, (unsigned)strlen(key->name));
    g_byte_array_append(bytes, type, sizeof type);
    g_byte_array_append(bytes, key->key, AUDIT_KEY_BYTES);
    EVP_Digest(bytes->data, bytes->len, digest, NULL, EVP_sha256(), NULL);
    memcpy(key->id, digest, AUDIT_KEY_ID_BYTES);
}

bool audit_key_init(AuditKey *key, const char *name, AuditKeyType type,
                    const uint8_t bytes[AUDIT_KEY_BYTES], GError **err)
{
    if (!audit_key_name_is_sound(name)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "the name of a signing key must be 1 to %u printable characters without spaces "
                    "and plus signs",
                    AUDIT_KEY_NAME_MAX);
        return false;
    }
    memset(key, 0, sizeof *key);
    g_strlcpy(key->name, name, sizeof key->name);
    key->type = type;
    memcpy(key->key, bytes, AUDIT_KEY_BYTES);
    compute_id(key);
    return true;
}

static bool refuse(const char *why, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                "this is no public key of the form NAME+ID+KEY: %s", why);
    return false;
}

bool audit_key_parse(const char *text, AuditKey *ret_key, GError **err)
{
    AuditKey key;
    uint8_t id[AUDIT_KEY_ID_BYTES], material[MATERIAL_BYTES];
    g_auto(GStrv) parts = g_strsplit(text, "+", 3);
    if (g_strv_length(parts) != 3)
        return refuse("it has no two plus signs", err);
    if (!encoding_from_hex(parts[1], strlen(parts[1]), id, sizeof id))
        return refuse("the id is not eight hexadecimal digits", err);
    if (!encoding_from_base64(parts[2], strlen(parts[2]), material, sizeof material))
        return refuse("the key is not 33 bytes of base64", err);
    if (material[0] != AUDIT_KEY_LOG && material[0] != AUDIT_KEY_WITNESS)
        return refuse("its type is neither Ed25519 nor an Ed25519 cosignature", err);
    if (!audit_key_init(&key, parts[0], (AuditKeyType)material[0], material + 1, err))
        return false;
    if (memcmp(key.id, id, sizeof id) != 0)
        return refuse("the id is not that of this name and key", err);
    *ret_key = key;
    return true;
}

char *audit_key_text(const AuditKey *key)
{
    char id[ID_DIGITS + 1];
    uint8_t material[MATERIAL_BYTES] = {(uint8_t)key->type};
    encoding_to_hex(key->id, sizeof key->id, id);
    memcpy(material + 1, key->key, AUDIT_KEY_BYTES);
    g_autofree char *text = g_base64_encode(material, sizeof material);
    return g_strdup_printf("%s+%s+%s", key->name, id, text);
}

bool audit_key_verify(const AuditKey *key, const void *message, size_t size_bytes,
                      const uint8_t signature[AUDIT_SIGNATURE_BYTES])
{
    EVP_PKEY *public_key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->key, AUDIT_KEY_BYTES);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_valid =
        public_key != NULL && context != NULL &&
        EVP_DigestVerifyInit(context, NULL, NULL, NULL, public_key) == 1 &&
        EVP_DigestVerify(context, signature, AUDIT_SIGNATURE_BYTES, message, size_bytes) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(public_key);
    return is_valid;
}

// ---- The secret half --------------------------------------------------------------------------

void audit_seed_clear(AuditSeed *seed)
{
    OPENSSL_cleanse(seed, sizeof *seed);
}

bool audit_seed_new(AuditSeed *ret_seed, GError **err)
{
    if (RAND_priv_bytes(ret_seed->bytes, sizeof ret_seed->bytes) == 1)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL,
                "cannot make a signing key: the system gave no random bytes");
    return false;
}

static EVP_PKEY *secret_key(const AuditSeed *seed)
{
    return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed->bytes, sizeof seed->bytes);
}

bool audit_seed_public(const AuditSeed *seed, uint8_t ret_key[AUDIT_KEY_BYTES])
{
    size_t size = AUDIT_KEY_BYTES;
    EVP_PKEY *key = secret_key(seed);
    bool ok = key != NULL && EVP_PKEY_get_raw_public_key(key, ret_key, &size) == 1;
    EVP_PKEY_free(key);
    return ok;
}

bool audit_seed_sign(const AuditSeed *seed, const void *message, size_t size_bytes,
                     uint8_t ret_signature[AUDIT_SIGNATURE_BYTES])
{
    size_t size = AUDIT_SIGNATURE_BYTES;
    EVP_PKEY *key = secret_key(seed);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = key != NULL && context != NULL &&
              EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
              EVP_DigestSign(context, ret_signature, &size, message, size_bytes) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return ok;
}
