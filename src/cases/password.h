// SPDX-License-Identifier: Apache-2.0
//
// Passwords: Argon2id with its parameters in the hash, so that they can grow. Twelve characters at
// least and nothing else asked of them, except that the likeliest are refused. Bytes are taken as
// they come, in UTF-8.
//
// A check takes 64 MiB and some tenths of a second; PASSWORD_AT_ONCE run at the same time and more
// wait. Never call these inside a transaction: other writers would wait as well.
#pragma once

#include <glib.h>
#include <stdbool.h>

#define PASSWORD_CHARACTERS_MIN 12u
#define PASSWORD_BYTES_MAX 1024u
#define PASSWORD_HASH_BYTES 128u
#define PASSWORD_AT_ONCE 4u
#define PASSWORD_WAIT_MS 5000u

// Text; zeros behind its end.
typedef struct {
    char text[PASSWORD_HASH_BYTES];
} PasswordHash;

void password_hash_clear(PasswordHash *hash); // wipes
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PasswordHash, password_hash_clear)

// CLEW_ERROR_INVALID with what is wrong with a new password. `name` is the account's own.
bool password_is_acceptable(const char *password, const char *name, GError **err);

// CLEW_ERROR_BUSY when too many others wait already.
bool password_hash(const char *password, PasswordHash *ret_hash, GError **err);

// *ret_right in the time that one check takes, also when hash is NULL: then it is false.
bool password_verify(const char *password, const char *hash, bool *ret_right, GError **err);

// False when today's parameters are others: hash the password anew while it is at hand.
bool password_hash_is_current(const char *hash);
