// SPDX-License-Identifier: Apache-2.0
#include "cases/sessions.h"

#include <sodium.h>
#include <string.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/limits.h"
#include "cases/accounts_secret.h"
#include "cases/login.h"
#include "store/session_rows.h"

#define SEEN_EVERY_US G_TIME_SPAN_MINUTE
#define CLOCK_SLACK_US (5 * G_TIME_SPAN_MINUTE)
#define PASSWORDS_BUSY_US G_TIME_SPAN_SECOND // until others have logged in
#define SHORT_KEY_BYTES 4u                   // of the hash, for the record

static const char purpose[] = "session";

// ---- One session --------------------------------------------------------------------------------

static bool refuse(GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED, "the session is not open; log in");
    return false;
}

// A clock that went back by more than the slack ends it too: its times mean nothing any more.
static bool is_open(const SessionRow *row, int64_t now_us)
{
    return now_us < row->ends_us && now_us < row->seen_us + SESSION_IDLE_US &&
           now_us >= row->seen_us - CLOCK_SLACK_US;
}

static void short_key(const uint8_t id_hash[ACCOUNT_HASH_BYTES],
                      char ret_key[2 * SHORT_KEY_BYTES + 1])
{
    encoding_to_hex(id_hash, SHORT_KEY_BYTES, ret_key);
}

typedef struct {
    SessionRow *row;
    Account *account;
} Found;

static void found_clear(Found *found)
{
    session_row_free(found->row);
    account_row_free(found->account);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, found_clear)

// The open session of this text and its active account.
static bool find(Casework *work, const char *session, Found *ret_found, GError **err)
{
    uint8_t id_hash[ACCOUNT_HASH_BYTES];
    g_auto(Found) found = {0};
    if (!secret_hash(purpose, session, id_hash))
        return refuse(err);
    if (!session_row_load(casework_database(work), id_hash, &found.row, err))
        return false;
    if (found.row == NULL || !is_open(found.row, casework_now_us(work)))
        return refuse(err);
    if (!account_row_load(casework_database(work), found.row->account_id, &found.account, err))
        return false;
    if (found.account == NULL || !g_str_equal(found.account->state, "active"))
        return refuse(err);
    *ret_found = found;
    found = (Found){0};
    return true;
}

// ---- Login --------------------------------------------------------------------------------------

static SessionRow *insert(Act *act, const Account *account, const char *address, bool second_factor,
                          char **ret_session, GError **err)
{
    int64_t now = act_now_us(act);
    g_autoptr(SessionRow) row = g_new0(SessionRow, 1);
    char *session = secret_new(purpose, row->id_hash);
    row->account_id = account->id;
    row->made_us = row->seen_us = now;
    row->ends_us = now + SESSION_LIFE_US;
    row->second_factor_us = second_factor ? now : 0;
    row->address = g_strdup(address);
    if (session_row_insert(act_database(act), row, err) &&
        session_row_prune(act_database(act), account->id, LIMIT_ACCOUNT_SESSIONS, now, err)) {
        *ret_session = session;
        return g_steal_pointer(&row);
    }
    secret_free(session);
    return NULL;
}

// The password is at hand only now: where the parameters have grown, its hash grows with them.
static bool grow_hash(Act *act, const LoginCheck *check, const PasswordHash *grown, GError **err)
{
    return grown->text[0] == '\0' ||
           account_password_write(act, check->account->id, grown, check->secret_seq, err);
}

static bool take_code(Act *act, const LoginCheck *check, const char *code, bool *ret_right,
                      GError **err)
{
    *ret_right = true;
    if (code == NULL)
        return true;
    return login_limits_allow_code(act_work(act), check->account->id, err) &&
           account_code_take(act, check->account->id, code, ret_right, err) &&
           (!*ret_right || login_limits_code_succeeded(act_work(act), check->account->id, err));
}

