// SPDX-License-Identifier: Apache-2.0
// Units and accounts: who may change what, and what ends with it.
#include <string.h>

#include "base/error.h"
#include "cases/accounts_secret.h"
#include "cases/sessions.h"
#include "cases/tokens.h"
#include "people_fixture.h"

#define REVIEWER (1u << ROLE_REVIEWER)
#define ADMINISTRATOR (1u << ROLE_ADMINISTRATOR)

#define PEOPLE                                                                                     \
    g_auto(PeopleFixture) people;                                                                  \
    people_init(&people);                                                                          \
    Casework *work = people.casework.work;                                                         \
    const Actor *adm = &people.casework.adm;                                                       \
    g_assert_true(work != NULL && adm->account_id != 0)

static AccountFields fields_of(const PeopleFixture *people, const char *name, unsigned roles)
{
    return (AccountFields){
        .name = name, .display = name, .unit_id = people->casework.unit[0], .roles = roles};
}

// Invites somebody; the text is yours.
static char *invite(PeopleFixture *people, const char *name, unsigned roles, uint64_t *ret_id)
{
    g_autoptr(GError) error = NULL;
    char *invitation = NULL;
    AccountFields fields = fields_of(people, name, roles);
    Act *act = people_act(people, &people->casework.adm, AUDIT_ACCOUNT_CHANGED);
    account_create(act, &fields, ret_id, &invitation, &error);
    g_assert_no_error(error);
    people_commit(act);
    return invitation;
}

static bool is_in_force(PeopleFixture *people, const char *invitation)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Account) account = invitation_open(people->casework.work, invitation, &error);
    g_assert_true(account != NULL || g_error_matches(error, CLEW_ERROR, CLEW_ERROR_DENIED));
    return account != NULL;
}

// Accepts with a right code; the recovery codes are yours, NULL with *err set when it is refused.
static GPtrArray *accept(PeopleFixture *people, const char *invitation, const char *password,
                         uint8_t ret_totp[TOTP_SECRET_BYTES], GError **err)
{
    g_autofree char *uri = NULL;
    GPtrArray *codes = NULL;
    if (!invitation_enrol(people->casework.work, invitation, &uri, err))
        return NULL;
    people_secret_of_uri(uri, ret_totp);
    InvitationAnswer answer = {
        .invitation = invitation, .password = password, .code = people_code(people, ret_totp, 0)};
    return invitation_accept(people->casework.work, &answer, &codes, err) ? codes : NULL;
}

static bool can_log_in(PeopleFixture *people, const char *name, const char *password,
                       const char *code)
{
    g_autofree char *session = NULL;
    LoginRequest request = {
        .name = name, .password = password, .code = code, .address = PEOPLE_ADDRESS};
    return sessions_login(people->casework.work, &request, &session, NULL);
}

static bool is_open(PeopleFixture *people, const char *session)
{
    g_auto(Identity) identity = {0};
    return sessions_authenticate(people->casework.work, session, &identity, NULL);
}

static void assert_refused(GError **error, ClewError code, const char *words)
{
    g_assert_error(*error, CLEW_ERROR, (int)code);
    if (strstr((*error)->message, words) == NULL)
        g_error("\"%s\" does not say \"%s\"", (*error)->message, words);
    g_clear_error(error);
}

// ---- Invitations --------------------------------------------------------------------------------

