// SPDX-License-Identifier: Apache-2.0
//
// Rows of units, accounts and their secrets. The rules stand in cases/accounts.h; audited rows are
// told to the act there.
//
// A load gives *ret_row NULL and true when there is no such row.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

#define ACCOUNT_HASH_BYTES 32u // of every random value that is kept as a hash

typedef struct {
    uint64_t id, seq;
    char *name, *agency, *country, *contact, *state;
    int64_t made_us;
} UnitRow;

void unit_row_free(UnitRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UnitRow, unit_row_free)

bool unit_row_write(Database *database, const UnitRow *row, GError **err); // inserts or replaces
bool unit_row_load(Database *database, uint64_t id, UnitRow **ret_row, GError **err);
bool unit_row_find(Database *database, const char *name, UnitRow **ret_row, GError **err);
// Appends UnitRow * by id.
bool unit_row_list(Database *database, uint64_t after_id, unsigned limit, GPtrArray *rows,
                   GError **err);

typedef struct {
    uint64_t id, seq;
    char *name, *display;
    uint64_t unit_id;
    unsigned roles;
    char *state; // "invited", "active", "closed"
    int64_t made_us;
    int64_t closed_us; // 0: not
} AccountRow;

void account_row_free(AccountRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccountRow, account_row_free)

bool account_row_write(Database *database, const AccountRow *row, GError **err);
bool account_row_load(Database *database, uint64_t id, AccountRow **ret_row, GError **err);
bool account_row_find(Database *database, const char *name, AccountRow **ret_row, GError **err);
bool account_row_list(Database *database, uint64_t after_id, unsigned limit, GPtrArray *rows,
                      GError **err);
// The first invited account that has one of these roles.
bool account_row_find_invited(Database *database, unsigned roles, AccountRow **ret_row,
                              GError **err);
// Accounts of a unit that are not closed.
bool account_row_count_of_unit(Database *database, uint64_t unit_id, uint64_t *ret_count,
                               GError **err);
// Active accounts that have one of these roles, other than `except_id`.
bool account_row_count_active(Database *database, unsigned roles, uint64_t except_id,
                              uint64_t *ret_count, GError **err);

typedef struct {
    uint64_t id, seq; // id is the account's
    GBytes *password_sealed, *totp_sealed;
    int64_t password_us, totp_us;
} AccountSecretRow;

void account_secret_row_free(AccountSecretRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccountSecretRow, account_secret_row_free)

bool account_secret_row_write(Database *database, const AccountSecretRow *row, GError **err);
bool account_secret_row_load(Database *database, uint64_t account_id, AccountSecretRow **ret_row,
                             GError **err);
bool account_secret_row_delete(Database *database, uint64_t account_id, GError **err);

// ---- Recovery codes -----------------------------------------------------------------------------

bool recovery_code_insert(Database *database, uint64_t id, uint64_t seq, uint64_t account_id,
                          const uint8_t hash[ACCOUNT_HASH_BYTES], int64_t now_us, GError **err);
// The unused code of this account with this hash; 0 when there is none.
bool recovery_code_find(Database *database, uint64_t account_id,
                        const uint8_t hash[ACCOUNT_HASH_BYTES], uint64_t *ret_id, GError **err);
bool recovery_code_use(Database *database, uint64_t id, uint64_t seq, int64_t now_us, GError **err);
// Appends the ids (uint64_t) of all of an account's codes.
bool recovery_code_list(Database *database, uint64_t account_id, GArray *ids, GError **err);
bool recovery_code_delete(Database *database, uint64_t id, GError **err);
bool recovery_code_count_unused(Database *database, uint64_t account_id, uint64_t *ret_count,
                                GError **err);

// ---- Invitations, enrolments, codes that were used ----------------------------------------------

// Takes the place of one that the account had.
bool invitation_write(Database *database, const uint8_t hash[ACCOUNT_HASH_BYTES],
                      uint64_t account_id, int64_t now_us, int64_t ends_us, GError **err);
// *ret_account_id is 0 when there is none.
bool invitation_find(Database *database, const uint8_t hash[ACCOUNT_HASH_BYTES],
                     uint64_t *ret_account_id, int64_t *ret_ends_us, GError **err);
bool invitation_delete(Database *database, uint64_t account_id, GError **err);

bool enrolment_write(Database *database, uint64_t account_id, GBytes *totp_sealed, int64_t now_us,
                     GError **err);
// *ret_sealed is NULL when there is none.
bool enrolment_load(Database *database, uint64_t account_id, GBytes **ret_sealed, GError **err);
bool enrolment_delete(Database *database, uint64_t account_id, GError **err);

// *ret_new is false when a code of this step was used before. The newest TOTP_USES_KEPT steps of an
// account are remembered.
#define TOTP_USES_KEPT 1000
bool totp_use_insert(Database *database, uint64_t account_id, int64_t step, bool *ret_new,
                     GError **err);
