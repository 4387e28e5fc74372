// SPDX-License-Identifier: Apache-2.0
//
// A locator or a path that clew printed leads back to the file and the steps that it was made of;
// anything else is refused with the reason.
#include "model/locator.h"

#include <string.h>

#include "base/error.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "model/path_text.h"

// The file and the steps, one a line, and a mark for layers.
static char *parsed(const char *text)
{
    g_auto(Locator) locator = {0};
    g_autoptr(GError) error = NULL;
    if (!locator_parse(text, &locator, &error)) {
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
        g_assert_null(locator.file);
        return g_strconcat("! ", error->message, NULL);
    }
    g_assert_no_error(error);
    g_autofree char *steps = g_strjoinv("\n", locator.steps);
    return g_strconcat(locator.are_layers ? "L " : "P ", locator.file, *steps != '\0' ? "\n" : "",
                       steps, NULL);
}

typedef struct {
    const char *text, *expected;
} Row;

static void check(const Row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *found = parsed(rows[i].text);
        g_test_message("%s", rows[i].text);
        g_assert_cmpstr(found, ==, rows[i].expected);
    }
}

// ---- Paths ------------------------------------------------------------------------------------

static void a_path_is_a_file_and_names(void)
{
    static const Row rows[] = {
        {"a.jpg", "P a.jpg"},
        {"/x/disk.E01 > p2 > /Users/a/b.zip > c.jpg", "P /x/disk.E01\np2\n/Users/a/b.zip\nc.jpg"},
        {" a ", "P  a "},
        {"a >b", "P a >b"},
        {"[x].zip > a", "P [x].zip\na"},
        {"[", "P ["},
        {"d > @0x1a30", "P d\n@0x1a30"},
    };
    check(rows, G_N_ELEMENTS(rows));
}

