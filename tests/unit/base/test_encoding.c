// SPDX-License-Identifier: Apache-2.0
//
// Hexadecimal and base64 are strict and go there and back.
#include <glib.h>
#include <string.h>

#include "base/encoding.h"

static void hex_goes_there_and_back(void)
{
    uint8_t bytes[256], again[256];
    for (unsigned i = 0; i < 256; i++)
        bytes[i] = (uint8_t)i;
    g_autofree char *text = encoding_hex_new(bytes, sizeof bytes);
    g_assert_cmpuint(strlen(text), ==, 512);
    g_assert_true(encoding_from_hex(text, 512, again, sizeof again));
    g_assert_cmpmem(bytes, 256, again, 256);
}

static void hex_takes_either_case(void)
{
    uint8_t bytes[2];
    g_assert_true(encoding_from_hex("aBCd", 4, bytes, 2));
    g_assert_cmphex(bytes[0], ==, 0xab);
    g_assert_cmphex(bytes[1], ==, 0xcd);
}

static void wrong_hex_writes_nothing(void)
{
    static const char *const wrong[] = {"abc", "abcg", "ab d", "abcde", "0xab", ""};
    for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
        uint8_t bytes[2] = {7, 7};
        g_assert_false(encoding_from_hex(wrong[i], strlen(wrong[i]), bytes, 2));
        g_assert_cmpuint(bytes[0], ==, 7);
        g_assert_cmpuint(bytes[1], ==, 7);
    }
}

// Oracle: GLib's own base64.
static void base64_agrees_with_glib(void)
{
    for (unsigned length = 1; length < 200; length++) {
        uint8_t bytes[200], again[200];
        for (unsigned i = 0; i < length; i++)
            bytes[i] = (uint8_t)g_test_rand_int_range(0, 256);
        g_autofree char *text = g_base64_encode(bytes, length);
        g_assert_true(encoding_from_base64(text, strlen(text), again, length));
        g_assert_cmpmem(bytes, length, again, length);
    }
}

static void wrong_base64_is_refused(void)
{
    static const char *const wrong[] = {"AAA", "AA==", "AAA*", "====", "AAAA AAAA", "A=AA"};
    for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
        uint8_t bytes[3];
        g_assert_false(encoding_from_base64(wrong[i], strlen(wrong[i]), bytes, 3));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encoding/hex_goes_there_and_back", hex_goes_there_and_back);
    g_test_add_func("/encoding/hex_takes_either_case", hex_takes_either_case);
    g_test_add_func("/encoding/wrong_hex_writes_nothing", wrong_hex_writes_nothing);
    g_test_add_func("/encoding/base64_agrees_with_glib", base64_agrees_with_glib);
    g_test_add_func("/encoding/wrong_base64_is_refused", wrong_base64_is_refused);
    return g_test_run();
}
