// SPDX-License-Identifier: Apache-2.0
#include "evidence/ole_values.h"

#include <stdbool.h>

#define REPLACEMENT 0xfffdu
// From 1601-01-01 to 1970-01-01 in seconds ([MS-DTYP] 2.3.3).
#define EPOCH_SECONDS 11644473600ll
// 10000-01-01 in seconds since 1970.
#define END_SECONDS 253402300800ll
#define TICKS_PER_SECOND 10000000u

static unsigned unit_at(const uint8_t *bytes, size_t i)
{
    return bytes[2 * i] | (unsigned)bytes[2 * i + 1] << 8;
}

char *ole_utf16_new(const uint8_t *bytes, size_t units)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < units; i++) {
        gunichar character = unit_at(bytes, i);
        if (character == 0)
            break;
        bool is_high = character >= 0xd800 && character < 0xdc00;
        unsigned next = is_high && i + 1 < units ? unit_at(bytes, i + 1) : 0;
        if (next >= 0xdc00 && next < 0xe000) {
            character = 0x10000 + ((character - 0xd800) << 10) + (next - 0xdc00);
            i++;
        } else if (character >= 0xd800 && character < 0xe000) {
            character = REPLACEMENT;
        }
        g_string_append_unichar(text, character);
    }
    return g_string_free(text, FALSE);
}

ItemTime ole_filetime(uint64_t filetime)
{
    int64_t seconds = (int64_t)(filetime / TICKS_PER_SECOND) - EPOCH_SECONDS;
    if (filetime == 0 || seconds >= END_SECONDS)
        return (ItemTime){.zone = ZONE_NONE};
    return (ItemTime){.seconds = seconds,
                      .nanoseconds = (uint32_t)(filetime % TICKS_PER_SECOND) * 100,
                      .zone = ZONE_UTC};
}
