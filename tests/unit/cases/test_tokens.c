// SPDX-License-Identifier: Apache-2.0
// Tokens: narrow, for a time, known by a hash, revoked at once.
#include "cases/tokens.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "people_fixture.h"

#define INVESTIGATOR (1u << ROLE_INVESTIGATOR)
#define MATCH (1u << SCOPE_MATCH)
#define CASE_READ (1u << SCOPE_CASE_READ)

#define PEOPLE                                                                                     \
    g_auto(PeopleFixture) people;                                                                  \
    people_init(&people);                                                                          \
    Person kim = people_add(&people, "kim", INVESTIGATOR)

static TokenFields fields_of(const PeopleFixture *people, const Person *person, unsigned scopes)
{
    return (TokenFields){.account_id = person->id,
                         .name = "uploads",
                         .scopes = scopes,
                         .ends_us = people->casework.now_us + 30 * G_TIME_SPAN_DAY};
}

// By the person themselves; the text is yours.
static char *make(PeopleFixture *people, const Person *person, TokenFields fields, uint64_t *ret_id)
{
    g_autoptr(GError) error = NULL;
    char *token = NULL;
    Act *act = people_act(people, &person->actor, AUDIT_TOKEN_CHANGED);
    token_create(act, &fields, ret_id, &token, &error);
    g_assert_no_error(error);
    people_commit(act);
    return token;
}

static bool takes(PeopleFixture *people, const char *token, Identity *ret_identity)
{
    g_autoptr(GError) error = NULL;
    if (tokens_authenticate(people->casework.work, token, ret_identity, &error))
        return true;
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
    g_assert_cmpstr(error->message, ==, "the token is not in force; ask its account for a new one");
    return false;
}

static bool is_taken(PeopleFixture *people, const char *token)
{
    g_auto(Identity) identity = {0};
    return takes(people, token, &identity);
}

static void assert_refused(PeopleFixture *people, const Actor *actor, TokenFields fields,
                           ClewError code)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *token = NULL;
    uint64_t id;
    g_autoptr(Act) act = people_act(people, actor, AUDIT_TOKEN_CHANGED);
    g_assert_false(token_create(act, &fields, &id, &token, &error));
    g_assert_error(error, CLEW_ERROR, (int)code);
    g_assert_null(token);
}

static void a_token_acts_for_its_account_within_its_scopes(void)
{
    PEOPLE;
    uint64_t id;
    g_auto(Identity) identity = {0};
    TokenFields fields = fields_of(&people, &kim, CASE_READ);
    fields.case_id = people.casework.case_id;
    g_autofree char *token = make(&people, &kim, fields, &id);
    g_assert_true(takes(&people, token, &identity));
    g_assert_cmpuint(identity.actor.account_id, ==, kim.id);
    g_assert_cmpuint(identity.actor.permissions, ==,
                     permissions_of_scopes(CASE_READ) & kim.actor.permissions);
    g_assert_cmpuint(identity.actor.only_case, ==, people.casework.case_id);
    g_assert_cmpuint(identity.token_id, ==, id);
    g_assert_cmpstr(identity.csrf, ==, "");
}

static void a_token_never_has_more_than_its_account_except_to_match(void)
{
    PEOPLE;
    uint64_t id;
    g_auto(Identity) identity = {0};
    Person lee = people_add(&people, "lee", 1u << ROLE_LIST_CURATOR);
    TokenFields fields = fields_of(&people, &lee, MATCH | CASE_READ | 1u << SCOPE_AUDIT_READ);
    g_autofree char *token = make(&people, &lee, fields, &id);
    g_assert_true(takes(&people, token, &identity));
    g_assert_cmpuint(identity.actor.permissions & ~PERMISSION_BIT(PERMISSION_NONE), ==,
                     PERMISSION_BIT(PERMISSION_MATCH));
    g_assert_cmpuint(kim.id, !=, lee.id);
}