// Of the file the bytes are needed, to open it; names inside are compared as they are shown.
static void escapes_of_the_file_are_taken_back(void)
{
    static const Row rows[] = {
        {"a \\x3e b > c \\x3e d", "P a > b\nc \\x3e d"},
        {"a\\nb\\tc\\\\d", "P a\nb\tc\\d"},
        {"a\\xff > b", "P a\xff\nb"},
        {"a\\u{202e}b", "P a\xe2\x80\xae"
                        "b"},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void a_path_that_clew_does_not_write_is_refused(void)
{
#define REFUSED(why) "! cannot read the locator: " why "; give it as clew printed it"
    static const Row rows[] = {
        {"", REFUSED("it names no file")},
        {" > a", REFUSED("it names no file")},
        {"a\\qb", REFUSED("a backslash in it begins no escape that clew writes")},
        {"a\\", REFUSED("a backslash in it begins no escape that clew writes")},
        {"a\\x0", REFUSED("a backslash in it begins no escape that clew writes")},
        {"a\\x00", REFUSED("a backslash in it begins no escape that clew writes")},
        {"a\\u{110000}", REFUSED("a backslash in it begins no escape that clew writes")},
        {"a\\u{d800}", REFUSED("a backslash in it begins no escape that clew writes")},
        {"a\\u{}", REFUSED("a backslash in it begins no escape that clew writes")},
    };
    check(rows, G_N_ELEMENTS(rows));
}

// ---- Locators ---------------------------------------------------------------------------------

static void a_locator_is_a_file_and_layers(void)
{
    static const Row rows[] = {
        {"[{\"file\":\"a\"}]", "L a"},
        {"[{\"file\":\"a b\"},{\"member\":3},{\"inode\":42,\"attribute\":\"128-1\"}]",
         "L a b\n{\"member\":3}\n{\"inode\":42,\"attribute\":\"128-1\"}"},
        {" [ { \"file\" : \"a\" } ,\n{ \"n\" : 1 , \"name\" : \"b } ] \\\" c\" } ] \n",
         "L a\n{\"n\":1,\"name\":\"b } ] \\\" c\"}"},
        {"[{\"file\":\"a\"},{\"x\":\"two  blanks\"}]", "L a\n{\"x\":\"two  blanks\"}"},
    };
    check(rows, G_N_ELEMENTS(rows));
}

// JSON's escapes are taken back first, then those of the path.
static void escapes_of_its_file_are_taken_back(void)
{
    static const Row rows[] = {
        {"[{\"file\":\"a\\\"b\\/c\\u00e9\"}]", "L a\"b/c\xc3\xa9"},
        {"[{\"file\":\"\\ud83d\\ude00\"}]", "L \xf0\x9f\x98\x80"},
        {"[{\"file\":\"\xf0\x9f\x98\x80\"}]", "L \xf0\x9f\x98\x80"},
        {"[{\"file\":\"a\\\\xffb\\\\\\\\c\\\\nd\"}]", "L a\xff"
                                                      "b\\c\nd"},
        {"[{\"file\":\"a \\\\x3e b\"}]", "L a > b"},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void what_is_no_locator_is_refused(void)
{
    static const Row rows[] = {
        {"[{", REFUSED("a layer does not end")},
        {"[{\"file\":\"a\"", REFUSED("a layer does not end")},
        {"[{\"file\":\"a\"}", REFUSED("it does not end with ]")},
        {"[{\"file\":\"a\"}]x", REFUSED("it does not end with ]")},
        {"[{\"file\":\"a\"},]", REFUSED("a layer does not begin with {")},
        {"[{\"file\":\"a\"},3]", REFUSED("a layer does not begin with {")},
        {"[{\"member\":3}]", REFUSED("its first layer names no file")},
        {"[{\"file\":\"\"}]", REFUSED("its first layer names no file")},
        {"[{\"file\":3}]", REFUSED("its first layer names no file")},
        {"[{\"file\":\"a\",\"n\":1}]", REFUSED("its first layer names no file")},
        {"[{\"file\":\"a\\u0000\"}]", REFUSED("its first layer names no file")},
        {"[{\"file\":\"a\\ud83d\"}]", REFUSED("its first layer names no file")},
        {"[{\"file\":\"a\\ude00\"}]", REFUSED("its first layer names no file")},
        {"[{\"file\":\"a\\ud83d\\u0041\"}]", REFUSED("its first layer names no file")},
        {"[{\"file\":\"a\\u12\"}]", REFUSED("its first layer names no file")},
        {"[{\"file\":\"a\\q\"}]", REFUSED("its first layer names no file")},
        {"[{\"file\":\"a\\\\q\"}]", REFUSED("its first layer names no file")},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void no_more_steps_are_taken_than_containers_are_nested(void)
{
    for (unsigned steps = LIMIT_EVIDENCE_DEPTH; steps <= LIMIT_EVIDENCE_DEPTH + 1; steps++) {
        g_autoptr(GString) path = g_string_new("file");
        g_autoptr(GString) locator = g_string_new("[{\"file\":\"file\"}");
        for (unsigned i = 0; i < steps; i++) {
            g_string_append(path, " > a");
            g_string_append(locator, ",{\"n\":1}");
        }
        g_string_append_c(locator, ']');
        bool is_refused = steps > LIMIT_EVIDENCE_DEPTH;
        g_autofree char *by_path = parsed(path->str), *by_locator = parsed(locator->str);
        g_assert_cmpint(by_path[0] == '!', ==, is_refused);
        g_assert_cmpint(by_locator[0] == '!', ==, is_refused);
    }
}

// ---- There and back ---------------------------------------------------------------------------

// Names of characters that have a meaning somewhere.
static char *random_name(void)
{
    static const char *const pieces[] = {" ",
                                         ">",
                                         " > ",
                                         "\\",
                                         "x3e",
                                         "a",
                                         "{",
                                         "}",
                                         "[",
                                         "]",
                                         "\"",
                                         ",",
                                         ":",
                                         "\xc3\xa9",
                                         "\xff",
                                         "\n",
                                         "\x01",
                                         "\xe2\x80\xae",
                                         "\xf0\x9f\x98\x80"};
    GString *name = g_string_new(NULL);
    for (int i = g_test_rand_int_range(1, 6); i > 0; i--)
        g_string_append(name, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
    return g_string_free(name, FALSE);
}

static void any_names_joined_are_the_names_again(void)
{
    for (unsigned round = 0; round < 20000; round++) {
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GString) path = g_string_new(NULL);
        for (int i = g_test_rand_int_range(1, 5); i > 0; i--) {
            char *name = random_name();
            g_string_append(path, names->len > 0 ? " > " : "");
            path_text_append(path, name);
            g_ptr_array_add(names, name);
        }
        // What looks like a locator is one; a file of that name is reached through its folder.
        if (path->str[strspn(path->str, " ")] == '[')
            continue;
        g_auto(Locator) locator = {0};
        g_test_message("%s", path->str);
        g_assert_true(locator_parse(path->str, &locator, NULL));
        g_assert_cmpstr(locator.file, ==, names->pdata[0]);
        g_assert_cmpuint(g_strv_length(locator.steps), ==, names->len - 1);
        for (unsigned i = 1; i < names->len; i++) {
            g_autofree char *name = path_text_decode(locator.steps[i - 1]);
            g_assert_cmpstr(name, ==, names->pdata[i]);
        }
    }
}

static void any_file_in_a_locator_is_the_file_again(void)
{
    for (unsigned round = 0; round < 20000; round++) {
        g_autofree char *name = random_name();
        g_autofree char *shown = path_text_new(name);
        g_autoptr(GString) text = g_string_new(NULL);
        JsonWriter json;
        json_writer_init(&json, text);
        json_write_begin_array(&json);
        json_write_begin_object(&json);
        json_write_member_string(&json, "file", shown);
        json_write_end_object(&json);
        json_write_end_array(&json);
        g_auto(Locator) locator = {0};
        g_assert_true(locator_parse(text->str, &locator, NULL));
        g_assert_cmpstr(locator.file, ==, name);
    }
}

#define ADD(name) g_test_add_func("/locator/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_path_is_a_file_and_names);
    ADD(escapes_of_the_file_are_taken_back);
    ADD(a_path_that_clew_does_not_write_is_refused);
    ADD(a_locator_is_a_file_and_layers);
    ADD(escapes_of_its_file_are_taken_back);
    ADD(what_is_no_locator_is_refused);
    ADD(no_more_steps_are_taken_than_containers_are_nested);
    ADD(any_names_joined_are_the_names_again);
    ADD(any_file_in_a_locator_is_the_file_again);
    return g_test_run();
}
