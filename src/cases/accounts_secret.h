// SPDX-License-Identifier: Apache-2.0
//
// What an account proves itself with, as it lies in the store: sealed, hashed, used once. For
// accounts.h and sessions.h alone.
#pragma once

#include "cases/accounts.h"
#include "cases/password.h"
#include "cases/totp.h"

#define SECRET_BYTES 32u                     // of invitations, sessions and tokens
#define SECRET_TEXT_BYTES (2 * SECRET_BYTES) // their hexadecimal digits

// 256 random bits as text, newly allocated, and the hash that is kept of it.
char *secret_new(const char *purpose, uint8_t ret_hash[ACCOUNT_HASH_BYTES]);
// Of a text that somebody sent; false when it cannot be one.
bool secret_hash(const char *purpose, const char *text, uint8_t ret_hash[ACCOUNT_HASH_BYTES]);
// Wipes and frees a text that holds a secret; takes NULL.
void secret_free(char *text);

// *ret_found is false when the account has none: closed, or not accepted yet.
bool account_password_load(Casework *work, uint64_t account_id, PasswordHash *ret_hash,
                           uint64_t *ret_seq, bool *ret_found, GError **err);
// CLEW_ERROR_CONFLICT when the secrets were written by another act than `seq` meanwhile.
bool account_password_write(Act *act, uint64_t account_id, const PasswordHash *hash, uint64_t seq,
                            GError **err);
// The first secrets of an account: password, and the second factor that waits in its enrolment.
bool account_secret_make(Act *act, uint64_t account_id, const PasswordHash *hash, GError **err);
// The enrolled second factor takes the place of the present one.
bool account_totp_replace(Act *act, uint64_t account_id, GError **err);
// Password, second factor, recovery codes, enrolment, invitation and sessions: all gone.
bool account_secret_forget(Act *act, uint64_t account_id, GError **err);

// A new second factor, kept sealed until a code confirms it. Inside a transaction.
bool account_enrolment_make(Casework *work, const Account *account, char **ret_uri, GError **err);
// Whether the code is of the enrolled second factor; if so it is used up.
bool account_enrolment_confirm(Act *act, uint64_t account_id, const char *code, bool *ret_right,
                               GError **err);

// Whether the code is one of the account's second factor, or a recovery code of it, that was never
// used; if so it is used up.
bool account_code_take(Act *act, uint64_t account_id, const char *code, bool *ret_right,
                       GError **err);

// Eight new ones in place of those there were: of char *, wiped when freed.
GPtrArray *account_recovery_codes_make(Act *act, uint64_t account_id, GError **err);
