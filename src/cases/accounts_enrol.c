// SPDX-License-Identifier: Apache-2.0
//
// What a person does with an invitation and with their own secrets.
#include "base/error.h"
#include "cases/accounts.h"
#include "cases/accounts_secret.h"
#include "cases/login.h"
#include "store/session_rows.h"

static bool refuse_invitation(GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                "the invitation is not in force: it was used or replaced, or its 72 hours are "
                "over; ask an administrator for a new one");
    return false;
}

static bool refuse_code(GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                "the code is not the one that the authenticator shows now; check the clock of "
                "both devices");
    return false;
}

// ---- With an invitation -------------------------------------------------------------------------

Account *invitation_open(Casework *work, const char *invitation, GError **err)
{
    uint8_t hash[ACCOUNT_HASH_BYTES];
    uint64_t account_id;
    int64_t ends_us;
    g_autoptr(AccountRow) account = NULL;
    if (!secret_hash("invitation", invitation, hash)) {
        refuse_invitation(err);
        return NULL;
    }
    if (!invitation_find(casework_database(work), hash, &account_id, &ends_us, err) ||
        !account_row_load(casework_database(work), account_id, &account, err))
        return NULL;
    if (account == NULL || ends_us <= casework_now_us(work) ||
        !g_str_equal(account->state, "invited")) {
        refuse_invitation(err);
        return NULL;
    }
    return g_steal_pointer(&account);
}

// Runs inside one transaction without a leaf: an enrolment is no change until a code confirms it.
static bool enrol(Casework *work, const Account *account, char **ret_uri, GError **err)
{
    Database *database = casework_database(work);
    char *uri = NULL;
    if (!database_begin_write(database, err))
        return false;
    if (!account_enrolment_make(work, account, &uri, err)) {
        database_rollback(database);
        return false;
    }
    if (!database_commit(database, err)) {
        secret_free(uri);
        return false;
    }
    *ret_uri = uri;
    return true;
}

bool invitation_enrol(Casework *work, const char *invitation, char **ret_uri, GError **err)
{
    g_autoptr(Account) account = invitation_open(work, invitation, err);
    return account != NULL && enrol(work, account, ret_uri, err);
}

static bool activate(Act *act, Account *account, GError **err)
{
    if (!act_supersedes(act, TABLE_ACCOUNT, account->id, err))
        return false;
    g_free(account->state);
    account->state = g_strdup("active");
    account->seq = act_seq(act);
    if (!account_row_write(act_database(act), account, err) ||
        !invitation_delete(act_database(act), account->id, err))
        return false;
    act_wrote(act, TABLE_ACCOUNT, account->id);
    return true;
}

static void describe(Act *act, uint64_t account_id, const char *change)
{
    act_set_object(act, "account %" G_GUINT64_FORMAT, account_id);
    json_write_member_string(act_payload(act), "change", change);
}

// Between the check before and this act the invitation may have been used or replaced.
static bool accept(Casework *work, const InvitationAnswer *answer, const PasswordHash *hash,
                   Account *account, GPtrArray **ret_codes, GError **err)
{
    bool right;
    Actor actor = account_actor(account);
    g_autoptr(Act) act = act_begin(work, &actor, AUDIT_ACCOUNT_CHANGED, err);
    g_autoptr(Account) again = act != NULL ? invitation_open(work, answer->invitation, err) : NULL;
    if (again == NULL || !account_enrolment_confirm(act, account->id, answer->code, &right, err))
        return false;
    if (!right)
        return refuse_code(err);
    if (!account_secret_make(act, account->id, hash, err) || !activate(act, again, err))
        return false;
    g_autoptr(GPtrArray) codes = account_recovery_codes_make(act, account->id, err);
    describe(act, account->id, "invitation accepted");
    if (codes == NULL || !act_commit(act, err))
        return false;
    *ret_codes = g_steal_pointer(&codes);
    return true;
}

