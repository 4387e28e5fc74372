// SPDX-License-Identifier: Apache-2.0
//
// Any text as a cursor is refused, since nobody can make its checksum; any place made into one
// comes back the same.
#include "api/cursor.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"

static const uint8_t key[API_CURSOR_KEY_BYTES] = {7};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    ApiPlace place = {0}, read;
    if (api_cursor_read(key, "fuzz", text, &read, NULL))
        abort();

    size_t numbers = MIN(size, sizeof place.numbers);
    memcpy(place.numbers, data, numbers);
    g_strlcpy(place.text, text, sizeof place.text);
    g_autofree char *cursor = api_cursor_new(key, "fuzz", &place);
    if (!api_cursor_read(key, "fuzz", cursor, &read, NULL) ||
        memcmp(read.numbers, place.numbers, sizeof read.numbers) != 0 ||
        strcmp(read.text, place.text) != 0)
        abort();
    if (api_cursor_read(key, "other", cursor, &read, NULL))
        abort();
    return 0;
}
