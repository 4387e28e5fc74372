// SPDX-License-Identifier: Apache-2.0
//
// Paths for people: always valid UTF-8, never a control character, and different for different
// names.
#include <glib.h>
#include <string.h>

#include "model/path_text.h"

static void names_are_escaped(void)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"plain name.jpg", "plain name.jpg"},
        {"K\xc3\xb6ln/\xe5\x86\x99\xe7\x9c\x9f.png", "K\xc3\xb6ln/\xe5\x86\x99\xe7\x9c\x9f.png"},
        {"a\nb\tc", "a\\nb\\tc"},
        {"a\x1b[2Jb", "a\\x1b[2Jb"},
        {"a\\b", "a\\\\b"},
        {"a\xff\xfe", "a\\xff\\xfe"},
        {"a > b", "a \\x3e b"},
        {"a > > b", "a \\x3e \\x3e b"},
        {"a >", "a \\x3e"},
        {"> a", "> a"},
        {">", ">"},
        {"gpj.\xe2\x80\xae", "gpj.\\u{202e}"},
        {"", ""},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = path_text_new(rows[i].name);
        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

static void random_names_stay_apart_and_valid(void)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    static const char alphabet[] = " >\\x3eab\xc3\xa9\x01\n";
    for (unsigned round = 0; round < 20000; round++) {
        char name[7] = {0};
        for (int i = 0, n = g_test_rand_int_range(0, 7); i < n && i < 6; i++)
            name[i] = alphabet[g_test_rand_int_range(0, sizeof alphabet - 1)];
        char *text = path_text_new(name);
        g_assert_true(g_utf8_validate(text, -1, NULL));
        g_assert_null(strstr(text, " > "));
        const char *other = g_hash_table_lookup(names, text);
        if (other != NULL)
            g_assert_cmpstr(other, ==, name);
        g_hash_table_replace(names, text, g_strdup(name));
    }
}

static void any_name_is_the_name_again(void)
{
    for (unsigned round = 0; round < 20000; round++) {
        char name[12] = {0};
        for (int i = 0, n = g_test_rand_int_range(0, 12); i < n && i < 11; i++)
            name[i] = (char)(g_test_rand_bit() ? g_test_rand_int_range(1, 256)
                                               : " >\\x3eunt{}"[g_test_rand_int_range(0, 10)]);
        g_autofree char *text = path_text_new(name);
        g_autofree char *again = path_text_decode(text);
        g_assert_cmpstr(again, ==, name);
    }
}

static void what_is_no_escape_is_refused(void)
{
    static const char *const texts[] = {"\\",     "a\\q",      "\\x",           "\\x4",
                                        "\\x00",  "\\u",       "\\u{",          "\\u{12",
                                        "\\u{0}", "\\u{d800}", "\\u{11000000}", "\\u{g}"};
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_null(path_text_decode(texts[i]));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/path_text/names_are_escaped", names_are_escaped);
    g_test_add_func("/path_text/random_names_stay_apart_and_valid",
                    random_names_stay_apart_and_valid);
    g_test_add_func("/path_text/any_name_is_the_name_again", any_name_is_the_name_again);
    g_test_add_func("/path_text/what_is_no_escape_is_refused", what_is_no_escape_is_refused);
    return g_test_run();
}
