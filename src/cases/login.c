// SPDX-License-Identifier: Apache-2.0
#include "cases/login.h"

#include "base/error.h"
#include "cases/accounts_secret.h"

bool login_refuse(GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                "the name, the password or the code is wrong; a code is good once");
    return false;
}

// Who tried is not known: the program reports it.
static bool report(Casework *work, const Account *account, const char *what, uint64_t failures,
                   GError **err)
{
    static const Actor nobody = {.name = "nobody", .session = ""};
    g_autoptr(Act) act = act_begin(work, &nobody, AUDIT_LOGIN_REFUSED, err);
    if (act == NULL)
        return false;
    if (account != NULL)
        act_set_object(act, "account %" G_GUINT64_FORMAT, account->id);
    json_write_member_string(act_payload(act), "wrong", what);
    json_write_member_uint(act_payload(act), "failures", failures);
    return act_commit(act, err);
}

bool login_refuse_counted(Casework *work, LoginPlace place, const Account *account, GError **err)
{
    uint64_t failures;
    if (!login_limits_failed(work, place, &failures, err) ||
        (failures != 0 && !report(work, account, "password", failures, err)))
        return false;
    return login_refuse(err);
}

bool login_refuse_code(Casework *work, const Account *account, GError **err)
{
    uint64_t failures;
    if (!login_limits_code_failed(work, account->id, &failures, err) ||
        (failures != 0 && !report(work, account, "code", failures, err)))
        return false;
    return login_refuse(err);
}

bool login_refuse_link(Casework *work, LoginPlace place, GError **err)
{
    uint64_t failures;
    if (!login_limits_failed(work, place, &failures, err) ||
        (failures != 0 && !report(work, NULL, "link", failures, err)))
        return false;
    return login_refuse(err);
}

void login_check_clear(LoginCheck *check)
{
    g_clear_pointer(&check->account, account_row_free);
    password_hash_clear(&check->hash);
}

// *ret_found: there is such an account, it is active and has a password.
static bool load(Casework *work, const char *name, LoginCheck *check, bool *ret_found, GError **err)
{
    *ret_found = false;
    if (!account_row_find(casework_database(work), name, &check->account, err))
        return false;
    if (check->account == NULL || !g_str_equal(check->account->state, "active"))
        return true;
    return account_password_load(work, check->account->id, &check->hash, &check->secret_seq,
                                 ret_found, err);
}

bool login_check_password(Casework *work, LoginPlace place, const char *password,
                          LoginCheck *ret_check, GError **err)
{
    g_auto(LoginCheck) check = {0};
    bool found, right;
    if (!login_limits_allow(work, place, err) || !load(work, place.name, &check, &found, err) ||
        !password_verify(password, found ? check.hash.text : NULL, &right, err))
        return false;
    if (!right)
        return login_refuse_counted(work, place, check.account, err);
    *ret_check = check;
    check = (LoginCheck){0};
    return true;
}

bool login_check_again(Act *act, const LoginCheck *check, GError **err)
{
    g_autoptr(AccountRow) account = NULL;
    g_autoptr(AccountSecretRow) secret = NULL;
    if (!account_row_load(act_database(act), check->account->id, &account, err) ||
        !account_secret_row_load(act_database(act), check->account->id, &secret, err))
        return false;
    return (account != NULL && g_str_equal(account->state, "active") && secret != NULL &&
            secret->seq == check->secret_seq) ||
           login_refuse(err);
}
