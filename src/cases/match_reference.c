// SPDX-License-Identifier: Apache-2.0
//
// A reference is tag and cipher text of an entry's number: the tag is a keyed hash of the number,
// the number is hidden under a keyed hash of the tag. The same entry always has the same reference,
// so that those who ask can see that two uploads are the same known thing.
#include <string.h>

#include "base/encoding.h"
#include "base/error.h"
#include "cases/match_reference.h"

#define HALF_BYTES sizeof(uint64_t)

static void half_of(const Vault *vault, const char *purpose, const uint8_t input[HALF_BYTES],
                    uint8_t ret_half[HALF_BYTES])
{
    uint8_t hash[VAULT_HASH_BYTES];
    vault_keyed_hash(vault, purpose, input, HALF_BYTES, hash);
    memcpy(ret_half, hash, HALF_BYTES);
}

static void tag_of(const Vault *vault, uint64_t entry, uint8_t ret_tag[HALF_BYTES])
{
    uint64_t number = GUINT64_TO_LE(entry);
    uint8_t plain[HALF_BYTES];
    memcpy(plain, &number, HALF_BYTES);
    half_of(vault, "match reference tag", plain, ret_tag);
}

void match_reference_seal(const Vault *vault, uint64_t entry,
                          char ret_reference[MATCH_REFERENCE_LENGTH + 1])
{
    uint8_t bytes[2 * HALF_BYTES], mask[HALF_BYTES];
    uint64_t number = GUINT64_TO_LE(entry);
    tag_of(vault, entry, bytes);
    half_of(vault, "match reference mask", bytes, mask);
    memcpy(bytes + HALF_BYTES, &number, HALF_BYTES);
    for (unsigned i = 0; i < HALF_BYTES; i++)
        bytes[HALF_BYTES + i] ^= mask[i];
    encoding_to_hex(bytes, sizeof bytes, ret_reference);
}

static bool unseal(const Vault *vault, const char *reference, uint64_t *ret_entry)
{
    uint8_t bytes[2 * HALF_BYTES], mask[HALF_BYTES], tag[HALF_BYTES];
    if (!encoding_from_hex(reference, strlen(reference), bytes, sizeof bytes))
        return false;
    half_of(vault, "match reference mask", bytes, mask);
    for (unsigned i = 0; i < HALF_BYTES; i++)
        mask[i] ^= bytes[HALF_BYTES + i];
    uint64_t number;
    memcpy(&number, mask, HALF_BYTES);
    number = GUINT64_FROM_LE(number);
    tag_of(vault, number, tag);
    if (memcmp(tag, bytes, HALF_BYTES) != 0)
        return false;
    *ret_entry = number;
    return true;
}

bool match_reference_open(Casework *work, const char *reference, uint64_t *ret_entry, GError **err)
{
    const Vault *vault = casework_vault(work, err);
    if (vault == NULL)
        return false;
    if (unseal(vault, reference, ret_entry))
        return true;
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                        "this server gave no such reference");
    return false;
}
