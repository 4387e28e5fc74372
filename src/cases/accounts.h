// SPDX-License-Identifier: Apache-2.0
//
// Units, accounts, and what a person does with their own.
//
//     created (invited) -> accepts the invitation (active) -> closed
//                 ^---- reset: a new invitation ----'
//
// - Units and accounts are made and changed by administrators and by the command line of the
//   machine that holds the data. Nobody changes their own roles, and the last active administrator
//   stays one.
// - An administrator never sees a secret. All they can do is reset an account: its password, second
//   factor and recovery codes are gone, its sessions end, and a new invitation is given out. Until
//   that is accepted the account cannot log in and its tokens are not taken.
// - An invitation is good once and for 72 hours. With it the person sets a password and confirms a
//   second factor. Only its hash is kept.
//
// Invitations, recovery codes and the address of a second factor are given out once, as texts that
// the caller shows, wipes and does not store, also not as the reply to a repeated request.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/casework.h"
#include "store/account_rows.h"

#define ACCOUNT_INVITATION_US (72 * G_TIME_SPAN_HOUR)
#define ACCOUNT_FIRST_NAME "administrator"

// ---- Units --------------------------------------------------------------------------------------

typedef UnitRow Unit; // state is "active" or "closed"
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Unit, unit_row_free)

typedef struct {
    const char *name;    // no other unit's
    const char *agency;  // "" for none
    const char *country; // two capital letters
    const char *contact; // what others are told when they ask for this unit; "" for none
} UnitFields;

bool unit_create(Act *act, const UnitFields *fields, uint64_t *ret_id, GError **err);
bool unit_change(Act *act, uint64_t id, const UnitFields *fields, GError **err);
// CLEW_ERROR_CONFLICT while it has accounts that are not closed.
bool unit_close(Act *act, uint64_t id, GError **err);

// CLEW_ERROR_NOT_FOUND when there is none.
Unit *unit_get(Casework *work, uint64_t id, GError **err);
// By id, those after `after_id`: of Unit *.
GPtrArray *unit_list(Casework *work, uint64_t after_id, unsigned limit, GError **err);

// ---- Accounts -----------------------------------------------------------------------------------

typedef AccountRow Account; // state is "invited", "active" or "closed"
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Account, account_row_free)

typedef struct {
    const char
        *name; // lower-case letters, digits, . _ @ -; never changes. Ignored by account_change
    const char *display;
    uint64_t unit_id;
    unsigned roles; // 1 << Role
} AccountFields;

// *ret_invitation is newly allocated.
bool account_create(Act *act, const AccountFields *fields, uint64_t *ret_id, char **ret_invitation,
                    GError **err);
// Other roles or another unit end the account's sessions.
bool account_change(Act *act, uint64_t id, const AccountFields *fields, GError **err);
bool account_reset(Act *act, uint64_t id, char **ret_invitation, GError **err);
// Its sessions, tokens and invitation end in the same act. There is no way back.
bool account_close(Act *act, uint64_t id, GError **err);

Account *account_get(Casework *work, uint64_t id, GError **err);
Account *account_find(Casework *work, const char *name, GError **err);
GPtrArray *account_list(Casework *work, uint64_t after_id, unsigned limit, GError **err);

// The account as an actor, its name borrowed; session "".
Actor account_actor(const Account *account);

// Whether one has accepted their invitation: until then nobody can log in to administer.
bool accounts_have_administrator(Casework *work, bool *ret_have, GError **err);

// While no administrator has accepted an invitation, each call makes a new one and the old ends;
// afterwards *ret_invitation is NULL. Commits an act of its own.
bool accounts_first_invitation(Casework *work, char **ret_invitation, GError **err);

// ---- With an invitation -------------------------------------------------------------------------
// Each commits an act of its own where it changes something: passwords are hashed outside of
// transactions. CLEW_ERROR_DENIED, always with the same sentence, when the invitation is unknown,
// used, replaced or over.

Account *invitation_open(Casework *work, const char *invitation, GError **err);

// A new second factor; the address (otpauth://…) is to be shown once. A repeated call replaces it.
bool invitation_enrol(Casework *work, const char *invitation, char **ret_uri, GError **err);

typedef struct {
    const char *invitation, *password, *code; // code: of the second factor just enrolled
} InvitationAnswer;

// Sets the password, confirms the second factor and makes the account active. Recovery codes: of
// char *, wiped when freed. CLEW_ERROR_INVALID for a password that is refused or a wrong code.
bool invitation_accept(Casework *work, const InvitationAnswer *answer, GPtrArray **ret_codes,
                       GError **err);

// ---- One's own account --------------------------------------------------------------------------
// The actor is somebody in a session. Each commits an act of its own.

typedef struct {
    const char *old_password, *new_password, *code, *address;
} PasswordChange;

// Ends all sessions of the account, the present one included. CLEW_ERROR_DENIED for a wrong old
// password or code, which counts as a failed login.
bool account_change_password(Casework *work, const Actor *actor, const PasswordChange *change,
                             GError **err);

// A second factor in place of the present one: shown once, and in force when a code of it is given
// together with one of the old (or a recovery code). The recovery codes are new as well, and all
// sessions end.
bool account_enrol(Casework *work, const Actor *actor, char **ret_uri, GError **err);

typedef struct {
    const char *old_code, *new_code;
} SecondFactorChange;

bool account_change_second_factor(Casework *work, const Actor *actor,
                                  const SecondFactorChange *change, GPtrArray **ret_codes,
                                  GError **err);
