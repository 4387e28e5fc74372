// SPDX-License-Identifier: Apache-2.0
#include "model/digest_set.h"

#include <string.h>

unsigned sha256_key_hash(const void *key)
{
    unsigned value;
    memcpy(&value, key, sizeof value);
    return value;
}

int sha256_key_equal(const void *a, const void *b)
{
    return memcmp(a, b, SHA256_BYTES) == 0;
}
