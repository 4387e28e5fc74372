// SPDX-License-Identifier: Apache-2.0
//
// The steps of a login that a change of one's own secrets or a link takes as well. For sessions.c,
// sign_in_links.c and accounts_enrol.c alone.
#pragma once

#include "cases/accounts.h"
#include "cases/login_limits.h"
#include "cases/password.h"

// Always the same sentence, whatever was wrong.
bool login_refuse(GError **err);

// Counts a failure, puts it on record when there were many, and refuses.
bool login_refuse_counted(Casework *work, LoginPlace place, const Account *account, GError **err);
bool login_refuse_code(Casework *work, const Account *account, GError **err);
bool login_refuse_link(Casework *work, LoginPlace place, GError **err);

typedef struct {
    Account *account; // NULL unless all was right
    PasswordHash hash;
    uint64_t secret_seq;
} LoginCheck;

void login_check_clear(LoginCheck *check);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoginCheck, login_check_clear)

// Name and password, in the time of one check whether or not the name exists. A failure is counted.
bool login_check_password(Casework *work, LoginPlace place, const char *password,
                          LoginCheck *ret_check, GError **err);

// Inside an act: that the account is still active and its secrets are those that were checked.
bool login_check_again(Act *act, const LoginCheck *check, GError **err);

// Opens a session with its second factor for the bearer of a link that the operator made. Commits
// an act of its own. *ret_active is false when the account is active no longer; then nothing was
// done.
bool login_enter_by_link(Casework *work, uint64_t account_id, LoginPlace place, bool *ret_active,
                         char **ret_session, GError **err);