static void who_accepts_an_invitation_can_log_in(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    uint64_t id;
    uint8_t totp[TOTP_SECRET_BYTES];
    g_autofree char *invitation = invite(&people, "kim", REVIEWER, &id);
    g_assert_false(can_log_in(&people, "kim", PEOPLE_PASSWORD, NULL));
    g_autoptr(GPtrArray) codes = accept(&people, invitation, PEOPLE_PASSWORD, totp, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(codes->len, ==, 8);
    g_assert_true(can_log_in(&people, "kim", PEOPLE_PASSWORD, people_code(&people, totp, 1)));
    g_assert_false(is_in_force(&people, invitation));
}

static void the_code_of_the_enrolment_is_used_up(void)
{
    PEOPLE;
    uint64_t id;
    uint8_t totp[TOTP_SECRET_BYTES];
    g_autofree char *invitation = invite(&people, "kim", REVIEWER, &id);
    g_autoptr(GPtrArray) codes = accept(&people, invitation, PEOPLE_PASSWORD, totp, NULL);
    g_assert_nonnull(codes);
    g_assert_false(can_log_in(&people, "kim", PEOPLE_PASSWORD, people_code(&people, totp, 0)));
}

static void an_invitation_ends_after_72_hours(void)
{
    PEOPLE;
    uint64_t id;
    g_autofree char *invitation = invite(&people, "kim", REVIEWER, &id);
    people.casework.now_us += 72 * G_TIME_SPAN_HOUR - 1;
    g_assert_true(is_in_force(&people, invitation));
    people.casework.now_us += 1;
    g_assert_false(is_in_force(&people, invitation));
}

static void an_invitation_with_a_weak_password_or_a_wrong_code_stays_in_force(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    uint64_t id;
    uint8_t totp[TOTP_SECRET_BYTES];
    g_autofree char *invitation = invite(&people, "kim", REVIEWER, &id);
    g_assert_null(accept(&people, invitation, "short", totp, &error));
    assert_refused(&error, CLEW_ERROR_INVALID, "12 characters");
    g_autoptr(GPtrArray) codes = NULL;
    InvitationAnswer answer = {.invitation = invitation,
                               .password = PEOPLE_PASSWORD,
                               .code = people_code(&people, totp, 9)};
    g_assert_false(invitation_accept(work, &answer, &codes, &error));
    assert_refused(&error, CLEW_ERROR_INVALID, "the code is not the one");
    g_assert_true(is_in_force(&people, invitation));
}

static void what_was_never_an_invitation_is_refused(void)
{
    PEOPLE;
    g_autofree char *zeros = g_strnfill(64, '0');
    g_assert_false(is_in_force(&people, zeros));
    g_assert_false(is_in_force(&people, ""));
    g_assert_false(is_in_force(&people, "not hexadecimal"));
}

static void a_recovery_code_is_good_once(void)
{
    PEOPLE;
    uint64_t id;
    uint8_t totp[TOTP_SECRET_BYTES];
    g_autofree char *invitation = invite(&people, "kim", REVIEWER, &id);
    g_autoptr(GPtrArray) codes = accept(&people, invitation, PEOPLE_PASSWORD, totp, NULL);
    g_assert_true(can_log_in(&people, "kim", PEOPLE_PASSWORD, codes->pdata[3]));
    g_assert_false(can_log_in(&people, "kim", PEOPLE_PASSWORD, codes->pdata[3]));
    g_assert_true(can_log_in(&people, "kim", PEOPLE_PASSWORD, codes->pdata[4]));
}

// ---- The first administrator --------------------------------------------------------------------

static void remove_administrators(PeopleFixture *people)
{
    g_autoptr(GError) error = NULL;
    Actor root = actor_of_command_line("root");
    g_autofree char *invitation = NULL;
    Act *act = people_act(people, &root, AUDIT_ACCOUNT_CHANGED);
    account_reset(act, people->casework.adm.account_id, &invitation, &error);
    g_assert_no_error(error);
    people_commit(act);
}

static void without_an_active_administrator_one_is_invited(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    remove_administrators(&people);
    g_autofree char *one = NULL;
    g_autofree char *two = NULL;
    g_assert_true(accounts_first_invitation(work, &one, &error));
    g_assert_true(is_in_force(&people, one));
    g_assert_true(accounts_first_invitation(work, &two, &error));
    g_assert_false(is_in_force(&people, one));
    g_assert_true(is_in_force(&people, two));
}

static void with_an_active_administrator_none_is_invited(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    g_autofree char *invitation = NULL;
    g_assert_true(accounts_first_invitation(work, &invitation, &error));
    g_assert_null(invitation);
}

static void an_empty_store_gets_its_first_administrator(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *parent = g_dir_make_tmp("clew-first-XXXXXX", &error);
    g_autofree char *folder = g_build_filename(parent, "data", NULL);
    g_autofree char *invitation = NULL;
    g_autoptr(Casework) work = casework_open(&(CaseworkOptions){.data_folder = folder}, &error);
    g_assert_no_error(error);
    g_assert_true(accounts_first_invitation(work, &invitation, &error));
    g_autoptr(Account) account = invitation_open(work, invitation, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(account->name, ==, "administrator");
    g_assert_cmpuint(account->roles, ==, ADMINISTRATOR);
    g_autofree char *remove = g_strdup_printf("rm -rf '%s'", parent);
    g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL);
}

// ---- Who may change whom ------------------------------------------------------------------------

static void only_administrators_change_units_and_accounts(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    uint64_t id;
    g_autofree char *text = NULL;
    AccountFields fields = fields_of(&people, "kim", REVIEWER);
    UnitFields unit = {.name = "West", .agency = "", .country = "NL", .contact = ""};
    const Actor *others[] = {&people.casework.ann, &people.casework.bob, &people.casework.aud,
                             &people.casework.cur};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(Act) act = people_act(&people, others[i], AUDIT_ACCOUNT_CHANGED);
        g_assert_false(account_create(act, &fields, &id, &text, &error));
        assert_refused(&error, CLEW_ERROR_DENIED, "administrators");
        g_assert_false(account_change(act, others[i]->account_id, &fields, &error));
        assert_refused(&error, CLEW_ERROR_DENIED, "administrators");
        g_assert_false(account_reset(act, people.casework.eve.account_id, &text, &error));
        assert_refused(&error, CLEW_ERROR_DENIED, "administrators");
        g_assert_false(account_close(act, people.casework.eve.account_id, &error));
        assert_refused(&error, CLEW_ERROR_DENIED, "administrators");
        g_assert_false(unit_create(act, &unit, &id, &error));
        assert_refused(&error, CLEW_ERROR_DENIED, "administrators");
    }
}