static void a_token_can_be_found_by_scanners_and_is_stored_as_a_hash(void)
{
    PEOPLE;
    uint64_t id;
    g_autofree char *token = make(&people, &kim, fields_of(&people, &kim, MATCH), &id);
    g_assert_cmpuint(strlen(token), ==, 77);
    g_assert_true(g_str_has_prefix(token, "clew_"));
    g_assert_cmpuint(strspn(token + 5, "0123456789abcdef"), ==, 72);
    g_assert_cmpint(people_number(&people, "SELECT length(hash) FROM token"), ==, 32);
}

static void every_changed_letter_of_a_token_is_refused(void)
{
    PEOPLE;
    uint64_t id;
    g_autofree char *token = make(&people, &kim, fields_of(&people, &kim, MATCH), &id);
    for (size_t i = 0; i < strlen(token); i++) {
        char before = token[i];
        token[i] = before == '0' ? '1' : '0';
        g_assert_false(is_taken(&people, token));
        token[i] = before;
    }
    g_assert_true(is_taken(&people, token));
}

static void what_was_never_a_token_is_refused(void)
{
    PEOPLE;
    g_assert_cmpuint(kim.id, !=, 0);
    g_autofree char *longest = g_strnfill(100000, 'a');
    const char *const others[] = {"", "clew_", longest, "\xff\xfe", "bearer"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_false(is_taken(&people, others[i]));
}

static void a_token_ends_when_it_says(void)
{
    PEOPLE;
    uint64_t id;
    g_autofree char *token = make(&people, &kim, fields_of(&people, &kim, MATCH), &id);
    people.casework.now_us += 30 * G_TIME_SPAN_DAY - 1;
    g_assert_true(is_taken(&people, token));
    people.casework.now_us += 1;
    g_assert_false(is_taken(&people, token));
}

static void an_end_within_a_year_is_required(void)
{
    PEOPLE;
    TokenFields fields = fields_of(&people, &kim, MATCH);
    const int64_t now = people.casework.now_us;
    const int64_t wrong[] = {0, now, now - 1, now + 365 * G_TIME_SPAN_DAY + 1, G_MAXINT64};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        fields.ends_us = wrong[i];
        assert_refused(&people, &kim.actor, fields, CLEW_ERROR_INVALID);
    }
}

static void scopes_that_are_none_and_a_name_that_is_none_are_refused(void)
{
    PEOPLE;
    assert_refused(&people, &kim.actor, fields_of(&people, &kim, 0), CLEW_ERROR_INVALID);
    assert_refused(&people, &kim.actor, fields_of(&people, &kim, 1u << SCOPE_COUNT),
                   CLEW_ERROR_INVALID);
    TokenFields fields = fields_of(&people, &kim, MATCH);
    fields.name = "";
    assert_refused(&people, &kim.actor, fields, CLEW_ERROR_INVALID);
}

static void a_token_that_brings_records_in_is_for_one_case(void)
{
    PEOPLE;
    uint64_t id;
    TokenFields fields = fields_of(&people, &kim, 1u << SCOPE_INGEST);
    assert_refused(&people, &kim.actor, fields, CLEW_ERROR_INVALID);
    fields.case_id = people.casework.case_id;
    g_free(make(&people, &kim, fields, &id));
}

static void only_administrators_make_tokens_of_others(void)
{
    PEOPLE;
    assert_refused(&people, &people.casework.ann, fields_of(&people, &kim, MATCH),
                   CLEW_ERROR_DENIED);
    uint64_t id;
    Person administrator = {.id = kim.id, .actor = people.casework.adm};
    g_autofree char *token = make(&people, &administrator, fields_of(&people, &kim, MATCH), &id);
    g_assert_true(is_taken(&people, token));
}

static bool is_revoked_by(PeopleFixture *people, const Actor *actor, uint64_t id)
{
    g_autoptr(GError) error = NULL;
    Act *act = people_act(people, actor, AUDIT_TOKEN_CHANGED);
    if (token_revoke(act, id, &error)) {
        people_commit(act);
        return true;
    }
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    act_free(act);
    return false;
}

