// SPDX-License-Identifier: Apache-2.0
//
// A path and a method find one route, its parameters are read strictly, and the program's own table
// keeps its rules.
#include "api/route.h"

#include <string.h>

static bool no_handler(ApiCall *call, GError **err)
{
    return true;
}

#define ROW(METHOD, PATH, NAME)                                                                    \
    {                                                                                              \
        .method = API_METHOD_##METHOD, .path = PATH, .operation = NAME, .handle = no_handler       \
    }

static const ApiRoute cases[] = {
    ROW(GET, "/api/v1/cases", "listCases"),
    ROW(POST, "/api/v1/cases", "createCase"),
    ROW(GET, "/api/v1/cases/{case}", "getCase"),
    ROW(GET, "/api/v1/cases/{case}/media/{media}", "getMedia"),
    {0},
};
static const ApiRoute others[] = {ROW(GET, "/api/v1/schemes/{scheme:word}", "getScheme"), {0}};
static const ApiRoute *const table[] = {cases, others, NULL};

static const char *operation(ApiMethod method, const char *path)
{
    ApiMatch match = api_match(table, method, path);
    return match.route != NULL ? match.route->operation : "none";
}

static void finds_the_route_of_a_path_and_method(void)
{
    g_assert_cmpstr(operation(API_METHOD_GET, "/api/v1/cases"), ==, "listCases");
    g_assert_cmpstr(operation(API_METHOD_POST, "/api/v1/cases"), ==, "createCase");
    g_assert_cmpstr(operation(API_METHOD_GET, "/api/v1/cases/7"), ==, "getCase");
    g_assert_cmpstr(operation(API_METHOD_GET, "/api/v1/schemes/vics-us"), ==, "getScheme");
}

static void refuses_paths_that_only_resemble_a_route(void)
{
    static const char *const paths[] = {
        "/api/v1/cases/",
        "/api/v1/casesx",
        "/api/v1/case",
        "/api/v1",
        "/api/v1/cases/7/",
        "/api/v1/cases/7/media",
        "/api/v1/cases/",
        "api/v1/cases",
        "/API/v1/cases",
        "/api/v1/cases/07",
        "/",
        "",
        "/api/v1/cases/0",
        "/api/v1/cases/-1",
        "/api/v1/cases/+1",
        "/api/v1/cases/1e3",
        "/api/v1/cases/ 1",
        "/api/v1/cases/9223372036854775808",
        "/api/v1/schemes/.ini",
        "/api/v1/schemes/a b",
        "/api/v1/schemes/",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++)
        g_assert_cmpstr(operation(API_METHOD_GET, paths[i]), ==, "none");
}

static void reads_parameters_by_name(void)
{
    ApiMatch match = api_match(table, API_METHOD_GET, "/api/v1/cases/12/media/9223372036854775807");
    g_assert_cmpuint(match.parameter_count, ==, 2);
    g_assert_cmpuint(match.parameters[0].number, ==, 12);
    g_assert_cmpuint(match.parameters[1].number, ==, INT64_MAX);
    g_assert_cmpmem(match.parameters[1].name, (int)match.parameters[1].name_length, "media", 5);
    match = api_match(table, API_METHOD_GET, "/api/v1/schemes/vics-us");
    g_assert_cmpstr(match.parameters[0].word, ==, "vics-us");
    g_assert_cmpmem(match.parameters[0].name, (int)match.parameters[0].name_length, "scheme", 6);
}

static void says_which_methods_a_path_has(void)
{
    ApiMatch match = api_match(table, API_METHOD_DELETE, "/api/v1/cases");
    g_assert_null(match.route);
    g_assert_cmpuint(match.allowed, ==, 1u << API_METHOD_GET | 1u << API_METHOD_POST);
    g_assert_cmpuint(api_match(table, API_METHOD_GET, "/api/v1/none").allowed, ==, 0);
}