// In one transaction. *ret_right is false for a wrong code; then nothing was done.
static bool enter(Casework *work, const LoginRequest *request, const LoginCheck *check,
                  const PasswordHash *grown, bool *ret_right, char **ret_session, GError **err)
{
    char *session = NULL;
    uint64_t failures;
    Actor actor = account_actor(check->account);
    g_autoptr(Act) act = act_begin(work, &actor, AUDIT_LOGIN, err);
    if (act == NULL || !login_check_again(act, check, err) ||
        !take_code(act, check, request->code, ret_right, err))
        return false;
    if (!*ret_right)
        return true;
    g_autoptr(SessionRow) row =
        insert(act, check->account, request->address, request->code != NULL, &session, err);
    if (row == NULL)
        return false;
    char key[2 * SHORT_KEY_BYTES + 1];
    short_key(row->id_hash, key);
    actor.session = key;
    act_set_object(act, "account %" G_GUINT64_FORMAT, check->account->id);
    LoginPlace place = {.name = request->name, .address = request->address};
    bool done =
        login_limits_succeeded(work, place, &failures, err) && grow_hash(act, check, grown, err);
    if (done) {
        json_write_member_string(act_payload(act), "address", request->address);
        json_write_member_bool(act_payload(act), "second_factor", request->code != NULL);
        json_write_member_uint(act_payload(act), "failures_before", failures);
        done = act_commit(act, err);
    }
    if (done)
        *ret_session = g_steal_pointer(&session);
    secret_free(session);
    return done;
}

bool sessions_login(Casework *work, const LoginRequest *request, char **ret_session, GError **err)
{
    g_auto(LoginCheck) check = {0};
    g_auto(PasswordHash) grown = {0};
    LoginPlace place = {.name = request->name, .address = request->address};
    bool right = true;
    if (!login_check_password(work, place, request->password, &check, err))
        return false;
    if (!password_hash_is_current(check.hash.text) &&
        !password_hash(request->password, &grown, err))
        return false;
    if (!enter(work, request, &check, &grown, &right, ret_session, err))
        return false;
    return right || login_refuse_code(work, check.account, err);
}

bool login_enter_by_link(Casework *work, uint64_t account_id, LoginPlace place, bool *ret_active,
                         char **ret_session, GError **err)
{
    g_autoptr(Account) account = NULL;
    char *session = NULL;
    if (!account_row_load(casework_database(work), account_id, &account, err))
        return false;
    *ret_active = account != NULL && g_str_equal(account->state, "active");
    if (!*ret_active)
        return true;
    Actor actor = account_actor(account);
    g_autoptr(Act) act = act_begin(work, &actor, AUDIT_LOGIN, err);
    g_autoptr(SessionRow) row =
        act != NULL ? insert(act, account, place.address, true, &session, err) : NULL;
    if (row == NULL)
        return false;
    char key[2 * SHORT_KEY_BYTES + 1];
    short_key(row->id_hash, key);
    actor.session = key;
    act_set_object(act, "account %" G_GUINT64_FORMAT, account->id);
    json_write_member_string(act_payload(act), "address", place.address);
    json_write_member_bool(act_payload(act), "second_factor", true);
    json_write_member_string(act_payload(act), "by",
                             "signed in by a link the server's operator printed");
    uint64_t failures;
    bool done = login_limits_succeeded(work, place, &failures, err);
    if (done) {
        json_write_member_uint(act_payload(act), "failures_before", failures);
        done = act_commit(act, err);
    }
    if (done)
        *ret_session = g_steal_pointer(&session);
    secret_free(session);
    return done;
}

unsigned sessions_wait_s(Casework *work, const char *name, const char *address)
{
    int64_t wait_us = 0;
    LoginPlace place = {.name = name, .address = address};
    g_autoptr(AccountRow) account = NULL;
    if (!account_row_find(casework_database(work), name, &account, NULL) ||
        !login_limits_wait(work, place, account != NULL ? account->id : 0, &wait_us, NULL) ||
        wait_us < PASSWORDS_BUSY_US)
        return PASSWORDS_BUSY_US / G_TIME_SPAN_SECOND;
    return (unsigned)((wait_us + G_TIME_SPAN_SECOND - 1) / G_TIME_SPAN_SECOND);
}

