// SPDX-License-Identifier: Apache-2.0
#include "mail_fixture.h"

#include <string.h>

GBytes *sample_picture(size_t size, uint32_t seed)
{
    static const uint8_t magic[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    uint8_t *bytes = g_malloc(size);
    for (size_t i = 0; i < size; i++) {
        seed = seed * 1664525u + 1013904223u;
        bytes[i] = i < sizeof magic ? magic[i] : (uint8_t)(seed >> 24);
    }
    return g_bytes_new_take(bytes, size);
}

char *base64_lines(GBytes *bytes, size_t width, const char *line_break)
{
    g_autofree char *digits =
        g_base64_encode(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    GString *text = g_string_new(NULL);
    size_t length = strlen(digits);
    for (size_t at = 0; at < length; at += width) {
        g_string_append_len(text, digits + at, (gssize)MIN(width, length - at));
        g_string_append(text, line_break);
    }
    return g_string_free(text, FALSE);
}

static char uu_digit(unsigned value)
{
    return value == 0 ? '`' : (char)(value + 0x20);
}

char *uuencoded(GBytes *bytes, const char *name)
{
    size_t size;
    const uint8_t *data = g_bytes_get_data(bytes, &size);
    GString *text = g_string_new(NULL);
    g_string_printf(text, "begin 644 %s\n", name);
    for (size_t line = 0; line < size; line += 45) {
        size_t count = MIN((size_t)45, size - line);
        g_string_append_c(text, uu_digit((unsigned)count));
        for (size_t i = 0; i < count; i += 3) {
            uint8_t group[3] = {0};
            memcpy(group, data + line + i, MIN((size_t)3, count - i));
            g_string_append_c(text, uu_digit(group[0] >> 2));
            g_string_append_c(text, uu_digit((group[0] & 3u) << 4 | group[1] >> 4));
            g_string_append_c(text, uu_digit((group[1] & 15u) << 2 | group[2] >> 6));
            g_string_append_c(text, uu_digit(group[2] & 63u));
        }
        g_string_append_c(text, '\n');
    }
    g_string_append(text, "`\nend\n");
    return g_string_free(text, FALSE);
}

char *quoted_printable(GBytes *bytes)
{
    size_t size;
    const uint8_t *data = g_bytes_get_data(bytes, &size);
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < size; i++)
        g_string_append_printf(text, i % 24 == 23 ? "=%02X=\n" : "=%02X", data[i]);
    return g_string_free(text, FALSE);
}

Walked *walk_text(const char *text, const char *name)
{
    return walk_fixture_bytes(text, strlen(text), name, (WalkFixtureOptions){0});
}

void assert_item(const Walked *walked, const char *path, GBytes *bytes)
{
    const WalkedItem *item = walked_find(walked, path);
    if (item == NULL)
        walked_dump(walked);
    g_assert_nonnull(item);
    g_autofree char *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
    g_assert_cmpstr(item->sha256, ==, sha256);
    g_assert_cmpstr(item->reason, ==, NULL);
}

void assert_status(const Walked *walked, const char *path, Status status, const char *word)
{
    const WalkedItem *item = walked_find(walked, path);
    if (item == NULL)
        walked_dump(walked);
    g_assert_nonnull(item);
    g_assert_cmpstr(status_name(item->status), ==, status_name(status));
    g_assert_nonnull(strstr(item->reason, word));
}

bool has_identifier(const WalkedItem *item, const char *value)
{
    for (unsigned i = 0; i < item->identifiers->len; i++) {
        const Identifier *identifier = item->identifiers->pdata[i];
        if (g_str_equal(identifier->value, value))
            return true;
    }
    return false;
}
