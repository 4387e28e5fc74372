// SPDX-License-Identifier: Apache-2.0
#include "cases/totp.h"

#include <glib.h>
#include <liboath/oath.h>
#include <sodium.h>
#include <string.h>

#define RECOVERY_LETTERS 16u // of 5 bits
#define RECOVERY_GROUP 4u

static const char base32_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static void start_libraries(void)
{
    static gsize started;
    if (!g_once_init_enter(&started))
        return;
    int sodium = sodium_init();
    int oath = oath_init();
    g_assert(sodium >= 0 && oath == OATH_OK);
    g_once_init_leave(&started, 1);
}

void totp_secret_new(uint8_t ret_secret[TOTP_SECRET_BYTES])
{
    start_libraries();
    randombytes_buf(ret_secret, TOTP_SECRET_BYTES);
}

// Without padding: 20 bytes are 32 letters.
static void to_base32(const uint8_t *bytes, size_t size_bytes, char *ret_text)
{
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < size_bytes; i++) {
        bits = bits << 8 | bytes[i];
        for (count += 8; count >= 5; count -= 5)
            *ret_text++ = base32_letters[bits >> (count - 5) & 31];
    }
    *ret_text = '\0';
}

char *totp_uri(const uint8_t secret[TOTP_SECRET_BYTES], const char *issuer, const char *account)
{
    char letters[TOTP_SECRET_BYTES * 8 / 5 + 1];
    to_base32(secret, TOTP_SECRET_BYTES, letters);
    g_autofree char *by = g_uri_escape_string(issuer, NULL, false);
    g_autofree char *name = g_uri_escape_string(account, NULL, false);
    char *uri = g_strdup_printf("otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=%u&"
                                "period=%d",
                                by, name, letters, by, TOTP_DIGITS, TOTP_STEP_SECONDS);
    sodium_memzero(letters, sizeof letters);
    return uri;
}

void totp_code(const uint8_t secret[TOTP_SECRET_BYTES], int64_t step,
               char ret_code[TOTP_DIGITS + 1])
{
    start_libraries();
    int result = oath_hotp_generate((const char *)secret, TOTP_SECRET_BYTES, (uint64_t)step,
                                    TOTP_DIGITS, false, OATH_HOTP_DYNAMIC_TRUNCATION, ret_code);
    g_assert(result == OATH_OK);
}

int64_t totp_step_of(int64_t now_us)
{
    return now_us / G_TIME_SPAN_SECOND / TOTP_STEP_SECONDS;
}

bool totp_is_code(const char *text)
{
    return strlen(text) == TOTP_DIGITS && strspn(text, "0123456789") == TOTP_DIGITS;
}

size_t totp_match(const uint8_t secret[TOTP_SECRET_BYTES], const char *code, int64_t now_us,
                  int64_t ret_steps[2 * TOTP_WINDOW + 1])
{
    if (!totp_is_code(code))
        return 0;
    size_t count = 0;
    int64_t now = totp_step_of(now_us);
    for (int64_t step = now - TOTP_WINDOW; step <= now + TOTP_WINDOW; step++) {
        char expected[TOTP_DIGITS + 1];
        totp_code(secret, step, expected);
        if (sodium_memcmp(expected, code, TOTP_DIGITS) == 0)
            ret_steps[count++] = step;
        sodium_memzero(expected, sizeof expected);
    }
    return count;
}

void recovery_code_new(char ret_code[RECOVERY_CODE_LENGTH + 1])
{
    start_libraries();
    size_t at = 0;
    for (unsigned i = 0; i < RECOVERY_LETTERS; i++) {
        if (i > 0 && i % RECOVERY_GROUP == 0)
            ret_code[at++] = '-';
        ret_code[at++] = g_ascii_tolower(base32_letters[randombytes_uniform(32)]);
    }
    ret_code[at] = '\0';
}

bool recovery_code_hash(const char *text, uint8_t ret_hash[RECOVERY_HASH_BYTES])
{
    static const char purpose[] = "clew recovery code";
    char letters[RECOVERY_LETTERS];
    size_t count = 0;
    for (; *text != '\0'; text++) {
        char letter = g_ascii_toupper(*text);
        if (letter == '-' || letter == ' ')
            continue;
        if (count == RECOVERY_LETTERS || strchr(base32_letters, letter) == NULL)
            return false;
        letters[count++] = letter;
    }
    if (count != RECOVERY_LETTERS)
        return false;
    start_libraries();
    crypto_generichash(ret_hash, RECOVERY_HASH_BYTES, (const uint8_t *)letters, sizeof letters,
                       (const uint8_t *)purpose, sizeof purpose);
    return true;
}
