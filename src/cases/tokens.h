// SPDX-License-Identifier: Apache-2.0
//
// Tokens, for programs that act for an account: narrow scopes, perhaps one case, an end within a
// year. A token is shown once, only its hash is kept, and it never allows more than its account
// does (except to match, which no role gives). Revoking one ends it at once.
//
// As text: "clew_", 64 hexadecimal digits and 8 more that check them, so that scanners of source
// code can find one that leaked and a mistyped one is refused without asking the database.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/identity.h"
#include "store/session_rows.h"

#define TOKEN_PREFIX "clew_"
#define TOKEN_LENGTH 77u
#define TOKEN_LIFE_MAX_US (365 * G_TIME_SPAN_DAY)

typedef TokenRow Token;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Token, token_row_free)

typedef struct {
    uint64_t account_id;
    const char *name; // what it is for
    unsigned scopes;  // 1 << Scope, at least one
    uint64_t case_id; // 0: not bound to a case
    int64_t ends_us;  // after now, within a year
} TokenFields;

// One's own, or anybody's by an administrator. *ret_token is to be shown once and wiped.
bool token_create(Act *act, const TokenFields *fields, uint64_t *ret_id, char **ret_token,
                  GError **err);
// CLEW_ERROR_NOT_FOUND when it is not one's own and the actor is no administrator.
bool token_revoke(Act *act, uint64_t id, GError **err);
// All of an account that are in force.
bool tokens_revoke_of(Act *act, uint64_t account_id, GError **err);

// By id, those after `after_id`: of Token *. account_id 0: of all accounts, for administrators;
// others see their own alone.
GPtrArray *token_list(Casework *work, const Actor *actor, uint64_t account_id, uint64_t after_id,
                      unsigned limit, GError **err);

// Who a token acts for. CLEW_ERROR_DENIED, always with the same sentence, when it is not in force.
bool tokens_authenticate(Casework *work, const char *token, Identity *ret_identity, GError **err);
