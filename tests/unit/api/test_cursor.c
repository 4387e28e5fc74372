// SPDX-License-Identifier: Apache-2.0
//
// A cursor gives back the place that was put into it, and any other text gives nothing.
#include "api/cursor.h"

#include <string.h>

static const uint8_t key[API_CURSOR_KEY_BYTES] = {1, 2, 3};
static const ApiPlace place = {.numbers = {1, -2, INT64_MAX, INT64_MIN}, .text = "Größe"};

static bool reads(const uint8_t *with_key, const char *purpose, const char *cursor)
{
    ApiPlace read;
    return api_cursor_read(with_key, purpose, cursor, &read, NULL);
}

static void gives_its_place_back(void)
{
    g_autofree char *cursor = api_cursor_new(key, "listCases 5", &place);
    g_autoptr(GError) error = NULL;
    ApiPlace read;
    g_assert_true(api_cursor_read(key, "listCases 5", cursor, &read, &error));
    g_assert_no_error(error);
    g_assert_cmpmem(&read, sizeof read, &place, sizeof place);
}

static void can_stand_in_a_url_as_it_is(void)
{
    for (int64_t i = 0; i < 200; i++) {
        g_autofree char *cursor =
            api_cursor_new(key, "x", &(ApiPlace){.numbers = {i, i * 7919, -i}});
        for (const char *c = cursor; *c != '\0'; c++)
            g_assert_true(g_ascii_isalnum(*c) || *c == '-' || *c == '_');
        g_assert_true(reads(key, "x", cursor));
    }
}

static void is_good_for_nothing_else(void)
{
    static const uint8_t other_key[API_CURSOR_KEY_BYTES] = {1, 2, 4};
    g_autofree char *cursor = api_cursor_new(key, "listCases 5", &place);
    g_assert_false(reads(key, "listCases 6", cursor));
    g_assert_false(reads(key, "listMedia 5", cursor));
    g_assert_false(reads(other_key, "listCases 5", cursor));
}

static void every_changed_character_is_found(void)
{
    g_autofree char *cursor = api_cursor_new(key, "x", &(ApiPlace){.numbers = {5}});
    size_t length = strlen(cursor);
    for (size_t i = 0; i < length; i++) {
        g_autofree char *changed = g_strdup(cursor);
        changed[i] = changed[i] == 'A' ? 'Q' : 'A';
        if (i + 1 < length) // the last may hold bits that stand for nothing
            g_assert_false(reads(key, "x", changed));
        g_autofree char *cut = g_strndup(cursor, i);
        g_assert_false(reads(key, "x", cut));
    }
    g_autofree char *longer = g_strconcat(cursor, "AAAA", NULL);
    g_assert_false(reads(key, "x", longer));
}

static void refuses_text_that_is_none(void)
{
    g_autofree char *huge = g_strnfill(100000, 'A');
    static const char *const texts[] = {"", "A", "====", "not a cursor", "AAAA", "\xff\xfe"};
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_false(reads(key, "x", texts[i]));
    g_assert_false(reads(key, "x", huge));
}

static void holds_a_text_of_full_length(void)
{
    ApiPlace full = {0};
    memset(full.text, 'z', LIMIT_API_CURSOR_TEXT);
    g_autofree char *cursor = api_cursor_new(key, "x", &full);
    ApiPlace read;
    g_assert_true(api_cursor_read(key, "x", cursor, &read, NULL));
    g_assert_cmpstr(read.text, ==, full.text);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/api/cursor/gives_back", gives_its_place_back);
    g_test_add_func("/api/cursor/url_safe", can_stand_in_a_url_as_it_is);
    g_test_add_func("/api/cursor/bound_to_purpose", is_good_for_nothing_else);
    g_test_add_func("/api/cursor/changed", every_changed_character_is_found);
    g_test_add_func("/api/cursor/refuses", refuses_text_that_is_none);
    g_test_add_func("/api/cursor/full_text", holds_a_text_of_full_length);
    return g_test_run();
}
