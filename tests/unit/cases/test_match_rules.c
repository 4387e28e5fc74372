// SPDX-License-Identifier: Apache-2.0
//
// Who has to be looked at by a person: everything that is not known for certain to be one thing or
// the other.
#include "cases/match_rules.h"

static bool needs_eyes(Match match, bool left_out, bool is_media)
{
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
    g_array_append_val(matches, match);
    return match_rules_needs_eyes(matches, left_out, is_media);
}

static const Match exact = {.type = MATCH_EXACT, .meaning = MEANING_NOTABLE};
static const Match near = {.type = MATCH_NEAR, .meaning = MEANING_NOTABLE};

static void media_without_a_match_need_eyes(void)
{
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(Match));
    g_assert_true(match_rules_needs_eyes(none, false, true));
    g_assert_false(match_rules_needs_eyes(none, false, false)); // no media
    g_assert_false(match_rules_needs_eyes(none, true, true));   // left out
}

static void known_media_are_not_shown(void)
{
    g_assert_false(needs_eyes(exact, false, true));
    Match weak = exact;
    weak.weak_digest = true;
    g_assert_false(needs_eyes(weak, false, true));
    Match alert = exact;
    alert.meaning = MEANING_NEITHER;
    alert.set_kind = SET_ALERT;
    g_assert_false(needs_eyes(alert, false, true));
}

static void what_is_only_alike_needs_eyes(void)
{
    g_assert_true(needs_eyes(near, false, true));
}

static void bytes_that_the_entry_contradicts_need_eyes(void)
{
    Match contradicted = exact;
    contradicted.weak_digest = true;
    contradicted.contradicted = true;
    g_assert_true(needs_eyes(contradicted, false, true));
}

static void exact_matches_that_say_neither_or_weakly_ignorable_need_eyes(void)
{
    Match match = exact;
    match.meaning = MEANING_NEITHER;
    g_assert_true(needs_eyes(match, false, true));
    match.meaning = MEANING_IGNORABLE;
    match.weak_digest = true;
    g_assert_true(needs_eyes(match, false, true));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add_func("/match_rules/" #name, name)
    TEST(media_without_a_match_need_eyes);
    TEST(known_media_are_not_shown);
    TEST(what_is_only_alike_needs_eyes);
    TEST(bytes_that_the_entry_contradicts_need_eyes);
    TEST(exact_matches_that_say_neither_or_weakly_ignorable_need_eyes);
    return g_test_run();
}
