// SPDX-License-Identifier: Apache-2.0
//
// Targets are decoded once, and nothing hides in them.
#include "api/target.h"

#include "api/problem.h"

static void reads_path_and_query(void)
{
    g_autoptr(GError) error = NULL;
    ApiTarget target;
    g_assert_true(
        api_target_parse("/api/v1/a%20b?q=caf%C3%A9+au&limit=20&empty=", &target, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(target.path, ==, "/api/v1/a b");
    g_assert_cmpstr(api_target_query(&target, "q"), ==, "café au");
    g_assert_cmpstr(api_target_query(&target, "limit"), ==, "20");
    g_assert_cmpstr(api_target_query(&target, "empty"), ==, "");
    g_assert_null(api_target_query(&target, "none"));
    api_target_clear(&target);
}

static void refuses(const char *text, int status)
{
    g_autoptr(GError) error = NULL;
    ApiTarget target;
    if (api_target_parse(text, &target, &error))
        g_error("'%s' was taken", text);
    g_assert_error(error, API_PROBLEM, status);
}

static void refuses_what_hides_something(void)
{
    static const char *const texts[] = {
        "",
        "*",
        "x",
        "http://localhost/",
        "//localhost/x",
        "/a//b",
        "/a/../b",
        "/..",
        "/./a",
        "/a/%2e%2e/b",
        "/a%2fb",
        "/a%5cb",
        "/a%00",
        "/a%",
        "/a%4",
        "/a%zz",
        "/a%ff",
        "/a%c0%af",
        "/a b",
        "/a\\b",
        "/a#b",
        "/a\tb",
        "/a%0ab",
        "/a?x",
        "/a?=1",
        "/a?x=1&x=2",
        "/a?x=1&",
        "/a?&x=1",
        "/a?x=%00",
        "/a?x=%ff",
        "/a?x=1&%78=2",
        "/a?x=%0d%0a",
        "/\xc3\xa9",
        "/a?x=\"",
        "/a?x=<b>",
        "/%2e",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        refuses(texts[i], API_PROBLEM_BAD_REQUEST);
}

static void refuses_more_than_its_limits(void)
{
    g_autofree char *path = g_strnfill(LIMIT_API_TARGET_BYTES + 1, '/');
    refuses(path, API_PROBLEM_TARGET_TOO_LONG);
    g_autofree char *value = g_strnfill(LIMIT_API_QUERY_TEXT + 1, 'a');
    g_autofree char *long_value = g_strconcat("/a?x=", value, NULL);
    refuses(long_value, API_PROBLEM_BAD_REQUEST);
    g_autoptr(GString) many = g_string_new("/a?x=1");
    for (unsigned i = 0; i < LIMIT_API_QUERY_PARAMETERS; i++)
        g_string_append_printf(many, "&p%u=1", i);
    refuses(many->str, API_PROBLEM_BAD_REQUEST);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/api/target/reads", reads_path_and_query);
    g_test_add_func("/api/target/refuses_hidden", refuses_what_hides_something);
    g_test_add_func("/api/target/limits", refuses_more_than_its_limits);
    return g_test_run();
}