bool sessions_second_factor(Casework *work, const char *session, const char *code, GError **err)
{
    g_auto(Found) found = {0};
    bool right;
    if (!find(work, session, &found, err) || !login_limits_allow_code(work, found.account->id, err))
        return false;
    char key[2 * SHORT_KEY_BYTES + 1];
    short_key(found.row->id_hash, key);
    Actor actor = account_actor(found.account);
    actor.session = key;
    {
        g_autoptr(Act) act = act_begin(work, &actor, AUDIT_SECOND_FACTOR, err);
        g_auto(Found) again = {0};
        if (act == NULL || !find(work, session, &again, err) ||
            !login_limits_allow_code(work, found.account->id, err) ||
            !account_code_take(act, found.account->id, code, &right, err))
            return false;
        act_set_object(act, "account %" G_GUINT64_FORMAT, found.account->id);
        if (right)
            return login_limits_code_succeeded(work, found.account->id, err) &&
                   session_row_second_factor(act_database(act), found.row->id_hash, act_now_us(act),
                                             err) &&
                   act_commit(act, err);
    }
    return login_refuse_code(work, found.account, err);
}

bool sessions_logout(Casework *work, const char *session, GError **err)
{
    g_auto(Found) found = {0};
    g_autoptr(GError) error = NULL;
    if (!find(work, session, &found, &error)) {
        if (g_error_matches(error, CLEW_ERROR, CLEW_ERROR_DENIED))
            return true;
        g_propagate_error(err, g_steal_pointer(&error));
        return false;
    }
    char key[2 * SHORT_KEY_BYTES + 1];
    short_key(found.row->id_hash, key);
    Actor actor = account_actor(found.account);
    actor.session = key;
    g_autoptr(Act) act = act_begin(work, &actor, AUDIT_LOGOUT, err);
    if (act == NULL)
        return false;
    act_set_object(act, "account %" G_GUINT64_FORMAT, found.account->id);
    return session_row_delete(act_database(act), found.row->id_hash, err) && act_commit(act, err);
}

// ---- Requests -----------------------------------------------------------------------------------

// Written once a minute at most. Another writer at work is no reason to refuse anybody.
static void note_seen(Casework *work, const SessionRow *row)
{
    Database *database = casework_database(work);
    int64_t now = casework_now_us(work);
    if (now - row->seen_us < SEEN_EVERY_US || database_in_transaction(database))
        return;
    if (!database_begin_write(database, NULL))
        return;
    if (session_row_seen(database, row->id_hash, now, NULL))
        database_commit(database, NULL);
    else
        database_rollback(database);
}

// Computed from the session itself, so that it needs no place of its own and ends with it.
static void csrf_of(const char *session, char ret_csrf[IDENTITY_CSRF_LENGTH + 1])
{
    uint8_t hash[IDENTITY_CSRF_LENGTH / 2];
    crypto_generichash(hash, sizeof hash, (const uint8_t *)session, strlen(session),
                       (const uint8_t *)"clew csrf", sizeof "clew csrf");
    encoding_to_hex(hash, sizeof hash, ret_csrf);
}

bool sessions_authenticate(Casework *work, const char *session, Identity *ret_identity,
                           GError **err)
{
    g_auto(Found) found = {0};
    if (!find(work, session, &found, err))
        return false;
    note_seen(work, found.row);
    char key[2 * SHORT_KEY_BYTES + 1];
    short_key(found.row->id_hash, key);
    *ret_identity = (Identity){.name = g_strdup(found.account->name),
                               .session = g_strdup(key),
                               .second_factor_us = found.row->second_factor_us};
    ret_identity->actor = account_actor(found.account);
    ret_identity->actor.name = ret_identity->name;
    ret_identity->actor.session = ret_identity->session;
    csrf_of(session, ret_identity->csrf);
    return true;
}

bool sessions_csrf_is_right(const Identity *identity, const char *csrf)
{
    return strlen(csrf) == IDENTITY_CSRF_LENGTH && strlen(identity->csrf) == IDENTITY_CSRF_LENGTH &&
           sodium_memcmp(csrf, identity->csrf, IDENTITY_CSRF_LENGTH) == 0;
}
