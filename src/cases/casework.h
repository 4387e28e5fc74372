// SPDX-License-Identifier: Apache-2.0
//
// Casework: one thread's handle on the work: the database with sets and cases, the keys, the clock.
// Threads and processes open their own; what one commits the others see.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/permission.h"
#include "store/database.h"
#include "store/set_store.h"
#include "store/vault.h"

typedef struct Casework Casework;

typedef struct {
    const char *data_folder; // keys, index, checkpoints; mode 0700
    const char *database;    // path or postgresql:// URL; NULL: clew.db in the data folder
    unsigned busy_ms;        // how long to wait for another writer; 0: SET_STORE_BUSY_MS
    unsigned cache_kib;      // see database_set_cache; 0: DATABASE_CACHE_KIB
    bool must_exist;         // CLEW_ERROR_NOT_FOUND instead of creating anything
} CaseworkOptions;

Casework *casework_open(const CaseworkOptions *options, GError **err);
void casework_close(Casework *work);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Casework, casework_close)

// Borrowed.
const char *casework_folder(const Casework *work);
Database *casework_database(Casework *work);
SetStore *casework_sets(Casework *work);

// The keys, opened when they are first needed. CLEW_ERROR_ENCRYPTED when they are not there.
Vault *casework_vault(Casework *work, GError **err);

// Microseconds since 1970 UTC, by the clock of this handle, which tests may set.
int64_t casework_now_us(const Casework *work);
void casework_set_clock(Casework *work, int64_t (*now_us)(void *user_data), void *user_data);

// Who asks or acts.
typedef struct {
    uint64_t account_id; // 0: the program itself, or a person at its command line
    uint64_t unit_id;    // 0: none
    const char *name;    // as the record shall say; borrowed
    const char *session; // short key of session or token, for the record; "" for none
    unsigned roles;      // 1 << Role
    Permissions permissions;
    uint64_t only_case; // a token for one case; 0: any
} Actor;

// The person at the command line of the machine that holds the data: may do everything, and is
// named in the record by their login name.
Actor actor_of_command_line(const char *login_name);
