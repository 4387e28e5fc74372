// SPDX-License-Identifier: Apache-2.0
//
// Hexadecimal and base64 text from outside: whatever decodes must encode to the same text again,
// and a decoder that refuses writes nothing. The smallest target; copy it for a new one.
#include "base/encoding.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"

#define UNTOUCHED 0xA5

static void check_hex(const char *text, size_t length)
{
    uint8_t bytes[32];
    char again[2 * sizeof bytes + 1];
    size_t size = length / 2 < sizeof bytes ? length / 2 : sizeof bytes;
    memset(bytes, UNTOUCHED, sizeof bytes);
    if (encoding_from_hex(text, length, bytes, size)) {
        encoding_to_hex(bytes, size, again);
        for (size_t i = 0; i < length; i++)
            if (again[i] != (text[i] >= 'A' && text[i] <= 'F' ? text[i] + ('a' - 'A') : text[i]))
                abort();
        return;
    }
    for (size_t i = 0; i < sizeof bytes; i++)
        if (bytes[i] != UNTOUCHED)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    uint8_t bytes[32];
    check_hex(text, size);
    encoding_from_base64(text, size, bytes, 16);
    encoding_from_base64(text, size, bytes, 20);
    encoding_from_base64(text, size, bytes, 32);
    return 0;
}
