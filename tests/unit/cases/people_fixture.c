// SPDX-License-Identifier: Apache-2.0
#include "people_fixture.h"

#include <string.h>

#include "cases/accounts_secret.h"
#include "cases/sessions.h"
#include "store/audit_verify.h"

void people_init(PeopleFixture *people)
{
    casework_fixture_init(&people->casework);
}

static void print_fault(void *user_data, const AuditFault *fault)
{
    g_error("leaf %u: %s", (unsigned)fault->seq, fault->text);
}

static void verify_record(PeopleFixture *people)
{
    g_autoptr(GError) error = NULL;
    AuditVerifyCounts counts;
    g_autoptr(AuditVerify) verify =
        audit_verify_begin(casework_database(people->casework.work), &error);
    g_assert_no_error(error);
    audit_verify_run(verify, &(AuditVerifyCalls){.fault = print_fault}, &counts, &error);
    g_assert_no_error(error);
}

void people_clear(PeopleFixture *people)
{
    verify_record(people);
    casework_fixture_clear(&people->casework);
}

Act *people_act(PeopleFixture *people, const Actor *actor, AuditAction action)
{
    g_autoptr(GError) error = NULL;
    Act *act = act_begin(people->casework.work, actor, action, &error);
    g_assert_no_error(error);
    return act;
}

void people_commit(Act *act)
{
    g_autoptr(GError) error = NULL;
    act_commit(act, &error);
    g_assert_no_error(error);
    act_free(act);
}

void people_secret_of_uri(const char *uri, uint8_t ret_secret[TOTP_SECRET_BYTES])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const char *at = strstr(uri, "secret=");
    g_assert_nonnull(at);
    at += strlen("secret=");
    unsigned bits = 0, count = 0;
    for (size_t filled = 0; filled < TOTP_SECRET_BYTES; at++) {
        const char *letter = strchr(letters, *at);
        g_assert_nonnull(letter);
        bits = bits << 5 | (unsigned)(letter - letters);
        count += 5;
        if (count >= 8) {
            count -= 8;
            ret_secret[filled++] = (uint8_t)(bits >> count);
        }
    }
}

const char *people_code(const PeopleFixture *people, const uint8_t *secret, int steps)
{
    static char codes[8][TOTP_DIGITS + 1]; // the last eight stay good
    static unsigned next;
    char *code = codes[next++ % G_N_ELEMENTS(codes)];
    totp_code(secret, totp_step_of(people->casework.now_us) + steps, code);
    return code;
}

// One hash for all: making it is what takes time.
static const PasswordHash *password_of_all(void)
{
    static PasswordHash hash;
    g_autoptr(GError) error = NULL;
    if (hash.text[0] == '\0')
        password_hash(PEOPLE_PASSWORD, &hash, &error);
    g_assert_no_error(error);
    return &hash;
}

static void activate(Act *act, uint64_t id, uint8_t ret_totp[TOTP_SECRET_BYTES])
{
    g_autoptr(GError) error = NULL;
    g_autofree char *uri = NULL;
    g_autoptr(Account) account = account_get(act_work(act), id, &error);
    g_assert_no_error(error);
    account_enrolment_make(act_work(act), account, &uri, &error);
    g_assert_no_error(error);
    people_secret_of_uri(uri, ret_totp);
    account_secret_make(act, id, password_of_all(), &error);
    g_assert_no_error(error);
    g_free(account->state);
    account->state = g_strdup("active");
    account_row_write(act_database(act), account, &error);
    g_assert_no_error(error);
    invitation_delete(act_database(act), id, &error);
    g_assert_no_error(error);
}

Person people_add(PeopleFixture *people, const char *name, unsigned roles)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *invitation = NULL;
    Person person = {0};
    Act *act = people_act(people, &people->casework.adm, AUDIT_ACCOUNT_CHANGED);
    account_create(
        act,
        &(AccountFields){
            .name = name, .display = name, .unit_id = people->casework.unit[0], .roles = roles},
        &person.id, &invitation, &error);
    g_assert_no_error(error);
    activate(act, person.id, person.totp);
    people_commit(act);
    g_autoptr(Account) account = account_get(people->casework.work, person.id, &error);
    g_assert_no_error(error);
    person.actor = account_actor(account);
    person.actor.name = name;
    person.actor.session = "test";
    return person;
}

char *people_login(PeopleFixture *people, const char *name, const char *code)
{
    g_autoptr(GError) error = NULL;
    char *session = NULL;
    sessions_login(
        people->casework.work,
        &(LoginRequest){
            .name = name, .password = PEOPLE_PASSWORD, .code = code, .address = PEOPLE_ADDRESS},
        &session, &error);
    g_assert_no_error(error);
    return session;
}

int64_t people_number(PeopleFixture *people, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Statement) statement =
        statement_prepare(casework_database(people->casework.work), sql, &error);
    g_assert_no_error(error);
    bool row;
    statement_step(statement, &row, &error);
    g_assert_no_error(error);
    g_assert_true(row);
    return statement_int(statement, 0);
}

unsigned people_leaves(PeopleFixture *people, const char *action)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT count(*) FROM audit_leaf WHERE action = '%s'", action);
    return (unsigned)people_number(people, sql);
}
