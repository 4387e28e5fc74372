// SPDX-License-Identifier: Apache-2.0
#include "model/plain_text.h"

#include <glib.h>

static bool is_harmful(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static bool is_printable_ascii(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_isprint(text[i]))
            return false;
    return true;
}

bool plain_text_is(const char *text, size_t length)
{
    if (is_printable_ascii(text, length))
        return true;
    if (!g_utf8_validate_len(text, length, NULL))
        return false;
    for (const char *at = text; at < text + length; at = g_utf8_next_char(at))
        if (is_harmful(g_utf8_get_char(at)))
            return false;
    return true;
}

static gunichar replacement(gunichar c)
{
    return c == '\t' || c == '\n' || c == '\r' ? ' ' : is_harmful(c) ? 0xfffd : c;
}

char *plain_text_new(const char *text, size_t length, size_t limit_bytes)
{
    if (length <= limit_bytes && is_printable_ascii(text, length))
        return g_strndup(text, length);
    // Every byte may become three; what lies past the limit cannot matter.
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)MIN(length, limit_bytes + 4));
    GString *plain = g_string_new(NULL);
    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        char bytes[6];
        int count = g_unichar_to_utf8(replacement(g_utf8_get_char(at)), bytes);
        if (plain->len + (size_t)count > limit_bytes)
            break;
        g_string_append_len(plain, bytes, count);
    }
    return g_string_free(plain, FALSE);
}
