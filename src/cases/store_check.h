// SPDX-License-Identifier: Apache-2.0
//
// StoreCheck: is everything sound? The schema, the structure of the database, the sets and their
// index, the record, the keys and what is sealed under them, what is derived, who may read the
// files. Reads only; a server may run meanwhile.
//
// What it finds are sentences: what, where, and what to do about it.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"

typedef struct {
    unsigned preview_percent;                          // of the previews that are opened; 100: all
    void (*begins)(void *user_data, const char *part); // may be NULL
    void *user_data;
} StoreCheckOptions;

typedef struct {
    GPtrArray *faults; // of char *
    GPtrArray *notes;  // of char *: no fault but worth knowing
    int64_t schema;
    uint64_t leaves, sets, previews; // that were looked at
} StoreCheck;

// NULL when it could not be done.
StoreCheck *store_check(Casework *work, StoreCheckOptions options, GError **err);
void store_check_free(StoreCheck *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreCheck, store_check_free)

// Counts the stacks of every case again.
bool store_rebuild_derived(Casework *work, uint64_t *ret_stacks, GError **err);

// ---- Schema -----------------------------------------------------------------------------------

typedef struct {
    int64_t from, to;
} StoreUpgrade;

// Brings an existing store to this program's schema. With `dry_run` it only says what it would do.
// CLEW_ERROR_UNSUPPORTED when a newer program wrote it. Any program that opens a store does the
// same; this says so first.
bool store_upgrade(const CaseworkOptions *options, bool dry_run, StoreUpgrade *ret_upgrade,
                   GError **err);
