// SPDX-License-Identifier: Apache-2.0
//
// Rows of sessions, tokens and failed logins. The rules stand in cases/sessions.h and
// cases/tokens.h. A load gives *ret_row NULL and true when there is no such row.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/account_rows.h"
#include "store/database.h"

typedef struct {
    uint8_t id_hash[ACCOUNT_HASH_BYTES];
    uint64_t account_id;
    int64_t made_us, seen_us, ends_us;
    int64_t second_factor_us; // 0: none
    char *address;
} SessionRow;

void session_row_free(SessionRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SessionRow, session_row_free)

bool session_row_insert(Database *database, const SessionRow *row, GError **err);
bool session_row_load(Database *database, const uint8_t id_hash[ACCOUNT_HASH_BYTES],
                      SessionRow **ret_row, GError **err);
bool session_row_seen(Database *database, const uint8_t id_hash[ACCOUNT_HASH_BYTES], int64_t now_us,
                      GError **err);
bool session_row_second_factor(Database *database, const uint8_t id_hash[ACCOUNT_HASH_BYTES],
                               int64_t now_us, GError **err);
bool session_row_delete(Database *database, const uint8_t id_hash[ACCOUNT_HASH_BYTES],
                        GError **err);
bool session_row_delete_of(Database *database, uint64_t account_id, GError **err);
// Those that ended before now, and of the account all but its newest `keep`.
bool session_row_prune(Database *database, uint64_t account_id, unsigned keep, int64_t now_us,
                       GError **err);
bool session_row_count(Database *database, uint64_t account_id, uint64_t *ret_count, GError **err);

typedef struct {
    uint64_t id, seq;
    uint64_t account_id;
    char *name;
    uint8_t hash[ACCOUNT_HASH_BYTES];
    unsigned scopes;
    uint64_t case_id; // 0: any
    int64_t made_us, ends_us;
    int64_t revoked_us; // 0: not
    int64_t used_day;   // days since 1970; 0: never. Not part of the row on record
} TokenRow;

void token_row_free(TokenRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TokenRow, token_row_free)

bool token_row_insert(Database *database, const TokenRow *row, GError **err);
bool token_row_revoke(Database *database, uint64_t id, uint64_t seq, int64_t now_us, GError **err);
bool token_row_load(Database *database, uint64_t id, TokenRow **ret_row, GError **err);
bool token_row_find(Database *database, const uint8_t hash[ACCOUNT_HASH_BYTES], TokenRow **ret_row,
                    GError **err);
// Appends TokenRow * by id; account_id 0: of all accounts.
bool token_row_list(Database *database, uint64_t account_id, uint64_t after_id, unsigned limit,
                    GPtrArray *rows, GError **err);
bool token_row_used(Database *database, uint64_t id, int64_t day, GError **err);

// ---- Failed logins ------------------------------------------------------------------------------

typedef struct {
    uint64_t failures; // 0: no row
    int64_t last_us;
} AttemptRow;

bool attempt_row_load(Database *database, const char *kind, const uint8_t who[ACCOUNT_HASH_BYTES],
                      AttemptRow *ret_row, GError **err);
bool attempt_row_write(Database *database, const char *kind, const uint8_t who[ACCOUNT_HASH_BYTES],
                       AttemptRow row, GError **err);
bool attempt_row_delete(Database *database, const char *kind, const uint8_t who[ACCOUNT_HASH_BYTES],
                        GError **err);
// Forgets those of the kind older than `before_us`, and the oldest beyond `keep`.
bool attempt_row_prune(Database *database, const char *kind, int64_t before_us, uint64_t keep,
                       GError **err);
