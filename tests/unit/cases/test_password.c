// SPDX-License-Identifier: Apache-2.0
// Passwords: what is refused, what a hash says, and what a check costs.
#include "cases/password.h"

#include <sodium.h>
#include <string.h>

#include "base/error.h"

static const char good[] = "lantern orbit seventeen";

static bool is_refused(const char *password, const char *name)
{
    g_autoptr(GError) error = NULL;
    if (password_is_acceptable(password, name, &error))
        return false;
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    g_assert_true(g_str_has_prefix(error->message, "this password cannot be used: "));
    return true;
}

static PasswordHash hash_of(const char *password)
{
    g_autoptr(GError) error = NULL;
    PasswordHash hash;
    password_hash(password, &hash, &error);
    g_assert_no_error(error);
    return hash;
}

static bool verifies(const char *password, const char *hash)
{
    g_autoptr(GError) error = NULL;
    bool right = true;
    password_verify(password, hash, &right, &error);
    g_assert_no_error(error);
    return right;
}

static void twelve_characters_are_enough_and_eleven_are_not(void)
{
    g_assert_true(is_refused("xkcqzvwbnmf", "ann"));
    g_assert_false(is_refused("xkcqzvwbnmfj", "ann"));
}

static void characters_count_and_not_bytes(void)
{
    g_assert_true(is_refused("äöüßéèêçñåø", "ann")); // 11 characters of 22 bytes
    g_assert_false(is_refused("äöüßéèêçñåøæ", "ann"));
}

static void nothing_else_is_asked_of_a_password(void)
{
    g_assert_false(is_refused(good, "ann"));
    g_assert_false(is_refused("nodigitsnocapitals", "ann"));
    g_assert_false(is_refused("  spaces count too  ", "ann"));
}

static void the_likeliest_passwords_are_refused(void)
{
    static const char *const likely[] = {
        "aaaaaaaaaaaa",  "abcabcabcabc",   "123456789012",  "987654321098",
        "abcdefghijkl",  "qwertyuiop12",   "Password2026!", "PasswordPassword",
        "iloveyou12345", "administrator1", "Sunshine2026",  "correcthorsebatterystaple",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(likely); i++)
        if (!is_refused(likely[i], "ann"))
            g_error("%s was accepted", likely[i]);
}

static void the_name_of_the_account_is_refused(void)
{
    g_assert_true(is_refused("Ann.Example1", "ann.example"));
    g_assert_true(is_refused("xx-ann.example-2026", "ann.example"));
    g_assert_false(is_refused("ann.example wears a green raincoat", "ann.example"));
}

static void what_is_too_long_or_no_utf_8_is_refused(void)
{
    g_autofree char *longest = g_strnfill(1025, 'x');
    g_assert_true(is_refused(longest, "ann"));
    g_assert_true(is_refused("twelve bytes \xff", "ann"));
}

static void a_hash_verifies_its_password_and_no_other(void)
{
    g_auto(PasswordHash) hash = hash_of(good);
    g_assert_true(verifies(good, hash.text));
    g_assert_false(verifies("lantern orbit seventeem", hash.text));
    g_assert_false(verifies("", hash.text));
}

static void a_hash_names_argon2id_with_64_mib(void)
{
    g_auto(PasswordHash) hash = hash_of(good);
    g_assert_true(g_str_has_prefix(hash.text, "$argon2id$v=19$m=65536,t=3,p=1$"));
    g_assert_true(password_hash_is_current(hash.text));
}

static void a_hash_with_smaller_parameters_verifies_and_is_not_current(void)
{
    char old[crypto_pwhash_STRBYTES];
    g_assert_cmpint(crypto_pwhash_str(old, good, strlen(good), 1, 8 << 20), ==, 0);
    g_assert_true(verifies(good, old));
    g_assert_false(password_hash_is_current(old));
}

static void without_a_hash_every_password_is_wrong(void)
{
    g_assert_false(verifies(good, NULL));
    g_assert_false(verifies("", NULL));
}

// Elapsed time says little on a busy machine; what may not happen is an answer at once.
static void an_unknown_name_costs_as_much_as_a_known_one(void)
{
    g_auto(PasswordHash) hash = hash_of(good);
    int64_t best_known = G_MAXINT64, best_unknown = G_MAXINT64;
    for (unsigned i = 0; i < 3; i++) {
        int64_t start = g_get_monotonic_time();
        verifies("a wrong password", hash.text);
        int64_t middle = g_get_monotonic_time();
        verifies("a wrong password", NULL);
        int64_t end = g_get_monotonic_time();
        best_known = MIN(best_known, middle - start);
        best_unknown = MIN(best_unknown, end - middle);
    }
    g_test_message("known %d us, unknown %d us", (int)best_known, (int)best_unknown);
    g_assert_cmpint(best_unknown, >, best_known / 2);
    g_assert_cmpint(best_known, >, best_unknown / 2);
}

static void a_damaged_hash_verifies_nothing(void)
{
    g_assert_false(verifies(good, "$argon2id$v=19$m=65536,t=3,p=1$short"));
    g_assert_false(verifies(good, ""));
}

static gpointer verify_once(gpointer data)
{
    return GINT_TO_POINTER(verifies(good, data));
}

static void many_checks_at_once_all_get_their_answer(void)
{
    g_auto(PasswordHash) hash = hash_of(good);
    GThread *threads[2 * PASSWORD_AT_ONCE];
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("check", verify_once, hash.text);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        g_assert_true(GPOINTER_TO_INT(g_thread_join(threads[i])));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) g_test_add_func("/password/" #test, test)
    ADD(twelve_characters_are_enough_and_eleven_are_not);
    ADD(characters_count_and_not_bytes);
    ADD(nothing_else_is_asked_of_a_password);
    ADD(the_likeliest_passwords_are_refused);
    ADD(the_name_of_the_account_is_refused);
    ADD(what_is_too_long_or_no_utf_8_is_refused);
    ADD(a_hash_verifies_its_password_and_no_other);
    ADD(a_hash_names_argon2id_with_64_mib);
    ADD(a_hash_with_smaller_parameters_verifies_and_is_not_current);
    ADD(without_a_hash_every_password_is_wrong);
    ADD(an_unknown_name_costs_as_much_as_a_known_one);
    ADD(a_damaged_hash_verifies_nothing);
    ADD(many_checks_at_once_all_get_their_answer);
    return g_test_run();
}
