// SPDX-License-Identifier: Apache-2.0
//
// Bodies are strict JSON, members have types and limits, and what is wrong is named by a pointer.
#include "api/body.h"

#include <string.h>

#include "api/problem.h"
#include "base/limits.h"

static ApiBody *body_of(const char *text)
{
    g_autoptr(GError) error = NULL;
    ApiBody *body = api_body_parse(text, strlen(text), &error);
    g_assert_no_error(error);
    return body;
}

static void assert_wrong(ApiBody *body, const char *pointer)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(api_body_ok(body, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    g_assert_cmpstr(api_body_pointer(body), ==, pointer);
}

static void reads_members_of_every_kind(void)
{
    g_autoptr(ApiBody) body =
        body_of("{\"n\":7,\"r\":1.5,\"b\":true,\"t\":\"café\",\"c\":\"two\",\"h\":\"00fF\","
                "\"z\":\"AAEC\",\"o\":{\"x\":1},\"a\":[{\"k\":\"v\"},{\"k\":\"w\"}],\"i\":[1,2]}");
    ApiObject *in = api_body_root(body);
    static const char *const choices[] = {"one", "two", NULL};
    uint8_t bytes[2];
    g_assert_cmpint(api_object_int(in, "n", 0, 9), ==, 7);
    g_assert_cmpfloat(api_object_real(in, "r", 0, 2), ==, 1.5);
    g_assert_true(api_object_bool(in, "b"));
    g_assert_cmpstr(api_object_text(in, "t", 1, 10), ==, "café");
    g_assert_cmpuint(api_object_choice(in, "c", choices), ==, 1);
    api_object_hex(in, "h", bytes, sizeof bytes);
    g_assert_cmphex(bytes[1], ==, 0xff);
    g_assert_cmpuint(g_bytes_get_size(api_object_base64(in, "z", 3)), ==, 3);
    g_assert_cmpint(api_object_int(api_object_child(in, "o"), "x", 0, 9), ==, 1);
    ApiArray *array = api_object_array(in, "a", 1, 5);
    g_assert_cmpuint(api_array_size(array), ==, 2);
    for (size_t i = 0; i < 2; i++)
        g_assert_cmpstr(api_object_text(api_array_object(array, i), "k", 1, 1), ==,
                        i == 0 ? "v" : "w");
    g_assert_cmpint(api_array_int(api_object_array(in, "i", 0, 5), 1, 0, 5), ==, 2);
    g_assert_true(api_body_ok(body, NULL));
}

static void absent_members_take_their_fallback(void)
{
    g_autoptr(ApiBody) body = body_of("{\"null\":null}");
    ApiObject *in = api_body_root(body);
    uint8_t bytes[2];
    g_assert_cmpint(api_object_int_or(in, "n", 0, 9, 5), ==, 5);
    g_assert_true(api_object_bool_or(in, "b", true));
    g_assert_cmpstr(api_object_text_or(in, "null", 1, 5, "none"), ==, "none");
    g_assert_null(api_object_child_or_null(in, "o"));
    g_assert_false(api_object_hex_or_none(in, "h", bytes, sizeof bytes));
    g_assert_cmpuint(api_array_size(api_object_array_or_empty(in, "a", 5)), ==, 0);
    g_assert_true(api_body_ok(body, NULL));
}

static void a_member_nobody_reads_is_refused(void)
{
    g_autoptr(ApiBody) body = body_of("{\"name\":\"x\",\"o\":{\"nmae/~\":1}}");
    ApiObject *in = api_body_root(body);
    api_object_text(in, "name", 1, 5);
    api_object_child(in, "o");
    assert_wrong(body, "/o/nmae~1~0");
}

typedef struct {
    const char *json;
    const char *pointer;
} WrongRow;

// Reads {"n": 0..9, "t": text of 1..3, "o": {"x": bool}, "a": 0..1 objects}.
static void read_all(ApiBody *body)
{
    ApiObject *in = api_body_root(body);
    api_object_int(in, "n", 0, 9);
    api_object_text(in, "t", 1, 3);
    api_object_bool(api_object_child(in, "o"), "x");
    ApiArray *array = api_object_array_or_empty(in, "a", 1);
    for (size_t i = 0; i < api_array_size(array); i++)
        api_object_int(api_array_object(array, i), "k", 0, 1);
}

static void names_the_first_thing_that_is_wrong(void)
{
    static const WrongRow rows[] = {
        {"{}", "/n"},
        {"{\"n\":null}", "/n"},
        {"{\"n\":10}", "/n"},
        {"{\"n\":1.0}", "/n"},
        {"{\"n\":\"1\"}", "/n"},
        {"{\"n\":1}", "/t"},
        {"{\"n\":1,\"t\":\"\"}", "/t"},
        {"{\"n\":1,\"t\":\"abcd\"}", "/t"},
        {"{\"n\":1,\"t\":\"\\u0001\"}", "/t"},
        {"{\"n\":1,\"t\":7}", "/t"},
        {"{\"n\":1,\"t\":\"a\"}", "/o"},
        {"{\"n\":1,\"t\":\"a\",\"o\":[]}", "/o"},
        {"{\"n\":1,\"t\":\"a\",\"o\":{}}", "/o/x"},
        {"{\"n\":1,\"t\":\"a\",\"o\":{\"x\":0}}", "/o/x"},
        {"{\"n\":1,\"t\":\"a\",\"o\":{\"x\":true},\"a\":{}}", "/a"},
        {"{\"n\":1,\"t\":\"a\",\"o\":{\"x\":true},\"a\":[1]}", "/a/0"},
        {"{\"n\":1,\"t\":\"a\",\"o\":{\"x\":true},\"a\":[{\"k\":2}]}", "/a/0/k"},
        {"{\"n\":1,\"t\":\"a\",\"o\":{\"x\":true},\"a\":[{},{}]}", "/a"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ApiBody) body = body_of(rows[i].json);
        read_all(body);
        assert_wrong(body, rows[i].pointer);
    }
}

static void hex_and_base64_are_exact(void)
{
    g_autoptr(ApiBody) short_hex = body_of("{\"h\":\"00\"}");
    uint8_t bytes[2] = {7, 7};
    api_object_hex(api_body_root(short_hex), "h", bytes, sizeof bytes);
    g_assert_cmpuint(bytes[0], ==, 0);
    assert_wrong(short_hex, "/h");
    static const char *const texts[] = {"{\"z\":\"AAE\"}", "{\"z\":\"A===\"}", "{\"z\":\"AA E\"}",
                                        "{\"z\":\"AAECAAEC\"}", "{\"z\":1}"};
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(ApiBody) body = body_of(texts[i]);
        g_assert_null(api_object_base64(api_body_root(body), "z", 3));
        assert_wrong(body, "/z");
    }
}

