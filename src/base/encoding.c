// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"

#include <glib.h>
#include <string.h>

void encoding_to_hex(const uint8_t *bytes, size_t size_bytes, char *ret_text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size_bytes; i++) {
        ret_text[2 * i] = digits[bytes[i] >> 4];
        ret_text[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret_text[2 * size_bytes] = '\0';
}

char *encoding_hex_new(const uint8_t *bytes, size_t size_bytes)
{
    char *text = g_malloc(2 * size_bytes + 1);
    encoding_to_hex(bytes, size_bytes, text);
    return text;
}

// Lists of millions of hashes come through here, and their digits cannot be predicted: no branch
// depends on a digit.
static inline bool is_hex(char c)
{
    return ((unsigned char)(c - '0') < 10) | ((unsigned char)((c | 0x20) - 'a') < 6);
}

// Of a character that is a hexadecimal digit: letters lie 9 behind their low four bits.
static inline unsigned hex_value(char c)
{
    return ((unsigned char)c & 15u) + 9u * ((unsigned char)c >> 6);
}

bool encoding_from_hex(const char *text, size_t text_length, uint8_t *ret_bytes, size_t size_bytes)
{
    if (text_length % 2 != 0 || text_length / 2 != size_bytes)
        return false;
    bool all_hex = true;
    for (size_t i = 0; i < text_length; i++)
        all_hex &= is_hex(text[i]);
    if (!all_hex)
        return false;

    for (size_t i = 0; i < size_bytes; i++)
        ret_bytes[i] = (uint8_t)(hex_value(text[2 * i]) << 4 | hex_value(text[2 * i + 1]));
    return true;
}

// Value of one base64 digit, or -1.
static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool encoding_from_base64(const char *text, size_t text_length, uint8_t *ret_bytes,
                          size_t size_bytes)
{
    if (text_length != (size_bytes + 2) / 3 * 4)
        return false;
    size_t padding = (3 - size_bytes % 3) % 3;
    for (size_t i = 0; i < text_length; i++)
        if (i < text_length - padding ? base64_value(text[i]) < 0 : text[i] != '=')
            return false;

    for (size_t i = 0, out = 0; i < text_length; i += 4) {
        uint32_t group = 0;
        for (size_t k = 0; k < 4; k++)
            group = group << 6 | (text[i + k] == '=' ? 0u : (uint32_t)base64_value(text[i + k]));
        for (size_t k = 0; k < 3 && out < size_bytes; k++)
            ret_bytes[out++] = (uint8_t)(group >> (16 - 8 * k));
    }
    return true;
}
