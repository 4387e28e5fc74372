// SPDX-License-Identifier: Apache-2.0
//
// SetStore: the truth about hash sets, plain and durable. Every change is one transaction that has
// reached the disk when the call returns true; a process killed at any moment loses nothing that
// was acknowledged and leaves nothing half done. Whatever is derived (the index) follows the change
// log.
//
//   FOLDER/clew.db     database, mode 0600, in a folder of mode 0700, unless it is elsewhere or on
//                      a PostgreSQL server; the folder then holds what is derived
//
// A SetStore belongs to one thread at a time; other threads and processes open their own.
// Changes: set_import.h (imports, additions), set_edit.h (withdraw, reinstate, remove).
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/hash_list.h"
#include "store/database.h"
#include "store/set_tally.h"
#include "store/stored_entry.h"

typedef struct SetStore SetStore;

typedef struct {
    unsigned busy_ms;     // how long to wait for another writer; 0: SET_STORE_BUSY_MS
    bool must_exist;      // CLEW_ERROR_NOT_FOUND instead of creating folder and database
    const char *database; // path or postgresql:// URL; NULL: clew.db in the folder
} SetStoreOptions;

#define SET_STORE_BUSY_MS 10000

// CLEW_ERROR_DENIED when others can read the folder, CLEW_ERROR_CORRUPT when the database is
// damaged, CLEW_ERROR_UNSUPPORTED when a newer program wrote it.
SetStore *set_store_open(const char *folder, SetStoreOptions options, GError **err);

// The same store once more, for another thread.
SetStore *set_store_reopen(const SetStore *store, GError **err);

// Sets in a database that is open and has the schema. It stays the caller's and must live longer.
// Changes join a transaction that was begun in it.
SetStore *set_store_over(Database *database, const char *folder, GError **err);

void set_store_close(SetStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SetStore, set_store_close)

const char *set_store_folder(const SetStore *store);

// ---- Sets -------------------------------------------------------------------------------------

typedef struct {
    uint64_t id;
    char *name;
    SetKind kind;
    char *scheme;        // NULL: no categories
    char *created;       // UTC
    uint64_t generation; // grows by one with every change
    uint64_t last_entry; // highest entry number ever given
    SetTally tally;
    char digest[2 * SHA256_BYTES + 1];
} SetInfo;

void set_info_free(SetInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SetInfo, set_info_free)

// All sets by name: of SetInfo *, owned by the array.
GPtrArray *set_store_list(SetStore *store, GError **err);

// CLEW_ERROR_NOT_FOUND names the set.
SetInfo *set_store_find(SetStore *store, const char *name, GError **err);
SetInfo *set_store_get(SetStore *store, uint64_t set_id, GError **err);

// What was done to a set.
typedef struct {
    uint64_t generation; // of the set after it
    char *act;           // "import", "merge", "replace", "add", "withdraw", "reinstate"
    char *made;          // UTC
    char *who;
    char *source; // NULL when there is none
    bool has_source_bytes;
    uint64_t source_bytes;
    bool has_source_sha256;
    uint8_t source_sha256[SHA256_BYTES];
    char *format, *description; // NULL when there is none
    uint64_t entries, added, updated, withdrawn, reinstated, refused;
} SetAct;

void set_act_free(SetAct *act);

// Oldest first: of SetAct *, owned by the array.
GPtrArray *set_store_acts(SetStore *store, uint64_t set_id, GError **err);

// ---- Entries ----------------------------------------------------------------------------------

// *ret_found is false when there is no such entry. `entry` must be initialised.
bool set_store_entry(SetStore *store, uint64_t entry_id, StoredEntry *entry, bool *ret_found,
                     GError **err);

// Appends the hashed frames of a video entry (FrameHash by value), in order of time; none when it
// has none. Reading an entry gives their number only, because there may be very many.
bool set_store_frames(SetStore *store, uint64_t entry_id, GArray *frames, GError **err);

// Every entry of a set in order of id, also withdrawn ones. The callback may stop by returning
// false with its own error. It must not change the store.
typedef bool (*SetEntryCallback)(void *user_data, const StoredEntry *entry, GError **err);
bool set_store_each_entry(SetStore *store, uint64_t set_id, SetEntryCallback callback,
                          void *user_data, GError **err);

// Every computable hash of the active entries first_id to last_id, fast. Frames of videos come as
// HASH_PDQ, those of quality FRAME_QUALITY_MIN and more.
typedef bool (*SetHashCallback)(void *user_data, uint64_t entry_id, HashType type,
                                const uint8_t *value, GError **err);
bool set_store_each_hash(SetStore *store, uint64_t first_id, uint64_t last_id,
                         SetHashCallback callback, void *user_data, GError **err);

// How many of those hashes are frames.
bool set_store_count_frames(SetStore *store, uint64_t first_id, uint64_t last_id,
                            uint64_t *ret_count, GError **err);

// ---- Following --------------------------------------------------------------------------------

// What a follower must look at again: the entries first_entry to last_entry, whatever they are now.
typedef struct {
    uint64_t seq;
    uint64_t first_entry, last_entry; // none when first > last: the set itself changed
} SetChange;

// Differs from its last value when anything has been committed since. A few microseconds.
bool set_store_version(SetStore *store, uint64_t *ret_version, GError **err);

// Between these two, all reading sees one state.
bool set_store_begin_snapshot(SetStore *store, GError **err);
void set_store_end_snapshot(SetStore *store);

// A place in the change log. The token is random, so that what was derived from another store, or
// from a copy of this one that went its own way, is not taken for this one's. All zero: before the
// first change.
typedef struct {
    uint64_t seq;
    uint64_t token;
} SetChangeMark;

// The newest place, and whether a place lies in this store's history.
bool set_store_last_change(SetStore *store, SetChangeMark *ret_mark, GError **err);
bool set_store_has_change(SetStore *store, SetChangeMark mark, bool *ret_has, GError **err);

// The changes after a place, oldest first (SetChange by value).
bool set_store_changes(SetStore *store, uint64_t after_seq, GArray *changes, GError **err);

// ---- Checking ---------------------------------------------------------------------------------

// Reads everything: structure of the database, every entry against its set's counts and digest.
// Appends one text per fault (newly allocated).
bool set_store_verify(SetStore *store, GPtrArray *faults, GError **err);