bool invitation_accept(Casework *work, const InvitationAnswer *answer, GPtrArray **ret_codes,
                       GError **err)
{
    g_auto(PasswordHash) hash = {0};
    g_autoptr(Account) account = invitation_open(work, answer->invitation, err);
    return account != NULL && password_is_acceptable(answer->password, account->name, err) &&
           password_hash(answer->password, &hash, err) &&
           accept(work, answer, &hash, account, ret_codes, err);
}

// ---- One's own account --------------------------------------------------------------------------

static bool take_own_code(Act *act, const Account *account, const char *code, bool *ret_right,
                          GError **err)
{
    return login_limits_allow_code(act_work(act), account->id, err) &&
           account_code_take(act, account->id, code, ret_right, err) &&
           (!*ret_right || login_limits_code_succeeded(act_work(act), account->id, err));
}

static bool write_password(Casework *work, const Actor *actor, const LoginCheck *check,
                           const PasswordHash *hash, const char *code, bool *ret_right,
                           GError **err)
{
    uint64_t id = check->account->id;
    g_autoptr(Act) act = act_begin(work, actor, AUDIT_ACCOUNT_CHANGED, err);
    if (act == NULL || !login_check_again(act, check, err) ||
        !take_own_code(act, check->account, code, ret_right, err))
        return false;
    if (!*ret_right)
        return true;
    describe(act, id, "password");
    return account_password_write(act, id, hash, check->secret_seq, err) &&
           session_row_delete_of(act_database(act), id, err) && act_commit(act, err);
}

bool account_change_password(Casework *work, const Actor *actor, const PasswordChange *change,
                             GError **err)
{
    g_auto(PasswordHash) hash = {0};
    g_auto(LoginCheck) check = {0};
    LoginPlace place = {.name = actor->name, .address = change->address};
    bool right;
    if (!password_is_acceptable(change->new_password, actor->name, err) ||
        !login_check_password(work, place, change->old_password, &check, err) ||
        !password_hash(change->new_password, &hash, err) ||
        !write_password(work, actor, &check, &hash, change->code, &right, err))
        return false;
    return right || login_refuse_code(work, check.account, err);
}

bool account_enrol(Casework *work, const Actor *actor, char **ret_uri, GError **err)
{
    g_autoptr(Account) account = account_get(work, actor->account_id, err);
    return account != NULL && enrol(work, account, ret_uri, err);
}

// *ret_right is about the old code; a wrong new one is an error of its own.
static bool replace(Casework *work, const Actor *actor, const Account *account,
                    const SecondFactorChange *change, bool *ret_right, GPtrArray **ret_codes,
                    GError **err)
{
    bool new_right;
    g_autoptr(Act) act = act_begin(work, actor, AUDIT_ACCOUNT_CHANGED, err);
    if (act == NULL || !take_own_code(act, account, change->old_code, ret_right, err))
        return false;
    if (!*ret_right)
        return true;
    if (!account_enrolment_confirm(act, account->id, change->new_code, &new_right, err))
        return false;
    if (!new_right)
        return refuse_code(err);
    if (!account_totp_replace(act, account->id, err) ||
        !session_row_delete_of(act_database(act), account->id, err))
        return false;
    g_autoptr(GPtrArray) codes = account_recovery_codes_make(act, account->id, err);
    describe(act, account->id, "second factor");
    if (codes == NULL || !act_commit(act, err))
        return false;
    *ret_codes = g_steal_pointer(&codes);
    return true;
}

bool account_change_second_factor(Casework *work, const Actor *actor,
                                  const SecondFactorChange *change, GPtrArray **ret_codes,
                                  GError **err)
{
    bool right;
    g_autoptr(Account) account = account_get(work, actor->account_id, err);
    if (account == NULL || !replace(work, actor, account, change, &right, ret_codes, err))
        return false;
    return right || login_refuse_code(work, account, err);
}