static void the_last_active_administrator_stays_one(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    Actor root = actor_of_command_line("root");
    g_autoptr(Act) act = people_act(&people, &root, AUDIT_ACCOUNT_CHANGED);
    AccountFields fields = fields_of(&people, "adm", REVIEWER);
    g_assert_false(account_close(act, adm->account_id, &error));
    assert_refused(&error, CLEW_ERROR_CONFLICT, "last active administrator");
    g_assert_false(account_change(act, adm->account_id, &fields, &error));
    assert_refused(&error, CLEW_ERROR_CONFLICT, "last active administrator");
}

static void an_invited_administrator_does_not_count_as_active(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    uint64_t id;
    g_autofree char *invitation = invite(&people, "kim", ADMINISTRATOR, &id);
    g_assert_true(is_in_force(&people, invitation));
    g_autoptr(Act) act = people_act(&people, adm, AUDIT_ACCOUNT_CHANGED);
    g_assert_false(account_close(act, adm->account_id, &error));
    assert_refused(&error, CLEW_ERROR_CONFLICT, "last active administrator");
}

static void of_two_administrators_one_can_go(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    Person kim = people_add(&people, "kim", ADMINISTRATOR);
    Act *act = people_act(&people, &kim.actor, AUDIT_ACCOUNT_CHANGED);
    g_assert_true(account_close(act, adm->account_id, &error));
    people_commit(act);
}

static void nobody_changes_their_own_roles_or_resets_themselves(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    Person kim = people_add(&people, "kim", ADMINISTRATOR);
    AccountFields fields = fields_of(&people, "kim", ADMINISTRATOR | REVIEWER);
    g_autoptr(Act) act = people_act(&people, &kim.actor, AUDIT_ACCOUNT_CHANGED);
    g_assert_false(account_change(act, kim.id, &fields, &error));
    assert_refused(&error, CLEW_ERROR_CONFLICT, "their own roles");
    g_assert_false(account_reset(act, kim.id, &text, &error));
    assert_refused(&error, CLEW_ERROR_CONFLICT, "resets themselves");
}

static void names_are_plain_and_never_given_twice(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    uint64_t id;
    g_autofree char *text = NULL;
    static const char *const wrong[] = {"",     "k",     "Kim",        "kim lee",
                                        "-kim", "ki\nm", "k\xc3\xaem", "kim'; DROP--"};
    g_autoptr(Act) act = people_act(&people, adm, AUDIT_ACCOUNT_CHANGED);
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        AccountFields fields = fields_of(&people, wrong[i], REVIEWER);
        g_assert_false(account_create(act, &fields, &id, &text, &error));
        assert_refused(&error, CLEW_ERROR_INVALID, "the account's name");
    }
    AccountFields fields = fields_of(&people, "ann", REVIEWER);
    g_assert_false(account_create(act, &fields, &id, &text, &error));
    assert_refused(&error, CLEW_ERROR_CONFLICT, "an account of this name");
}