static void revoking_ends_a_token_at_once(void)
{
    PEOPLE;
    uint64_t id;
    g_autofree char *token = make(&people, &kim, fields_of(&people, &kim, MATCH), &id);
    g_assert_true(is_revoked_by(&people, &kim.actor, id));
    g_assert_false(is_taken(&people, token));
    g_assert_true(is_revoked_by(&people, &kim.actor, id)); // twice is no error
}

static void others_see_no_token_to_revoke(void)
{
    PEOPLE;
    uint64_t id;
    g_autofree char *token = make(&people, &kim, fields_of(&people, &kim, MATCH), &id);
    g_assert_false(is_revoked_by(&people, &people.casework.ann, id));
    g_assert_true(is_taken(&people, token));
    g_assert_true(is_revoked_by(&people, &people.casework.adm, id));
    g_assert_false(is_taken(&people, token));
}

static void the_day_of_the_last_use_is_kept(void)
{
    PEOPLE;
    uint64_t id;
    g_autoptr(GError) error = NULL;
    g_autofree char *token = make(&people, &kim, fields_of(&people, &kim, MATCH), &id);
    for (unsigned i = 0; i < 3; i++) {
        g_assert_true(is_taken(&people, token));
        people.casework.now_us += G_TIME_SPAN_DAY;
    }
    g_autoptr(GPtrArray) tokens =
        token_list(people.casework.work, &kim.actor, kim.id, 0, 10, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(tokens->len, ==, 1);
    const Token *row = tokens->pdata[0];
    g_assert_cmpint(row->used_day, ==, people.casework.now_us / G_TIME_SPAN_DAY - 1);
}

static void everybody_lists_their_own_and_administrators_all(void)
{
    PEOPLE;
    uint64_t id;
    Person lee = people_add(&people, "lee", INVESTIGATOR);
    g_free(make(&people, &kim, fields_of(&people, &kim, MATCH), &id));
    g_free(make(&people, &lee, fields_of(&people, &lee, MATCH), &id));
    Casework *work = people.casework.work;
    g_autoptr(GPtrArray) own = token_list(work, &kim.actor, lee.id, 0, 10, NULL);
    g_autoptr(GPtrArray) all = token_list(work, &people.casework.adm, 0, 0, 10, NULL);
    g_assert_cmpuint(own->len, ==, 1);
    g_assert_cmpuint(((const Token *)own->pdata[0])->account_id, ==, kim.id);
    g_assert_cmpuint(all->len, ==, 2);
}

static void an_account_has_a_bounded_number_of_tokens(void)
{
    PEOPLE;
    uint64_t id = 0;
    for (unsigned i = 0; i < LIMIT_ACCOUNT_TOKENS; i++)
        g_free(make(&people, &kim, fields_of(&people, &kim, MATCH), &id));
    assert_refused(&people, &kim.actor, fields_of(&people, &kim, MATCH), CLEW_ERROR_LIMIT);
    g_assert_true(is_revoked_by(&people, &kim.actor, id));
    g_free(make(&people, &kim, fields_of(&people, &kim, MATCH), &id));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) g_test_add_func("/tokens/" #test, test)
    ADD(a_token_acts_for_its_account_within_its_scopes);
    ADD(a_token_never_has_more_than_its_account_except_to_match);
    ADD(a_token_can_be_found_by_scanners_and_is_stored_as_a_hash);
    ADD(every_changed_letter_of_a_token_is_refused);
    ADD(what_was_never_a_token_is_refused);
    ADD(a_token_ends_when_it_says);
    ADD(an_end_within_a_year_is_required);
    ADD(scopes_that_are_none_and_a_name_that_is_none_are_refused);
    ADD(a_token_that_brings_records_in_is_for_one_case);
    ADD(only_administrators_make_tokens_of_others);
    ADD(revoking_ends_a_token_at_once);
    ADD(others_see_no_token_to_revoke);
    ADD(the_day_of_the_last_use_is_kept);
    ADD(everybody_lists_their_own_and_administrators_all);
    ADD(an_account_has_a_bounded_number_of_tokens);
    return g_test_run();
}
