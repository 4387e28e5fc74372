// SPDX-License-Identifier: Apache-2.0
//
// A layer that is accepted can be copied into JSON: it is one flat object and nothing besides.
#include <glib.h>
#include <string.h>

#include "base/limits.h"
#include "model/layer.h"

static void assert_accepted(const char *text)
{
    if (!layer_is(text, strlen(text)))
        g_error("refused: %s", text);
}

static void assert_refused(const char *text)
{
    if (layer_is(text, strlen(text)))
        g_error("accepted: %s", text);
}

static void test_layers_of_containers_are_accepted(void)
{
    static const char *const layers[] = {
        "{\"member\":3}",
        "{\"inode\":42,\"attribute\":\"128-1\"}",
        "{\"offset\":18446744073709551615,\"length\":0}",
        "{\"delta\":-5}",
        "{\"name\":\"\"}",
        "{\"name\":\"a b > c / 'd' {e} [f], \\\"g\\\": \\\\\"}",
        "{\"name\":\"\\b\\f\\n\\r\\t\\/\\u00e9\\ud83d\\ude00\"}",
        "{\"a_1\":1,\"a_2\":2}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(layers); i++)
        assert_accepted(layers[i]);
}

static void test_what_is_no_flat_object_is_refused(void)
{
    static const char *const others[] = {
        "",
        "{}",
        "{",
        "}",
        "null",
        "3",
        "[1]",
        "\"a\"",
        "{\"a\":1",
        "\"a\":1}",
        "{\"a\":1}}",
        "{\"a\":1}{\"b\":2}",
        "{\"a\":1},{\"b\":2}", // would add a layer
        "{\"a\":1}],\"path\":\"x\"}",
        "{\"a\":1,}",
        "{,\"a\":1}",
        "{\"a\"}",
        "{\"a\":}",
        "{:1}",
        "{a:1}",
        "{'a':1}",
        "{\"a\" :1}",
        "{ \"a\":1}",
        "{\"a\":1 }",
        "{\"a\":1}\n",
        "{\"a\":{}}",
        "{\"a\":{\"b\":1}}",
        "{\"a\":[]}",
        "{\"a\":true}",
        "{\"a\":null}",
        "{\"a\":1;\"b\":2}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        assert_refused(others[i]);
}

static void test_keys_are_plain_words_and_none_comes_twice(void)
{
    assert_refused("{\"\":1}");
    assert_refused("{\"A\":1}");
    assert_refused("{\"a b\":1}");
    assert_refused("{\"\\u0061\":1}");
    assert_refused("{\"a\":1,\"a\":2}");
    assert_refused("{\"a\":1,\"b\":2,\"a\":1}");
    assert_accepted("{\"a\":1,\"aa\":2,\"b\":1}");
}

static void test_numbers_are_integers_that_every_reader_reads_alike(void)
{
    static const char *const numbers[] = {
        "-",   "+1", "01",  "00",  "-0", "1.0",
        "1e3", ".5", "0x1", "NaN", "1-", "184467440737095516150",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *layer = g_strdup_printf("{\"a\":%s}", numbers[i]);
        assert_refused(layer);
    }
}

static void test_strings_hold_nothing_that_escapes_them(void)
{
    static const char *const strings[] = {
        "\"",
        "\\",
        "\\x41",
        "\\'",
        "\\u12",
        "\\u12g4",
        "\\u0000",
        "\\ud800",
        "\\ud800\\n",
        "\\ud800\\u0041",
        "\\udc00",
        "\\ud800\\ud800",
        "\\U0041",
        "\x1b[m",
        "\n",
        "\x7f",
        "\xc3\xa9",
        "\xe2\x80\xae",
        "a\"b",
        "\",\"a\":\"",
        "\"}],[{\"b\":\"",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++) {
        g_autofree char *layer = g_strdup_printf("{\"a\":\"%s\"}", strings[i]);
        assert_refused(layer);
    }
    g_assert_false(layer_is("{\"a\":\"b\0c\"}", 11));
}

static void test_length_is_limited(void)
{
    g_autofree char *fill = g_strnfill(LIMIT_LAYER_BYTES - 8, 'x');
    g_autofree char *longest = g_strdup_printf("{\"a\":\"%s\"}", fill);
    g_assert_cmpuint(strlen(longest), ==, LIMIT_LAYER_BYTES);
    assert_accepted(longest);
    g_autofree char *longer = g_strdup_printf("{\"ab\":\"%s\"}", fill);
    assert_refused(longer);
}

static void test_as_many_members_as_fit_are_told_apart(void)
{
    GString *layer = g_string_new("{");
    for (unsigned i = 0; layer->len + 8 <= LIMIT_LAYER_BYTES; i++)
        g_string_append_printf(layer, "%s\"%c%c\":1", i == 0 ? "" : ",", 'a' + i / 26,
                               'a' + i % 26);
    g_string_append_c(layer, '}');
    assert_accepted(layer->str);
    layer->str[layer->len - 5] = 'a'; // the last key is like an earlier one
    layer->str[layer->len - 6] = 'a';
    g_assert_cmpint(layer->str[layer->len - 7], ==, '"');
    g_assert_true(layer_is(layer->str, layer->len) == false);
    g_string_free(layer, TRUE);
}

static void test_every_cut_is_refused(void)
{
    static const char layer[] = "{\"inode\":42,\"attribute\":\"128-1 \\u00e9\"}";
    for (size_t length = 0; length < sizeof layer - 1; length++) {
        g_autofree char *cut = g_memdup2(layer, length + 1); // no byte to read behind it
        g_assert_false(layer_is(cut, length));
    }
    g_assert_true(layer_is(layer, sizeof layer - 1));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/layer/layers_of_containers_are_accepted",
                    test_layers_of_containers_are_accepted);
    g_test_add_func("/layer/what_is_no_flat_object_is_refused",
                    test_what_is_no_flat_object_is_refused);
    g_test_add_func("/layer/keys_are_plain_words_and_none_comes_twice",
                    test_keys_are_plain_words_and_none_comes_twice);
    g_test_add_func("/layer/numbers_are_integers_that_every_reader_reads_alike",
                    test_numbers_are_integers_that_every_reader_reads_alike);
    g_test_add_func("/layer/strings_hold_nothing_that_escapes_them",
                    test_strings_hold_nothing_that_escapes_them);
    g_test_add_func("/layer/length_is_limited", test_length_is_limited);
    g_test_add_func("/layer/as_many_members_as_fit_are_told_apart",
                    test_as_many_members_as_fit_are_told_apart);
    g_test_add_func("/layer/every_cut_is_refused", test_every_cut_is_refused);
    return g_test_run();
}