static void roles_that_do_not_exist_are_refused(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    uint64_t id;
    g_autofree char *text = NULL;
    g_autoptr(Act) act = people_act(&people, adm, AUDIT_ACCOUNT_CHANGED);
    const unsigned wrong[] = {0, 1u << ROLE_COUNT, ~0u};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        AccountFields fields = fields_of(&people, "kim", wrong[i]);
        g_assert_false(account_create(act, &fields, &id, &text, &error));
        assert_refused(&error, CLEW_ERROR_INVALID, "the roles");
    }
}

// ---- What ends with it --------------------------------------------------------------------------

static char *make_token(PeopleFixture *people, const Person *person)
{
    g_autoptr(GError) error = NULL;
    uint64_t id;
    char *token = NULL;
    Act *act = people_act(people, &person->actor, AUDIT_TOKEN_CHANGED);
    token_create(act,
                 &(TokenFields){.account_id = person->id,
                                .name = "uploads",
                                .scopes = 1u << SCOPE_MATCH,
                                .ends_us = people->casework.now_us + G_TIME_SPAN_DAY},
                 &id, &token, &error);
    g_assert_no_error(error);
    people_commit(act);
    return token;
}

static bool takes_token(PeopleFixture *people, const char *token)
{
    g_auto(Identity) identity = {0};
    return tokens_authenticate(people->casework.work, token, &identity, NULL);
}

static void closing_an_account_ends_its_sessions_and_tokens_in_the_same_act(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    Person kim = people_add(&people, "kim", REVIEWER);
    g_autofree char *session = people_login(&people, "kim", NULL);
    g_autofree char *token = make_token(&people, &kim);
    Act *act = people_act(&people, adm, AUDIT_ACCOUNT_CHANGED);
    g_assert_true(account_close(act, kim.id, &error));
    people_commit(act);
    g_assert_false(is_open(&people, session));
    g_assert_false(takes_token(&people, token));
    g_assert_false(can_log_in(&people, "kim", PEOPLE_PASSWORD, NULL));
    g_assert_cmpint(people_number(&people, "SELECT count(*) FROM account_secret"), ==, 0);
    g_assert_cmpint(people_number(&people, "SELECT count(*) FROM token WHERE revoked_us IS NULL"),
                    ==, 0);
}

static void a_closed_account_stays_closed(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    Person kim = people_add(&people, "kim", REVIEWER);
    Act *act = people_act(&people, adm, AUDIT_ACCOUNT_CHANGED);
    g_assert_true(account_close(act, kim.id, &error));
    g_assert_false(account_reset(act, kim.id, &text, &error));
    assert_refused(&error, CLEW_ERROR_CONFLICT, "closed");
    people_commit(act);
}

static void other_roles_end_the_sessions(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    Person kim = people_add(&people, "kim", REVIEWER);
    g_autofree char *session = people_login(&people, "kim", NULL);
    AccountFields fields = fields_of(&people, "kim", REVIEWER | 1u << ROLE_INVESTIGATOR);
    Act *act = people_act(&people, adm, AUDIT_ACCOUNT_CHANGED);
    g_assert_true(account_change(act, kim.id, &fields, &error));
    people_commit(act);
    g_assert_false(is_open(&people, session));
}

