// SPDX-License-Identifier: Apache-2.0
//
// Every change of a set goes into the record: here, in the transaction of the change, whoever makes
// it. A change with a transaction of its own leaves a leaf "set_changed" at its end. One that joins
// a transaction waits for the act around it (cases/act.h), which takes it and writes the leaf.
//
// The payload says which set, what was done, and what the set is afterwards: generation, digest and
// counts. That is what the verifier holds the sets against.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/json_writer.h"
#include "store/set_store.h"

typedef struct {
    uint64_t set_id;
    char *change; // "import", "merge", "replace", "add", "withdraw", "reinstate", "remove"
    char *who;
    uint64_t generation;               // after it; so is what follows
    char digest[2 * SHA256_BYTES + 1]; // "" when the set is gone
    uint64_t active, withdrawn;
    uint64_t added, updated, now_withdrawn, reinstated;
} SetChanged;

void set_changed_free(SetChanged *changed);

// "set 3"; newly allocated.
char *set_changed_object(const SetChanged *changed);
// Members of an object that was begun.
void set_changed_write(const SetChanged *changed, JsonWriter *json);

// The changes that wait for the act around them: of SetChanged *, newly allocated; none is left.
GPtrArray *set_store_take_changed(SetStore *store);

// ---- For the files that change sets -----------------------------------------------------------

// Notes what was just done to a set; `info` as it was when it was removed, NULL: read it.
bool set_record_note(SetStore *store, uint64_t set_id, const SetAct *act, const SetInfo *removed,
                     GError **err);
// Appends a leaf for each of the changes; inside the transaction, at its end.
bool set_record_append(Database *database, const GPtrArray *changes, GError **err);
