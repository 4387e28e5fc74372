// SPDX-License-Identifier: Apache-2.0
//
// Schemes are data, codes mean what their scheme says, and an unknown code never leaves anything
// out.
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "cases/scheme.h"
#include "fixture.h"

static Meaning meaning_of(const char *scheme_name_text, const char *code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Scheme) scheme = scheme_load(scheme_name_text, NULL, &error);
    g_assert_no_error(error);
    Meaning meaning;
    g_assert_true(scheme_meaning(scheme, code, &meaning));
    return meaning;
}

static void codes_mean_what_their_scheme_says(void)
{
    static const struct {
        const char *scheme, *code;
        Meaning meaning;
    } rows[] = {
        {"vics-us", "0", MEANING_IGNORABLE},
        {"vics-us", "1", MEANING_NOTABLE},
        {"vics-us", "2", MEANING_NOTABLE},
        {"vics-us", "3", MEANING_NOTABLE},
        {"vics-us", "4", MEANING_NEITHER},
        {"vics-us", "5", MEANING_NEITHER},
        {"vics-us-legacy", "0", MEANING_NEITHER},
        {"vics-us-legacy", "1", MEANING_NOTABLE},
        {"vics-us-legacy", "5", MEANING_IGNORABLE},
        {"ncmec", "A1", MEANING_NOTABLE},
        {"ncmec", " b2 ", MEANING_NOTABLE},
        {"uk-legal", "c", MEANING_NOTABLE},
        {"interpol-baseline", "baseline", MEANING_NOTABLE},
        {"arachnid", "no-known-match", MEANING_NEITHER},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(meaning_of(rows[i].scheme, rows[i].code), ==, rows[i].meaning);
}

static void every_built_in_scheme_loads(void)
{
    g_auto(GStrv) ids = scheme_ids(NULL);
    g_assert_cmpuint(g_strv_length(ids), ==, 8);
    for (char **id = ids; *id != NULL; id++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Scheme) scheme = scheme_load(*id, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(scheme_id(scheme), ==, *id);
        g_assert_nonnull(scheme_name(scheme));
    }
}

static void unknown_codes_miss_nothing_and_leave_nothing_out(void)
{
    g_autoptr(Scheme) closed = scheme_load("vics-uk", NULL, NULL);
    g_assert_false(scheme_is_public(closed));
    g_assert_cmpint(scheme_entry_meaning(closed, SET_NOTABLE, "1"), ==, MEANING_NOTABLE);
    g_assert_cmpint(scheme_entry_meaning(closed, SET_ALERT, "1"), ==, MEANING_NOTABLE);
    g_assert_cmpint(scheme_entry_meaning(closed, SET_IGNORABLE, "1"), ==, MEANING_NEITHER);
}

static void without_a_category_the_kind_decides(void)
{
    g_autoptr(Scheme) scheme = scheme_load("vics-us", NULL, NULL);
    g_assert_cmpint(scheme_entry_meaning(scheme, SET_NOTABLE, NULL), ==, MEANING_NOTABLE);
    g_assert_cmpint(scheme_entry_meaning(scheme, SET_IGNORABLE, NULL), ==, MEANING_IGNORABLE);
    g_assert_cmpint(scheme_entry_meaning(NULL, SET_IGNORABLE, "7"), ==, MEANING_IGNORABLE);
    g_assert_cmpint(scheme_entry_meaning(scheme, SET_IGNORABLE, "1"), ==, MEANING_NOTABLE);
    g_assert_cmpint(scheme_entry_meaning(scheme, SET_NOTABLE, "0"), ==, MEANING_IGNORABLE);
}

static void voters_are_offered_codes_in_order_with_a_key(void)
{
    g_autoptr(Scheme) scheme = scheme_load("vics-us", NULL, NULL);
    g_assert_cmpuint(scheme_code_count(scheme), ==, 6);
    g_assert_cmpstr(scheme_code(scheme, 1)->code, ==, "1");
    g_assert_cmpint(scheme_code(scheme, 1)->key, ==, '1');
    g_assert_true(scheme_code(scheme, 1)->is_offered);
    g_assert_false(scheme_code(scheme, 5)->is_offered);
    g_assert_true(scheme_shares_ignorable(scheme));
    g_autoptr(Scheme) industry = scheme_load("ncmec", NULL, NULL);
    g_assert_cmpstr(scheme_code(industry, 3)->code, ==, "B2");
    g_assert_cmpint(scheme_code(industry, 3)->key, ==, '4');
    g_assert_false(scheme_shares_ignorable(industry));
}

static void a_vote_is_by_a_code_that_is_offered(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Scheme) scheme = scheme_load("uk-legal", NULL, NULL);
    g_assert_cmpstr(scheme_offered_code(scheme, " b ", NULL)->code, ==, "B");
    g_assert_null(scheme_offered_code(scheme, "A1", &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, "A, B, C, none"));
}

