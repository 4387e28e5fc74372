// SPDX-License-Identifier: Apache-2.0
//
// What the files that change sets share; of no use outside store/.
#pragma once

#include "store/database.h"
#include "store/set_store.h"

Database *set_store_database(SetStore *store);

// Changes that no leaf tells of yet: of SetChanged *, owned. Borrowed.
GPtrArray *set_store_changed(SetStore *store);

// Begins a write transaction / commits or rolls it back. A commit that ends the outermost one
// appends the leaves of its changes to the record (set_record.h).
bool set_store_begin_write(SetStore *store, GError **err);
bool set_store_commit(SetStore *store, GError **err);
void set_store_rollback(SetStore *store);

// set_store_each_hash, also of entries that are withdrawn; without frames.
bool set_store_each_hash_any_state(SetStore *store, uint64_t first_id, uint64_t last_id,
                                   SetHashCallback callback, void *user_data, GError **err);

// Appends to the change log.
bool set_store_log_change(SetStore *store, uint64_t set_id, uint64_t first_entry,
                          uint64_t last_entry, GError **err);

// Raises the set's generation by one.
bool set_store_raise_generation(SetStore *store, uint64_t set_id, uint64_t *ret_generation,
                                GError **err);

// Notes what was done, for people and for the record. The set is as it is afterwards.
bool set_store_record_act(SetStore *store, uint64_t set_id, const SetAct *act, GError **err);
