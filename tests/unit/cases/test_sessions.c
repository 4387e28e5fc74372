// SPDX-License-Identifier: Apache-2.0
// Logging in, staying in and being put out.
#include "cases/sessions.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cases/accounts_secret.h"
#include "cases/sign_in_links.h"
#include "people_fixture.h"
#include "store/session_rows.h"

#define REVIEWER (1u << ROLE_REVIEWER)
#define WRONG "the name, the password or the code is wrong; a code is good once"

#define PEOPLE                                                                                     \
    g_auto(PeopleFixture) people;                                                                  \
    people_init(&people);                                                                          \
    Person kim = people_add(&people, "kim", REVIEWER)

static LoginRequest request_of(const char *name, const char *password, const char *code,
                               const char *address)
{
    return (LoginRequest){.name = name, .password = password, .code = code, .address = address};
}

static GError *try_login(PeopleFixture *people, LoginRequest request)
{
    GError *error = NULL;
    g_autofree char *session = NULL;
    bool done = sessions_login(people->casework.work, &request, &session, &error);
    g_assert_true(done == (error == NULL));
    g_assert_true(done == (session != NULL));
    return error;
}

static void assert_refused(PeopleFixture *people, LoginRequest request)
{
    g_autoptr(GError) error = try_login(people, request);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
    g_assert_cmpstr(error->message, ==, WRONG);
}

static void assert_must_wait(PeopleFixture *people, LoginRequest request)
{
    g_autoptr(GError) error = try_login(people, request);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_BUSY);
    g_assert_true(g_str_has_prefix(error->message, "too many failed attempts; try again in "));
}

static void assert_logs_in(PeopleFixture *people, LoginRequest request)
{
    g_autoptr(GError) error = try_login(people, request);
    g_assert_no_error(error);
}

static bool is_open(PeopleFixture *people, const char *session)
{
    g_autoptr(GError) error = NULL;
    g_auto(Identity) identity = {0};
    if (sessions_authenticate(people->casework.work, session, &identity, &error))
        return true;
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
    g_assert_cmpstr(error->message, ==, "the session is not open; log in");
    return false;
}

static void wait_for(PeopleFixture *people, int64_t time_us)
{
    people->casework.now_us += time_us;
}

// ---- Login --------------------------------------------------------------------------------------

