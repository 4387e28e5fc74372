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
        // At its end it would become one with the blank of the next layer.
        if (strncmp(name, " > ", 3) == 0 || strcmp(name, " >") == 0) {
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

// The value of two hexadecimal digits, or -1.
static int hex_pair(const char *at)
{
    int high = g_ascii_xdigit_value(at[0]);
    int low = high >= 0 ? g_ascii_xdigit_value(at[1]) : -1;
    return low >= 0 ? high << 4 | low : -1;
}

// "{XXXX}" behind a "\\u"; 0 when it is none.
static gunichar braced_rune(const char **at)
{
    gunichar rune = 0;
    const char *next = *at;
    if (*next++ != '{')
        return 0;
    for (; *next != '}'; next++) {
        int digit = g_ascii_xdigit_value(*next);
        if (digit < 0 || rune > 0x10ffff >> 4)
            return 0;
        rune = rune << 4 | (gunichar)digit;
    }
    *at = next + 1;
    return g_unichar_validate(rune) ? rune : 0;
}

static bool append_unescaped(GString *name, const char **at)
{
    char kind = *(*at)++;
    int byte;
    gunichar rune;
    switch (kind) {
    case '\\':
        g_string_append_c(name, '\\');
        return true;
    case 'n':
        g_string_append_c(name, '\n');
        return true;
    case 't':
        g_string_append_c(name, '\t');
        return true;
    case 'x':
        byte = hex_pair(*at);
        if (byte <= 0)
            return false;
        g_string_append_c(name, (char)byte);
        *at += 2;
        return true;
    case 'u':
        rune = braced_rune(at);
        if (rune == 0)
            return false;
        g_string_append_unichar(name, rune);
        return true;
    default:
        return false;
    }
}

char *path_text_decode(const char *text)
{
    g_autoptr(GString) name = g_string_new(NULL);
    while (*text != '\0') {
        if (*text != '\\')
            g_string_append_c(name, *text++);
        else if (text++, !append_unescaped(name, &text))
            return NULL;
    }
    return g_string_free(g_steal_pointer(&name), FALSE);
}
