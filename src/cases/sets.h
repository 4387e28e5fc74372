// SPDX-License-Identifier: Apache-2.0
//
// What is done with hash sets: importing lists that others made, writing them out, checking them.
// The list is read by clew-list-worker, so no parser of hostile bytes runs here; the rules (which
// scheme, what is refused, what is warned about) are applied to the entries it sends.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/hash_list.h"
#include "store/set_import.h"
#include "store/set_store.h"
#include "wire/worker.h"

typedef struct {
    const char *set_name;
    SetImportMode mode;
    bool has_kind;
    SetKind kind;
    const char *scheme; // NULL: as the list states
    const char *format; // NULL: recognise
    bool has_type;
    HashType type;       // of bare values that could be several
    const char *columns; // of CSV; NULL: by their headings
    bool strict;         // the first refused entry ends the import
    const char *who;     // login name
    bool within_act; // an act around it commits; the index is brought up to date at its next use

    // All may be NULL.
    void (*progress)(void *user_data, uint64_t entries, uint64_t bytes_read);
    // The first LIMIT_LIST_REFUSALS_SHOWN refused entries: where ("line" 12), and why.
    void (*refused)(void *user_data, const char *unit, uint64_t position, const char *reason);
    void (*talk)(const char *text, void *user_data); // a remark for the user
    bool (*is_cancelled)(void);
    void *user_data;
} SetsImportRequest;

typedef struct {
    SetImportCounts counts;
    uint64_t refused;
    uint64_t generation; // of the set after the import
    uint64_t active;     // entries of the set after the import
    char *format, *description;
    char *scheme; // NULL: the list has no categories
    bool is_file; // then the next two are set
    uint64_t source_bytes;
    uint8_t source_sha256[SHA256_BYTES];
    bool looks_like_pdq;       // 64-digit values taken for SHA-256 are very likely PDQ
    uint64_t unknown_category; // entries whose category the scheme does not know
} SetsImportSummary;

void sets_import_summary_clear(SetsImportSummary *summary);

// Imports the list on `descriptor` (a file or a pipe; stays the caller's) in one transaction; the
// set is as it was when it returns false. `name` says where it came from. `zygote` is that of
// clew-list-worker. Brings the index up to date where that takes long enough to be worth it now.
bool sets_import(SetStore *store, Zygote *zygote, int descriptor, const char *name,
                 const SetsImportRequest *request, SetsImportSummary *ret_summary, GError **err);

// Adds entries of one hash each, by hand; creates the set when there is none and a kind is given.
typedef struct {
    const char *set_name;
    bool has_kind;
    SetKind kind;
    const char *who;
} SetsAddRequest;
bool sets_add(SetStore *store, const SetsAddRequest *request, const ListHash *hashes, size_t count,
              SetImportCounts *ret_counts, GError **err);

// Removes a set, and its hashes from the index as well.
bool sets_remove(SetStore *store, const char *set_name, void (*talk)(const char *, void *),
                 void *user_data, GError **err);

typedef struct {
    const char *format; // name of a list writer
    const char *path;   // never a device, pipe or standard output
    bool overwrite;
} SetsExportRequest;

// What the format has no place for is left out and counted.
typedef struct {
    uint64_t written;         // entries
    uint64_t left_out;        // whole entries
    uint64_t hashes_left_out; // of entries that were written
    uint64_t categories_left_out;
    uint64_t frames_left_out, segments_left_out; // of entries that were written
} SetsExportSummary;

// Writes the active entries of a set to a file of mode 0600, whole or not at all.
// CLEW_ERROR_INVALID names the formats there are.
bool sets_export(SetStore *store, const char *set_name, const SetsExportRequest *request,
                 SetsExportSummary *ret_summary, GError **err);

// Checks database, entries and index file; appends one text per fault (newly allocated).
bool sets_verify(SetStore *store, GPtrArray *faults, GError **err);

// Login name of whoever runs this process, newly allocated.
char *sets_login_name(void);
