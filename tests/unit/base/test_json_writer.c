// SPDX-License-Identifier: Apache-2.0
//
// What the writer writes, jansson reads back as it was meant.
#include <glib.h>
#include <jansson.h>
#include <math.h>

#include "base/json_writer.h"

static void commas_stand_between_values_only(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    json_write_key(&json, "a");
    json_write_begin_array(&json);
    json_write_uint(&json, 1);
    json_write_int(&json, -2);
    json_write_begin_object(&json);
    json_write_end_object(&json);
    json_write_end_array(&json);
    json_write_member_bool(&json, "b", true);
    json_write_member_string(&json, "c", NULL);
    json_write_end_object(&json);
    g_assert_cmpstr(text->str, ==, "{\"a\":[1,-2,{}],\"b\":true,\"c\":null}");
}

static void every_text_comes_back_from_jansson(void)
{
    for (unsigned round = 0; round < 500; round++) {
        g_autoptr(GString) value = g_string_new(NULL);
        for (int n = g_test_rand_int_range(0, 20); n > 0; n--) {
            gunichar c = (gunichar)g_test_rand_int_range(1, 0x3000);
            if (g_unichar_validate(c))
                g_string_append_unichar(value, c);
        }
        g_autoptr(GString) text = g_string_new(NULL);
        JsonWriter json;
        json_writer_init(&json, text);
        json_write_begin_array(&json);
        json_write_string(&json, value->str);
        json_write_end_array(&json);
        json_t *root = json_loads(text->str, 0, NULL);
        g_assert_nonnull(root);
        g_assert_cmpstr(json_string_value(json_array_get(root, 0)), ==, value->str);
        json_decref(root);
    }
}

static void bytes_that_are_not_utf8_become_replacement_characters(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_string(&json, "a\xff\xc3(");
    g_assert_cmpstr(text->str, ==, "\"a\xef\xbf\xbd\xef\xbf\xbd(\"");
}

static void a_number_that_is_not_finite_is_null(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_array(&json);
    json_write_double(&json, NAN);
    json_write_double(&json, 0.5);
    json_write_end_array(&json);
    g_assert_cmpstr(text->str, ==, "[null,0.5]");
}

static void a_number_is_as_short_as_it_can_be(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_array(&json);
    json_write_double(&json, 38.977935);
    json_write_double(&json, 0.1 + 0.2);
    json_write_end_array(&json);
    g_assert_cmpstr(text->str, ==, "[38.977935,0.30000000000000004]");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json_writer/commas_stand_between_values_only",
                    commas_stand_between_values_only);
    g_test_add_func("/json_writer/every_text_comes_back_from_jansson",
                    every_text_comes_back_from_jansson);
    g_test_add_func("/json_writer/bytes_that_are_not_utf8_become_replacement_characters",
                    bytes_that_are_not_utf8_become_replacement_characters);
    g_test_add_func("/json_writer/a_number_that_is_not_finite_is_null",
                    a_number_that_is_not_finite_is_null);
    g_test_add_func("/json_writer/a_number_is_as_short_as_it_can_be",
                    a_number_is_as_short_as_it_can_be);
    return g_test_run();
}
