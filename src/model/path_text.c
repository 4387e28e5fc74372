// SPDX-License-Identifier: Apache-2.0
#include "model/path_text.h"

#include <stdbool.h>
#include <string.h>

// Characters that reorder or hide the text around them.
static bool is_invisible(gunichar c)
{
    return (c >= 0x80 && c < 0xa0) || c == 0xad || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

static void append_ascii(GString *text, unsigned char c)
{
    if (c == '\\')
        g_string_append(text, "\\\\");
    else if (c == '\n')
        g_string_append(text, "\\n");
    else if (c == '\t')
        g_string_append(text, "\\t");
    else if (c < 0x20 || c == 0x7f)
        g_string_append_printf(text, "\\x%02x", c);
    else
        g_string_append_c(text, (char)c);
}

void path_text_append(GString *text, const char *name)
{
    while (*name != '\0') {
        unsigned char c = (unsigned char)*name;
        if (strncmp(name, " > ", 3) == 0) {
            g_string_append(text, " \\x3e");
            name += 2; // the second blank may begin the next " > "
            continue;
        }
        if (c < 0x80) {
            append_ascii(text, c);
            name++;
            continue;
        }
        gunichar rune = g_utf8_get_char_validated(name, -1);
        if (rune == (gunichar)-1 || rune == (gunichar)-2) {
            g_string_append_printf(text, "\\x%02x", c);
            name++;
            continue;
        }
        const char *next = g_utf8_next_char(name);
        if (is_invisible(rune))
            g_string_append_printf(text, "\\u{%x}", rune);
        else
            g_string_append_len(text, name, next - name);
        name = next;
    }
}

char *path_text_new(const char *name)
{
    GString *text = g_string_new(NULL);
    path_text_append(text, name);
    return g_string_free(text, FALSE);
}
