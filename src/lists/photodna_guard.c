// SPDX-License-Identifier: Apache-2.0
#include "lists/photodna_guard.h"

#include <string.h>

#include "base/encoding.h"

#define PHOTODNA_BYTES 144

// FNV-1a; a collision could at worst refuse a value that Clew does not match.
static uint64_t hash_bytes(const void *data, size_t size_bytes)
{
    const uint8_t *bytes = data;
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < size_bytes; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

static bool decode(const char *text, uint8_t *ret_value)
{
    size_t length = strlen(text);
    return encoding_from_base64(text, length, ret_value, PHOTODNA_BYTES) ||
           encoding_from_hex(text, length, ret_value, PHOTODNA_BYTES);
}

bool photodna_guard_refuses(PhotodnaGuard *guard, const char *photodna, const uint8_t *md5)
{
    uint8_t value[PHOTODNA_BYTES];
    if (!decode(photodna, value))
        return true;
    if (memcmp(value, value + 1, sizeof value - 1) == 0)
        return true;

    uint64_t value_hash = hash_bytes(value, sizeof value);
    uint64_t md5_hash = md5 != NULL ? hash_bytes(md5, 16) : 0;
    size_t slot = value_hash % PHOTODNA_GUARD_SLOTS;
    if (guard->slots[slot].value == value_hash) {
        guard->slots[slot].count += guard->slots[slot].md5 != md5_hash || md5 == NULL;
        guard->slots[slot].md5 = md5_hash;
    } else if (guard->slots[slot].count > 1) {
        guard->slots[slot].count--;
    } else {
        guard->slots[slot].value = value_hash;
        guard->slots[slot].md5 = md5_hash;
        guard->slots[slot].count = 1;
    }
    return guard->slots[slot].value == value_hash && guard->slots[slot].count > PHOTODNA_REPEATS;
}
