// SPDX-License-Identifier: Apache-2.0
//
// SetImport: many entries into one set in one transaction. Nothing is visible before the commit,
// and a process killed before it leaves the set as it was. Memory does not grow with the list.
//
//   set_import_begin -> set_import_scheme? -> set_import_entry … -> set_import_commit -> free
//
// An entry is the same as one the set has when both have the same list key, or, having none, the
// same strongest digest, else the same frames or the same other hash. What a list says of an entry
// replaces what it said before; a second mention in the same list, or one that is known by its hash
// only and is merged, adds to it. Entries that people withdrew here stay withdrawn whatever a list
// says.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/hash_list.h"
#include "store/set_store.h"

typedef enum {
    SET_IMPORT_NEW,     // CLEW_ERROR_CONFLICT when the set exists
    SET_IMPORT_MERGE,   // adds and updates; creates the set when there is none
    SET_IMPORT_REPLACE, // the set becomes equal to the list; what the list lacks is withdrawn
    SET_IMPORT_ADD,     // as merge, by hand; without a kind the set must exist (NOT_FOUND)
} SetImportMode;

typedef struct {
    const char *set_name;
    SetImportMode mode;
    bool has_kind; // required for a new set; must agree with an existing one
    SetKind kind;
    const char *who; // login name
} SetImportOptions;

// Where the entries came from; texts borrowed, NULL when there is none.
typedef struct {
    const char *name;
    bool has_size;
    uint64_t size_bytes;
    const uint8_t *sha256; // NULL when the source could be read only once
    const char *format;
    const char *description;
    uint64_t refused; // entries of the list that were refused
} SetImportSource;

typedef struct {
    uint64_t entries;                 // mentions in the list, deletions included
    uint64_t added;                   // new entries
    uint64_t updated;                 // entries that say something new
    uint64_t unchanged;               // known entries that say nothing new
    uint64_t repeated;                // second and later mentions in this list
    uint64_t withdrawn;               // by a deletion in the list, or for missing in it (replace)
    uint64_t reinstated;              // withdrawn by the list before, back in it now
    uint64_t stay_withdrawn;          // present in the list, but withdrawn here by people
    uint64_t unknown_deleted;         // deletions of entries the set does not have
    uint64_t hashes[HASH_TYPE_COUNT]; // of the list, as mentioned; the next two alike
    uint64_t videos, frames;
} SetImportCounts;

typedef struct SetImport SetImport;

// Takes the write lock: CLEW_ERROR_BUSY after the store's waiting time. CLEW_ERROR_INVALID for a
// name that is empty, too long or holds control characters, or a missing kind.
SetImport *set_import_begin(SetStore *store, const SetImportOptions *options, GError **err);

// The scheme the set has; NULL when it has none yet. Borrowed.
const char *set_import_current_scheme(const SetImport *import);

// States the category scheme. CLEW_ERROR_CONFLICT when the set has another and is not replaced.
bool set_import_scheme(SetImport *import, const char *scheme, GError **err);

// After a failure the import can only be freed. An entry needs a key, a hash or
// frames.
bool set_import_entry(SetImport *import, const ListEntry *entry, GError **err);

// Durable when it returns true. The object can only be freed afterwards.
bool set_import_commit(SetImport *import, const SetImportSource *source,
                       SetImportCounts *ret_counts, GError **err);

// Rolls back what was not committed.
void set_import_free(SetImport *import);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SetImport, set_import_free)
