// SPDX-License-Identifier: Apache-2.0
//
// Sessions of people. The id is 256 random bits, of which only a hash is stored; it ends after 30
// minutes without a request, after 12 hours in any case, and at once when the person logs out, when
// password, second factor, roles or unit change, and when the account is reset or closed.
//
// A login is slow (Argon2id) and must count its failures, so these calls begin and commit acts of
// their own. What they give out is a secret: show it once, wipe it, store it nowhere.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/identity.h"

#define SESSION_IDLE_US (30 * G_TIME_SPAN_MINUTE)
#define SESSION_LIFE_US (12 * G_TIME_SPAN_HOUR)

typedef struct {
    const char *name, *password;
    const char *code;    // of the second factor, or a recovery code; NULL: later, by step-up
    const char *address; // of the client
} LoginRequest;

// *ret_session is the newly allocated value for the cookie. CLEW_ERROR_DENIED, always with the same
// sentence and after the same time, when name, password or code is wrong; CLEW_ERROR_BUSY when too
// many attempts failed before, or too many people log in at this moment.
bool sessions_login(Casework *work, const LoginRequest *request, char **ret_session, GError **err);

// After CLEW_ERROR_BUSY of a login or a code: when to try again, in seconds, at least 1.
unsigned sessions_wait_s(Casework *work, const char *name, const char *address);

// Gives an open session a second factor, or a fresher one. CLEW_ERROR_DENIED for a wrong code or
// one that was used; CLEW_ERROR_BUSY as above.
bool sessions_second_factor(Casework *work, const char *session, const char *code, GError **err);

// The end of this session, on record. One that is over already is no error.
bool sessions_logout(Casework *work, const char *session, GError **err);

// Who a session belongs to. CLEW_ERROR_DENIED, always with the same sentence, when it is not open.
bool sessions_authenticate(Casework *work, const char *session, Identity *ret_identity,
                           GError **err);

// In constant time.
bool sessions_csrf_is_right(const Identity *identity, const char *csrf);