static void write_scheme(const Fixture *fixture, const char *name, const char *text)
{
    g_autofree char *folder = g_build_filename(fixture->folder, "schemes", NULL);
    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void a_file_of_the_users_comes_first(void)
{
    g_auto(Fixture) fixture = fixture_make();
    write_scheme(&fixture, "vics-uk.ini",
                 "[scheme]\nname=Ours\n[1]\nmeaning=notable\n[9]\nmeaning=ignorable\n");
    write_scheme(&fixture, "office.ini", "[scheme]\n[x]\nmeaning=neither\nlabel=Open\n");
    g_autoptr(Scheme) scheme = scheme_load("vics-uk", fixture.folder, NULL);
    g_assert_true(scheme_is_public(scheme));
    g_assert_cmpint(scheme_entry_meaning(scheme, SET_NOTABLE, "9"), ==, MEANING_IGNORABLE);
    g_autoptr(Scheme) office = scheme_load("office", fixture.folder, NULL);
    g_assert_cmpstr(scheme_label(office, "X"), ==, "Open");
    g_auto(GStrv) ids = scheme_ids(fixture.folder);
    g_assert_true(g_strv_contains((const char *const *)ids, "office"));
}

static void names_what_is_wrong_with_a_file(void)
{
    static const char *const texts[] = {"",
                                        "[1]\nmeaning=notable\n",
                                        "[scheme]\n[1]\n",
                                        "[scheme]\n[1]\nmeaning=bad\n",
                                        "no ini at all",
                                        "[scheme]\n[1]\nmeaning=notable\nkey=ab\n",
                                        "[scheme]\n[1]\nmeaning=notable\nkey=x\n"
                                        "[2]\nmeaning=notable\nkey=x\n",
                                        "[scheme]\n[a]\nmeaning=notable\n"
                                        "[A]\nmeaning=notable\n"};
    g_auto(Fixture) fixture = fixture_make();
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        write_scheme(&fixture, "office.ini", texts[i]);
        g_autoptr(GError) error = NULL;
        g_assert_null(scheme_load("office", fixture.folder, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
        g_assert_nonnull(strstr(error->message, "office"));
    }
}

static void unknown_scheme_names_those_there_are(void)
{
    static const char *const ids[] = {"nope", "../vics-us", "", "VICS"};
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(scheme_load(ids[i], "/nonexistent", &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
        g_assert_nonnull(strstr(error->message, "vics-us-legacy"));
    }
}

#define TEST(name) g_test_add_func("/scheme/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(codes_mean_what_their_scheme_says);
    TEST(every_built_in_scheme_loads);
    TEST(unknown_codes_miss_nothing_and_leave_nothing_out);
    TEST(without_a_category_the_kind_decides);
    TEST(voters_are_offered_codes_in_order_with_a_key);
    TEST(a_vote_is_by_a_code_that_is_offered);
    TEST(a_file_of_the_users_comes_first);
    TEST(names_what_is_wrong_with_a_file);
    TEST(unknown_scheme_names_those_there_are);
    return g_test_run();
}