static void another_display_name_ends_nothing(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    Person kim = people_add(&people, "kim", REVIEWER);
    g_autofree char *session = people_login(&people, "kim", NULL);
    AccountFields fields = fields_of(&people, "ignored", REVIEWER);
    fields.display = "Kim of the desk";
    Act *act = people_act(&people, adm, AUDIT_ACCOUNT_CHANGED);
    g_assert_true(account_change(act, kim.id, &fields, &error));
    people_commit(act);
    g_assert_true(is_open(&people, session));
    g_autoptr(Account) account = account_find(work, "kim", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(account->display, ==, "Kim of the desk");
}

static void a_reset_takes_everything_away_until_the_new_invitation_is_accepted(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    g_autofree char *invitation = NULL;
    uint8_t totp[TOTP_SECRET_BYTES];
    Person kim = people_add(&people, "kim", REVIEWER);
    g_autofree char *session = people_login(&people, "kim", NULL);
    g_autofree char *token = make_token(&people, &kim);
    Act *act = people_act(&people, adm, AUDIT_ACCOUNT_CHANGED);
    g_assert_true(account_reset(act, kim.id, &invitation, &error));
    people_commit(act);
    g_assert_false(is_open(&people, session));
    g_assert_false(takes_token(&people, token));
    g_assert_false(can_log_in(&people, "kim", PEOPLE_PASSWORD, NULL));
    g_autoptr(GPtrArray) codes = accept(&people, invitation, "another lantern orbit", totp, &error);
    g_assert_no_error(error);
    g_assert_nonnull(codes);
    g_assert_true(takes_token(&people, token));
    g_assert_true(can_log_in(&people, "kim", "another lantern orbit", NULL));
}

// ---- One's own secrets --------------------------------------------------------------------------

static void another_password_ends_all_sessions(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    Person kim = people_add(&people, "kim", REVIEWER);
    g_autofree char *session = people_login(&people, "kim", NULL);
    PasswordChange change = {.old_password = PEOPLE_PASSWORD,
                             .new_password = "another lantern orbit",
                             .code = people_code(&people, kim.totp, 0),
                             .address = PEOPLE_ADDRESS};
    g_assert_true(account_change_password(work, &kim.actor, &change, &error));
    g_assert_false(is_open(&people, session));
    g_assert_false(can_log_in(&people, "kim", PEOPLE_PASSWORD, NULL));
    g_assert_true(can_log_in(&people, "kim", "another lantern orbit", NULL));
}

static void a_password_change_needs_the_old_one_and_a_code(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    Person kim = people_add(&people, "kim", REVIEWER);
    PasswordChange change = {.old_password = "wrong wrong wrong",
                             .new_password = "another lantern orbit",
                             .code = people_code(&people, kim.totp, 0),
                             .address = PEOPLE_ADDRESS};
    g_assert_false(account_change_password(work, &kim.actor, &change, &error));
    assert_refused(&error, CLEW_ERROR_DENIED, "is wrong");
    change.old_password = PEOPLE_PASSWORD;
    change.code = people_code(&people, kim.totp, 7);
    g_assert_false(account_change_password(work, &kim.actor, &change, &error));
    assert_refused(&error, CLEW_ERROR_DENIED, "is wrong");
    g_assert_true(can_log_in(&people, "kim", PEOPLE_PASSWORD, NULL));
}

static void another_second_factor_replaces_the_old_one(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    g_autofree char *uri = NULL;
    g_autoptr(GPtrArray) codes = NULL;
    uint8_t fresh[TOTP_SECRET_BYTES];
    Person kim = people_add(&people, "kim", REVIEWER);
    g_assert_true(account_enrol(work, &kim.actor, &uri, &error));
    people_secret_of_uri(uri, fresh);
    SecondFactorChange change = {.old_code = people_code(&people, kim.totp, 0),
                                 .new_code = people_code(&people, fresh, 0)};
    account_change_second_factor(work, &kim.actor, &change, &codes, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(codes->len, ==, 8);
    people.casework.now_us += G_TIME_SPAN_MINUTE;
    const char *old_code = people_code(&people, kim.totp, 0);
    g_assert_false(can_log_in(&people, "kim", PEOPLE_PASSWORD, old_code));
    g_assert_true(can_log_in(&people, "kim", PEOPLE_PASSWORD, people_code(&people, fresh, 0)));
}

// ---- What lies in the database ------------------------------------------------------------------

static void a_password_row_moved_to_another_account_opens_nothing(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    g_autofree char *session = NULL;
    Person kim = people_add(&people, "kim", REVIEWER);
    Person lee = people_add(&people, "lee", REVIEWER);
    g_autofree char *move = g_strdup_printf(
        "UPDATE account_secret SET password_sealed = (SELECT password_sealed FROM account_secret "
        "WHERE id = %u) WHERE id = %u",
        (unsigned)kim.id, (unsigned)lee.id);
    g_assert_true(database_begin_write(casework_database(work), &error));
    g_assert_true(database_execute(casework_database(work), move, &error));
    LoginRequest request = {.name = "lee", .password = PEOPLE_PASSWORD, .address = PEOPLE_ADDRESS};
    g_assert_false(sessions_login(work, &request, &session, &error));
    assert_refused(&error, CLEW_ERROR_CORRUPT, "was changed");
    database_rollback(casework_database(work));
}

// ---- Units --------------------------------------------------------------------------------------

static void units_are_made_changed_and_closed(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    uint64_t id;
    UnitFields fields = {
        .name = "West", .agency = "Agency", .country = "BE", .contact = "west@unit.example"};
    Act *act = people_act(&people, adm, AUDIT_UNIT_CHANGED);
    g_assert_true(unit_create(act, &fields, &id, &error));
    people_commit(act);
    act = people_act(&people, adm, AUDIT_UNIT_CHANGED);
    fields.contact = "desk@unit.example";
    g_assert_true(unit_change(act, id, &fields, &error));
    g_assert_true(unit_close(act, id, &error));
    people_commit(act);
    g_autoptr(Unit) unit = unit_get(work, id, &error);
    g_assert_cmpstr(unit->contact, ==, "desk@unit.example");
    g_assert_cmpstr(unit->state, ==, "closed");
    g_autoptr(GPtrArray) units = unit_list(work, 0, 100, &error);
    g_assert_cmpuint(units->len, ==, 3);
}

static void a_unit_with_people_cannot_be_closed(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = people_act(&people, adm, AUDIT_UNIT_CHANGED);
    g_assert_false(unit_close(act, people.casework.unit[0], &error));
    assert_refused(&error, CLEW_ERROR_CONFLICT, "not closed");
}

static void a_unit_needs_a_name_of_its_own_and_a_country(void)
{
    PEOPLE;
    g_autoptr(GError) error = NULL;
    uint64_t id;
    g_autoptr(Act) act = people_act(&people, adm, AUDIT_UNIT_CHANGED);
    UnitFields fields = {.name = "North", .agency = "", .country = "NL", .contact = ""};
    g_assert_false(unit_create(act, &fields, &id, &error));
    assert_refused(&error, CLEW_ERROR_CONFLICT, "a unit of this name");
    fields = (UnitFields){.name = "West", .agency = "", .country = "Nl", .contact = ""};
    g_assert_false(unit_create(act, &fields, &id, &error));
    assert_refused(&error, CLEW_ERROR_INVALID, "two capital letters");
    fields = (UnitFields){.name = "", .agency = "", .country = "NL", .contact = ""};
    g_assert_false(unit_create(act, &fields, &id, &error));
    assert_refused(&error, CLEW_ERROR_INVALID, "the unit's name");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) g_test_add_func("/accounts/" #test, test)
    ADD(who_accepts_an_invitation_can_log_in);
    ADD(the_code_of_the_enrolment_is_used_up);
    ADD(an_invitation_ends_after_72_hours);
    ADD(an_invitation_with_a_weak_password_or_a_wrong_code_stays_in_force);
    ADD(what_was_never_an_invitation_is_refused);
    ADD(a_recovery_code_is_good_once);
    ADD(without_an_active_administrator_one_is_invited);
    ADD(with_an_active_administrator_none_is_invited);
    ADD(an_empty_store_gets_its_first_administrator);
    ADD(only_administrators_change_units_and_accounts);
    ADD(the_last_active_administrator_stays_one);
    ADD(an_invited_administrator_does_not_count_as_active);
    ADD(of_two_administrators_one_can_go);
    ADD(nobody_changes_their_own_roles_or_resets_themselves);
    ADD(names_are_plain_and_never_given_twice);
    ADD(roles_that_do_not_exist_are_refused);
    ADD(closing_an_account_ends_its_sessions_and_tokens_in_the_same_act);
    ADD(a_closed_account_stays_closed);
    ADD(other_roles_end_the_sessions);
    ADD(another_display_name_ends_nothing);
    ADD(a_reset_takes_everything_away_until_the_new_invitation_is_accepted);
    ADD(another_password_ends_all_sessions);
    ADD(a_password_change_needs_the_old_one_and_a_code);
    ADD(another_second_factor_replaces_the_old_one);
    ADD(a_password_row_moved_to_another_account_opens_nothing);
    ADD(units_are_made_changed_and_closed);
    ADD(a_unit_with_people_cannot_be_closed);
    ADD(a_unit_needs_a_name_of_its_own_and_a_country);
    return g_test_run();
}
