// SPDX-License-Identifier: Apache-2.0
//
//   offset size
//        0    1  CURSOR_VERSION
//        1   32  the numbers, little-endian
//       33    n  the text, without NUL
//     33+n   16  HMAC-SHA-256 over all before and over the purpose, cut
//
// as base64 with the alphabet of URLs and without padding.
#include "api/cursor.h"

#include <string.h>

#define CURSOR_VERSION 1
#define MAC_BYTES 16
#define SHA256_BYTES 32
#define HEAD_BYTES (1 + 8 * API_CURSOR_NUMBERS)
#define CURSOR_BYTES_MAX (HEAD_BYTES + LIMIT_API_CURSOR_TEXT + MAC_BYTES)
#define CURSOR_TEXT_MAX ((CURSOR_BYTES_MAX + 2) / 3 * 4)

static void write_mac(const uint8_t *key, const char *purpose, const uint8_t *bytes, size_t size,
                      uint8_t *ret_mac)
{
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, key, API_CURSOR_KEY_BYTES);
    uint8_t digest[SHA256_BYTES];
    gsize digest_size = sizeof digest;
    // The size stands between the two, so that no byte can move from one to the other.
    uint32_t size_bytes = GUINT32_TO_LE((uint32_t)size);
    g_hmac_update(hmac, (const guchar *)&size_bytes, sizeof size_bytes);
    g_hmac_update(hmac, bytes, (gssize)size);
    g_hmac_update(hmac, (const guchar *)purpose, -1);
    g_hmac_get_digest(hmac, digest, &digest_size);
    memcpy(ret_mac, digest, MAC_BYTES);
}

char *api_cursor_new(const uint8_t key[static API_CURSOR_KEY_BYTES], const char *purpose,
                     const ApiPlace *place)
{
    uint8_t bytes[CURSOR_BYTES_MAX] = {CURSOR_VERSION};
    for (unsigned i = 0; i < API_CURSOR_NUMBERS; i++) {
        uint64_t number = GUINT64_TO_LE((uint64_t)place->numbers[i]);
        memcpy(bytes + 1 + 8 * i, &number, sizeof number);
    }
    size_t text_bytes = strnlen(place->text, LIMIT_API_CURSOR_TEXT);
    memcpy(bytes + HEAD_BYTES, place->text, text_bytes);
    size_t size = HEAD_BYTES + text_bytes;
    write_mac(key, purpose, bytes, size, bytes + size);
    char *text = g_base64_encode(bytes, size + MAC_BYTES);
    for (char *c = text; *c != '\0'; c++) {
        if (*c == '=')
            *c = '\0'; // padding, which stands at the end only
        else if (*c == '+')
            *c = '-';
        else if (*c == '/')
            *c = '_';
    }
    return text;
}

static bool refuse(GError **err)
{
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                        "the cursor was not made for this list; begin it again without a cursor");
    return false;
}

// Undoes the alphabet and adds the padding. NULL for anything that is not such text.
static uint8_t *decoded(const char *cursor, size_t *ret_size)
{
    size_t length = strlen(cursor);
    if (length == 0 || length > CURSOR_TEXT_MAX || length % 4 == 1)
        return NULL;
    g_autoptr(GString) standard = g_string_sized_new(length + 3);
    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isalnum(cursor[i]) && cursor[i] != '-' && cursor[i] != '_')
            return NULL;
        g_string_append_c(standard, cursor[i] == '-' ? '+' : cursor[i] == '_' ? '/' : cursor[i]);
    }
    while (standard->len % 4 != 0)
        g_string_append_c(standard, '=');
    return g_base64_decode(standard->str, ret_size);
}

// In constant time, so that a checksum cannot be found byte by byte.
static bool macs_equal(const uint8_t *a, const uint8_t *b)
{
    unsigned difference = 0;
    for (unsigned i = 0; i < MAC_BYTES; i++)
        difference |= a[i] ^ b[i];
    return difference == 0;
}

bool api_cursor_read(const uint8_t key[static API_CURSOR_KEY_BYTES], const char *purpose,
                     const char *cursor, ApiPlace *ret_place, GError **err)
{
    size_t size = 0;
    g_autofree uint8_t *bytes = decoded(cursor, &size);
    if (bytes == NULL || size < HEAD_BYTES + MAC_BYTES || size > CURSOR_BYTES_MAX ||
        bytes[0] != CURSOR_VERSION)
        return refuse(err);
    size -= MAC_BYTES;
    uint8_t mac[MAC_BYTES];
    write_mac(key, purpose, bytes, size, mac);
    if (!macs_equal(mac, bytes + size))
        return refuse(err);

    ApiPlace place = {0};
    for (unsigned i = 0; i < API_CURSOR_NUMBERS; i++) {
        uint64_t number;
        memcpy(&number, bytes + 1 + 8 * i, sizeof number);
        place.numbers[i] = (int64_t)GUINT64_FROM_LE(number);
    }
    memcpy(place.text, bytes + HEAD_BYTES, size - HEAD_BYTES);
    *ret_place = place;
    return true;
}