static void who_logs_in_is_known_by_the_session(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    g_auto(Identity) identity = {0};
    g_autofree char *session = people_login(&people, "kim", NULL);
    g_assert_cmpuint(strlen(session), ==, 64);
    sessions_authenticate(people.casework.work, session, &identity, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(identity.actor.account_id, ==, kim.id);
    g_assert_cmpstr(identity.actor.name, ==, "kim");
    g_assert_cmpuint(identity.actor.roles, ==, REVIEWER);
    g_assert_cmpuint(identity.actor.permissions, ==, permissions_of_roles(REVIEWER));
    g_assert_cmpuint(strlen(identity.actor.session), ==, 8);
    g_assert_null(strstr(session, identity.actor.session));
}

static void only_a_hash_of_the_session_is_stored(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    g_autofree char *session = people_login(&people, "kim", NULL);
    g_autofree char *sql = g_strdup_printf(
        "SELECT count(*) FROM session WHERE lower(hex(id_hash)) LIKE '%%%.16s%%'", session);
    if (people.casework.url == NULL)
        g_assert_cmpint(people_number(&people, sql), ==, 0);
    g_assert_cmpint(people_number(&people, "SELECT length(id_hash) FROM session"), ==, 32);
}

static void a_wrong_password_and_an_unknown_name_get_the_same_answer(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    assert_refused(&people, request_of("kim", "another password", NULL, PEOPLE_ADDRESS));
    assert_refused(&people, request_of("nobody", PEOPLE_PASSWORD, NULL, PEOPLE_ADDRESS));
    assert_refused(&people, request_of("", "", NULL, PEOPLE_ADDRESS));
    assert_refused(&people, request_of("adm", PEOPLE_PASSWORD, NULL, PEOPLE_ADDRESS));
}

static void a_login_is_on_record_with_the_failures_before_it(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    assert_refused(&people, request_of("kim", "another password", NULL, PEOPLE_ADDRESS));
    g_free(people_login(&people, "kim", NULL));
    g_assert_cmpuint(people_leaves(&people, "login"), ==, 1);
    g_assert_cmpint(people_number(&people, "SELECT count(*) FROM audit_leaf WHERE action = 'login' "
                                           "AND payload LIKE '%\"failures_before\":1%'"),
                    ==, 1);
}

// ---- Second factor ------------------------------------------------------------------------------

static void a_code_at_login_counts_as_second_factor(void)
{
    PEOPLE;
    g_auto(Identity) identity = {0};
    g_autofree char *session = people_login(&people, "kim", people_code(&people, kim.totp, 0));
    sessions_authenticate(people.casework.work, session, &identity, NULL);
    g_assert_cmpint(identity.second_factor_us, ==, people.casework.now_us);
}

static void a_code_is_never_taken_twice(void)
{
    PEOPLE;
    const char *code = people_code(&people, kim.totp, 0);
    g_free(people_login(&people, "kim", code));
    assert_refused(&people, request_of("kim", PEOPLE_PASSWORD, code, PEOPLE_ADDRESS));
    wait_for(&people, 30 * G_TIME_SPAN_SECOND);
    assert_refused(&people, request_of("kim", PEOPLE_PASSWORD, code, PEOPLE_ADDRESS));
    g_free(people_login(&people, "kim", people_code(&people, kim.totp, 0)));
}

static void a_code_stays_used_when_the_clock_goes_a_day_forth_and_back(void)
{
    PEOPLE;
    const char *today = people_code(&people, kim.totp, 0);
    g_free(people_login(&people, "kim", today));
    wait_for(&people, G_TIME_SPAN_DAY);
    const char *tomorrow = people_code(&people, kim.totp, 0);
    g_free(people_login(&people, "kim", tomorrow));
    wait_for(&people, -G_TIME_SPAN_DAY);
    assert_refused(&people, request_of("kim", PEOPLE_PASSWORD, today, PEOPLE_ADDRESS));
    g_free(people_login(&people, "kim", people_code(&people, kim.totp, 1))); // nobody is locked out
    wait_for(&people, G_TIME_SPAN_DAY);
    assert_refused(&people, request_of("kim", PEOPLE_PASSWORD, tomorrow, PEOPLE_ADDRESS));
}

static void step_up_gives_an_open_session_a_second_factor(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    g_auto(Identity) before = {0};
    g_auto(Identity) after = {0};
    Casework *work = people.casework.work;
    g_autofree char *session = people_login(&people, "kim", NULL);
    sessions_authenticate(work, session, &before, NULL);
    g_assert_cmpint(before.second_factor_us, ==, 0);
    sessions_second_factor(work, session, people_code(&people, kim.totp, 0), &error);
    g_assert_no_error(error);
    sessions_authenticate(work, session, &after, NULL);
    g_assert_cmpint(after.second_factor_us, ==, people.casework.now_us);
    g_assert_cmpuint(people_leaves(&people, "second_factor"), ==, 1);
}

static void wrong_codes_make_wait_whatever_the_session(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    Casework *work = people.casework.work;
    g_autofree char *session = people_login(&people, "kim", NULL);
    const char *far = people_code(&people, kim.totp, 50);
    for (unsigned i = 0; i < 5; i++) {
        g_assert_false(sessions_second_factor(work, session, far, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
        g_clear_error(&error);
    }
    g_assert_false(
        sessions_second_factor(work, session, people_code(&people, kim.totp, 0), &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_BUSY);
    g_assert_cmpuint(people_leaves(&people, "login_refused"), ==, 1);
    wait_for(&people, 2 * G_TIME_SPAN_SECOND);
    g_clear_error(&error);
    sessions_second_factor(work, session, people_code(&people, kim.totp, 0), &error);
    g_assert_no_error(error);
}

static void a_second_factor_is_valid_for_pictures_and_fresh_for_export(void)
{
    Identity identity = {.second_factor_us = G_TIME_SPAN_DAY};
    const int64_t given = identity.second_factor_us;
    g_assert_true(identity_has_second_factor(&identity, PERMISSION_REVEAL,
                                             given + 12 * G_TIME_SPAN_HOUR - 1));
    g_assert_false(
        identity_has_second_factor(&identity, PERMISSION_REVEAL, given + 12 * G_TIME_SPAN_HOUR));
    g_assert_true(identity_has_second_factor(&identity, PERMISSION_EXPORT,
                                             given + 15 * G_TIME_SPAN_MINUTE - 1));
    g_assert_false(
        identity_has_second_factor(&identity, PERMISSION_EXPORT, given + 15 * G_TIME_SPAN_MINUTE));
    g_assert_false(identity_has_second_factor(&identity, PERMISSION_ADMINISTER,
                                              given + 15 * G_TIME_SPAN_MINUTE));
    g_assert_false(
        identity_has_second_factor(&identity, PERMISSION_REVEAL, given - G_TIME_SPAN_DAY / 2));
    identity.second_factor_us = 0;
    g_assert_false(identity_has_second_factor(&identity, PERMISSION_REVEAL, 1));
    g_assert_true(identity_has_second_factor(&identity, PERMISSION_CASE_READ, 1));
}

// ---- The end of a session -----------------------------------------------------------------------

static void a_session_ends_after_half_an_hour_of_silence(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    g_autofree char *session = people_login(&people, "kim", NULL);
    wait_for(&people, 29 * G_TIME_SPAN_MINUTE);
    g_assert_true(is_open(&people, session));
    wait_for(&people, 29 * G_TIME_SPAN_MINUTE);
    g_assert_true(is_open(&people, session));
    wait_for(&people, 31 * G_TIME_SPAN_MINUTE);
    g_assert_false(is_open(&people, session));
}

static void a_session_ends_after_twelve_hours_of_work(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    g_autofree char *session = people_login(&people, "kim", NULL);
    for (unsigned i = 0; i < 47; i++) {
        wait_for(&people, 15 * G_TIME_SPAN_MINUTE);
        g_assert_true(is_open(&people, session));
    }
    wait_for(&people, 15 * G_TIME_SPAN_MINUTE);
    g_assert_false(is_open(&people, session));
}

static void a_clock_that_goes_back_ends_sessions(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    g_autofree char *session = people_login(&people, "kim", NULL);
    wait_for(&people, -4 * G_TIME_SPAN_MINUTE);
    g_assert_true(is_open(&people, session));
    wait_for(&people, -G_TIME_SPAN_DAY);
    g_assert_false(is_open(&people, session));
}

static void logging_out_ends_the_session_and_is_on_record(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    g_autoptr(GError) error = NULL;
    g_autofree char *session = people_login(&people, "kim", NULL);
    g_autofree char *other = people_login(&people, "kim", NULL);
    g_assert_true(sessions_logout(people.casework.work, session, &error));
    g_assert_false(is_open(&people, session));
    g_assert_true(is_open(&people, other));
    g_assert_true(sessions_logout(people.casework.work, session, &error));
    g_assert_cmpuint(people_leaves(&people, "logout"), ==, 1);
}

static void what_was_never_a_session_is_none(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    g_autofree char *zeros = g_strnfill(64, '0');
    g_autofree char *longest = g_strnfill(100000, 'a');
    const char *const others[] = {"", "x", zeros, longest, "' OR 1=1 --", "\xff\xfe"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_false(is_open(&people, others[i]));
}

static void a_person_has_at_most_twenty_sessions(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    g_autofree char *first = people_login(&people, "kim", NULL);
    for (unsigned i = 0; i < 20; i++) {
        wait_for(&people, 1);
        g_free(people_login(&people, "kim", NULL));
    }
    g_assert_cmpint(people_number(&people, "SELECT count(*) FROM session"), ==, 20);
    g_assert_false(is_open(&people, first));
}

static void every_session_has_its_own_csrf_token(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    g_auto(Identity) one = {0};
    g_auto(Identity) two = {0};
    g_autofree char *first = people_login(&people, "kim", NULL);
    g_autofree char *second = people_login(&people, "kim", NULL);
    sessions_authenticate(people.casework.work, first, &one, NULL);
    sessions_authenticate(people.casework.work, second, &two, NULL);
    g_assert_true(sessions_csrf_is_right(&one, one.csrf));
    g_assert_false(sessions_csrf_is_right(&one, two.csrf));
    g_assert_false(sessions_csrf_is_right(&one, ""));
    g_assert_false(sessions_csrf_is_right(&one, first));
}

// ---- Limits -------------------------------------------------------------------------------------

// A password that is too long is wrong without being hashed, which keeps these tests short.
static void fail_times(PeopleFixture *people, unsigned times, const char *name, const char *address)
{
    g_autofree char *longest = g_strnfill(2000, 'x');
    for (unsigned i = 0; i < times; i++)
        assert_refused(people, request_of(name, longest, NULL, address));
}

static void five_failures_make_wait_and_each_further_one_twice_as_long(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    LoginRequest right = request_of("kim", PEOPLE_PASSWORD, NULL, PEOPLE_ADDRESS);
    fail_times(&people, 5, "kim", PEOPLE_ADDRESS);
    assert_must_wait(&people, right);
    wait_for(&people, G_TIME_SPAN_SECOND);
    fail_times(&people, 1, "kim", PEOPLE_ADDRESS);
    wait_for(&people, G_TIME_SPAN_SECOND);
    assert_must_wait(&people, right);
    wait_for(&people, G_TIME_SPAN_SECOND);
    assert_logs_in(&people, right);
    fail_times(&people, 5, "kim", PEOPLE_ADDRESS); // forgotten by the login
}

static void an_unknown_name_makes_wait_the_same(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    fail_times(&people, 5, "nobody", PEOPLE_ADDRESS);
    assert_must_wait(&people, request_of("nobody", PEOPLE_PASSWORD, NULL, PEOPLE_ADDRESS));
}

static void a_stranger_cannot_lock_somebody_out_of_their_own_desk(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    g_free(people_login(&people, "kim", NULL));
    for (unsigned i = 0; i < 20; i++) {
        g_autofree char *address = g_strdup_printf("198.51.100.%u", i / 4);
        fail_times(&people, 1, "kim", address);
    }
    assert_must_wait(&people, request_of("kim", PEOPLE_PASSWORD, NULL, "203.0.113.1"));
    assert_logs_in(&people, request_of("kim", PEOPLE_PASSWORD, NULL, PEOPLE_ADDRESS));
}

static void waiting_has_a_bound_and_a_clock_that_went_back_ends_it(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    for (unsigned i = 0; i < 15; i++) {
        fail_times(&people, 1, "kim", PEOPLE_ADDRESS);
        wait_for(&people, 5 * G_TIME_SPAN_MINUTE);
    }
    assert_logs_in(&people, request_of("kim", PEOPLE_PASSWORD, NULL, PEOPLE_ADDRESS));
    fail_times(&people, 5, "kim", PEOPLE_ADDRESS);
    wait_for(&people, -G_TIME_SPAN_DAY);
    assert_logs_in(&people, request_of("kim", PEOPLE_PASSWORD, NULL, PEOPLE_ADDRESS));
}

static void many_failures_are_on_record_in_aggregate(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    for (unsigned i = 0; i < 12; i++) {
        g_autofree char *address = g_strdup_printf("198.51.100.%u", i);
        fail_times(&people, 1, "kim", address);
    }
    g_assert_cmpuint(people_leaves(&people, "login_refused"), ==, 2); // at 5 and at 10
}

static void counters_of_failed_logins_are_bounded(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    g_autoptr(GError) error = NULL;
    Database *database = casework_database(people.casework.work);
    g_assert_true(database_begin_write(database, &error));
    for (uint8_t i = 1; i <= 10; i++) {
        uint8_t who[ACCOUNT_HASH_BYTES] = {i};
        attempt_row_write(database, "pair", who, (AttemptRow){.failures = 1, .last_us = i}, &error);
        g_assert_no_error(error);
    }
    g_assert_true(attempt_row_prune(database, "pair", 3, 4, &error));
    g_assert_true(database_commit(database, &error));
    g_assert_cmpint(people_number(&people, "SELECT count(*) FROM login_attempt"), ==, 4);
    g_assert_cmpint(people_number(&people, "SELECT min(last_us) FROM login_attempt"), ==, 7);
}

static void a_hash_with_smaller_parameters_grows_at_the_next_login(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    uint64_t seq;
    bool found;
    g_auto(PasswordHash) hash = {0};
    g_assert_cmpint(
        crypto_pwhash_str(hash.text, PEOPLE_PASSWORD, strlen(PEOPLE_PASSWORD), 1, 8 << 20), ==, 0);
    Casework *work = people.casework.work;
    g_auto(PasswordHash) now = {0};
    g_assert_true(account_password_load(work, kim.id, &now, &seq, &found, &error));
    Act *act = people_act(&people, &kim.actor, AUDIT_ACCOUNT_CHANGED);
    g_assert_true(account_password_write(act, kim.id, &hash, seq, &error));
    people_commit(act);
    g_free(people_login(&people, "kim", NULL));
    g_assert_true(account_password_load(work, kim.id, &now, &seq, &found, &error));
    g_assert_true(password_hash_is_current(now.text));
    g_free(people_login(&people, "kim", NULL));
}

static void without_the_keys_nobody_logs_in_and_it_is_said(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, >, 0);
    g_autoptr(GError) error = NULL;
    g_autofree char *session = NULL;
    g_autofree char *keys = g_build_filename(people.casework.folder, "keys", NULL);
    g_autofree char *away = g_build_filename(people.casework.folder, "away", NULL);
    g_assert_cmpint(rename(keys, away), ==, 0);
    g_autoptr(Casework) later = casework_fixture_open_again(&people.casework);
    LoginRequest request = request_of("kim", PEOPLE_PASSWORD, NULL, PEOPLE_ADDRESS);
    g_assert_false(sessions_login(later, &request, &session, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_ENCRYPTED);
    g_assert_nonnull(strstr(error->message, "put back from its backup"));
    g_assert_false(g_file_test(keys, G_FILE_TEST_EXISTS));
}

// ---- At the same time ---------------------------------------------------------------------------

typedef struct {
    Casework *work;
    const char *code;
    bool entered;
} Desk;

static gpointer log_in(gpointer data)
{
    Desk *desk = data;
    g_autofree char *session = NULL;
    LoginRequest request = request_of("kim", PEOPLE_PASSWORD, desk->code, PEOPLE_ADDRESS);
    desk->entered = sessions_login(desk->work, &request, &session, NULL);
    return NULL;
}

static void of_many_logins_with_one_code_at_once_one_succeeds(void)
{
    PEOPLE;
    Desk desks[4];
    GThread *threads[G_N_ELEMENTS(desks)];
    const char *code = people_code(&people, kim.totp, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(desks); i++)
        desks[i] = (Desk){.work = casework_fixture_open_again(&people.casework), .code = code};
    for (size_t i = 0; i < G_N_ELEMENTS(desks); i++)
        threads[i] = g_thread_new("desk", log_in, &desks[i]);
    unsigned entered = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(desks); i++) {
        g_thread_join(threads[i]);
        entered += desks[i].entered;
        casework_close(desks[i].work);
    }
    g_assert_cmpuint(entered, ==, 1);
}

// ---- Links of the operator ----------------------------------------------------------------------

static char *make_link(PeopleFixture *people, SignInLinks *links)
{
    g_autoptr(GError) error = NULL;
    char *link = sign_in_links_make(links, people->casework.work, "kim", &error);
    g_assert_no_error(error);
    return link;
}

// The session, or NULL when the link is refused.
static char *open_link(PeopleFixture *people, SignInLinks *links, const char *link)
{
    g_autoptr(GError) error = NULL;
    char *session = NULL;
    if (sign_in_links_open(links, people->casework.work, link, PEOPLE_ADDRESS, &session, &error))
        return session;
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
    g_assert_cmpstr(error->message, ==, WRONG);
    g_assert_null(session);
    return NULL;
}

static void a_link_opens_one_session_with_its_second_factor(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    g_auto(Identity) identity = {0};
    g_autoptr(SignInLinks) links = sign_in_links_new();
    g_autofree char *link = make_link(&people, links);
    g_assert_cmpuint(strlen(link), ==, 64);
    g_autofree char *session = open_link(&people, links, link);
    g_assert_nonnull(session);
    sessions_authenticate(people.casework.work, session, &identity, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(identity.actor.account_id, ==, kim.id);
    g_assert_true(identity_has_second_factor(&identity, PERMISSION_REVEAL, people.casework.now_us));
    g_assert_cmpuint(people_leaves(&people, "login"), ==, 1);
    g_assert_null(open_link(&people, links, link));
    g_assert_cmpuint(people_leaves(&people, "login"), ==, 1);
}

static void a_link_ends_after_its_time(void)
{
    g_auto(PeopleFixture) people;
    people_init(&people);
    people_add(&people, "kim", REVIEWER);
    g_autoptr(SignInLinks) links = sign_in_links_new();
    g_autofree char *late = make_link(&people, links);
    wait_for(&people, SIGN_IN_LINK_LIFE_US - 1);
    g_autofree char *session = open_link(&people, links, late);
    g_assert_nonnull(session);
    g_autofree char *over = make_link(&people, links);
    wait_for(&people, SIGN_IN_LINK_LIFE_US);
    g_assert_null(open_link(&people, links, over));
    g_autofree char *from_the_future = make_link(&people, links);
    wait_for(&people, -2 * G_TIME_SPAN_MINUTE);
    g_assert_null(open_link(&people, links, from_the_future));
}

static void a_link_is_of_the_table_that_made_it(void)
{
    g_auto(PeopleFixture) people;
    people_init(&people);
    people_add(&people, "kim", REVIEWER);
    g_autoptr(GError) error = NULL;
    g_autoptr(SignInLinks) links = sign_in_links_new(), others = sign_in_links_new();
    g_autofree char *link = make_link(&people, links);
    g_assert_null(open_link(&people, others, link));
    g_assert_null(open_link(&people, NULL, link));
    g_assert_null(open_link(&people, links, "not hexadecimal"));
    g_assert_null(sign_in_links_make(links, people.casework.work, "nobody", &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) g_test_add_func("/sessions/" #test, test)
    ADD(who_logs_in_is_known_by_the_session);
    ADD(only_a_hash_of_the_session_is_stored);
    ADD(a_wrong_password_and_an_unknown_name_get_the_same_answer);
    ADD(a_login_is_on_record_with_the_failures_before_it);
    ADD(a_code_at_login_counts_as_second_factor);
    ADD(a_code_is_never_taken_twice);
    ADD(a_code_stays_used_when_the_clock_goes_a_day_forth_and_back);
    ADD(step_up_gives_an_open_session_a_second_factor);
    ADD(wrong_codes_make_wait_whatever_the_session);
    ADD(a_second_factor_is_valid_for_pictures_and_fresh_for_export);
    ADD(a_session_ends_after_half_an_hour_of_silence);
    ADD(a_session_ends_after_twelve_hours_of_work);
    ADD(a_clock_that_goes_back_ends_sessions);
    ADD(logging_out_ends_the_session_and_is_on_record);
    ADD(what_was_never_a_session_is_none);
    ADD(a_person_has_at_most_twenty_sessions);
    ADD(every_session_has_its_own_csrf_token);
    ADD(five_failures_make_wait_and_each_further_one_twice_as_long);
    ADD(an_unknown_name_makes_wait_the_same);
    ADD(a_stranger_cannot_lock_somebody_out_of_their_own_desk);
    ADD(waiting_has_a_bound_and_a_clock_that_went_back_ends_it);
    ADD(many_failures_are_on_record_in_aggregate);
    ADD(counters_of_failed_logins_are_bounded);
    ADD(a_hash_with_smaller_parameters_grows_at_the_next_login);
    ADD(without_the_keys_nobody_logs_in_and_it_is_said);
    ADD(of_many_logins_with_one_code_at_once_one_succeeds);
    ADD(a_link_opens_one_session_with_its_second_factor);
    ADD(a_link_ends_after_its_time);
    ADD(a_link_is_of_the_table_that_made_it);
    return g_test_run();
}