static void refuses_json_that_is_not_strict(void)
{
    g_autofree char *deep = g_strnfill(100000, '[');
    g_autofree char *nested = g_strconcat("{\"a\":", deep, NULL);
    const char *const texts[] = {
        "",
        "[]",
        "7",
        "null",
        "{\"a\":1,\"a\":2}",
        "{\"a\":\"\xff\"}",
        "{\"a\":\"\xc0\xaf\"}",
        "{\"a\":\"\xed\xa0\x80\"}",
        "{\"a\":1,}",
        "{\"a\":[1,]}",
        "{\"a\":1e999}",
        "{\"a\":\"\\u0000\"}",
        "{\"\\u0000\":1}",
        "{\"a\":[01]}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":1} x",
        "{\"a\":1}{}",
        "{'a':1}",
        "{\"a\":99999999999999999999}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":// no\n1}",
        nested,
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(api_body_parse(texts[i], strlen(texts[i]), &error));
        g_assert_error(error, API_PROBLEM, API_PROBLEM_BAD_REQUEST);
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
    }
    g_assert_null(api_body_parse("{\"a\":1}\0", 8, NULL));
    g_assert_null(api_body_parse("{\"a\":1\0}", 8, NULL)); // where jansson loses it
}

static void nesting_is_counted_outside_of_texts(void)
{
    g_autoptr(GString) text = g_string_new("{\"a\":\"");
    for (unsigned i = 0; i < 1000; i++)
        g_string_append(text, i % 2 == 0 ? "[" : "\\\"");
    g_string_append(text, "\"}");
    g_autoptr(ApiBody) body = body_of(text->str);
    g_assert_nonnull(body);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/api/body/reads", reads_members_of_every_kind);
    g_test_add_func("/api/body/fallbacks", absent_members_take_their_fallback);
    g_test_add_func("/api/body/unread", a_member_nobody_reads_is_refused);
    g_test_add_func("/api/body/names_wrong", names_the_first_thing_that_is_wrong);
    g_test_add_func("/api/body/exact_bytes", hex_and_base64_are_exact);
    g_test_add_func("/api/body/strict_json", refuses_json_that_is_not_strict);
    g_test_add_func("/api/body/nesting", nesting_is_counted_outside_of_texts);
    return g_test_run();
}