static void a_word_may_not_be_longer_than_its_limit(void)
{
    g_autofree char *longest = g_strnfill(LIMIT_API_WORD, 'a');
    g_autofree char *path = g_strconcat("/api/v1/schemes/", longest, NULL);
    g_autofree char *too_long = g_strconcat(path, "a", NULL);
    g_assert_cmpstr(operation(API_METHOD_GET, path), ==, "getScheme");
    g_assert_cmpstr(operation(API_METHOD_GET, too_long), ==, "none");
}

static void knows_its_query_parameters_by_whole_names(void)
{
    const ApiRoute route = {.path = "/x", .query = "cursor limit state"};
    g_assert_true(api_route_takes_query(&route, "cursor"));
    g_assert_true(api_route_takes_query(&route, "state"));
    g_assert_false(api_route_takes_query(&route, "stat"));
    g_assert_false(api_route_takes_query(&route, "cursor limit"));
    g_assert_false(api_route_takes_query(&route, ""));
    g_assert_false(api_route_takes_query(&cases[0], "cursor"));
}

// ---- The program's table ----------------------------------------------------------------------

static void every_route_is_well_formed(void)
{
    g_autoptr(GHashTable) operations = g_hash_table_new(g_str_hash, g_str_equal);
    for (const ApiRoute *const *rows = api_routes(); *rows != NULL; rows++)
        for (const ApiRoute *route = *rows; route->path != NULL; route++) {
            g_assert_true(g_str_has_prefix(route->path, "/api/v1/"));
            g_assert_false(g_str_has_suffix(route->path, "/"));
            g_assert_nonnull(route->operation);
            g_assert_nonnull(route->handle);
            g_assert_cmpuint(route->permission, <, PERMISSION_COUNT);
            g_assert_true(g_hash_table_add(operations, (void *)route->operation));
            // A write of a stranger has nobody to be recorded; GET never has a body.
            if (route->method == API_METHOD_GET)
                g_assert_cmpint(route->body, ==, API_BODY_NONE);
            if (route->bare)
                g_assert_cmpint(route->permission, ==, PERMISSION_NONE);
        }
    g_assert_cmpuint(g_hash_table_size(operations), >=, 3);
}

// "/a/{case}/b" with every parameter filled in.
static char *example_of(const char *path)
{
    g_autoptr(GString) text = g_string_new(NULL);
    while (*path != '\0') {
        size_t plain = strcspn(path, "{");
        g_string_append_len(text, path, (gssize)plain);
        path += plain;
        if (*path == '{') {
            size_t length = strcspn(path, "}");
            g_string_append(text, memchr(path, ':', length) != NULL ? "word" : "7");
            path += length + 1;
        }
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void every_route_is_found_by_its_own_path(void)
{
    for (const ApiRoute *const *rows = api_routes(); *rows != NULL; rows++)
        for (const ApiRoute *route = *rows; route->path != NULL; route++) {
            g_autofree char *path = example_of(route->path);
            ApiMatch match = api_match(api_routes(), route->method, path);
            g_assert_nonnull(match.route);
            g_assert_cmpstr(match.route->operation, ==, route->operation);
        }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/api/route/finds_path_and_method", finds_the_route_of_a_path_and_method);
    g_test_add_func("/api/route/refuses_resembling", refuses_paths_that_only_resemble_a_route);
    g_test_add_func("/api/route/reads_parameters", reads_parameters_by_name);
    g_test_add_func("/api/route/allowed_methods", says_which_methods_a_path_has);
    g_test_add_func("/api/route/word_limit", a_word_may_not_be_longer_than_its_limit);
    g_test_add_func("/api/route/query_names", knows_its_query_parameters_by_whole_names);
    g_test_add_func("/api/route/table_well_formed", every_route_is_well_formed);
    g_test_add_func("/api/route/table_unambiguous", every_route_is_found_by_its_own_path);
    return g_test_run();
}
