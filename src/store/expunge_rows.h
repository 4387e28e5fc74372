// SPDX-License-Identifier: Apache-2.0
//
// Retention rules, expunges and tombstones, and the rows that an expunge takes away. The rules are
// in cases/retention.h and cases/expunge.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/audit_tables.h"
#include "store/database.h"

typedef enum {
    EXPUNGE_PREVIEWS,    // of media that no other case holds
    EXPUNGE_ITEMS,       // where things lay and what they were called
    EXPUNGE_NOTES,       // and tags
    EXPUNGE_IDENTIFIERS, // of the case
    EXPUNGE_CASE,        // everything
    EXPUNGE_KIND_COUNT,
} ExpungeKind;

const char *expunge_kind_name(ExpungeKind kind);
bool expunge_kind_from_name(const char *name, ExpungeKind *ret_kind);

typedef struct {
    uint64_t id, seq, case_id; // case 0: every case without a line of its own
    ExpungeKind kind;
    unsigned days;
    bool from_opened; // else from when it was closed
    char *reason;
    int64_t made_us;
} RetentionRow;
void retention_row_free(RetentionRow *row);
bool retention_rows_insert(Database *database, const RetentionRow *row, GError **err);
bool retention_rows_update(Database *database, const RetentionRow *row, GError **err);
// Of RetentionRow *: those of a case.
bool retention_rows_list(Database *database, uint64_t case_id, GPtrArray *rows, GError **err);

typedef enum {
    EXPUNGE_ASKED,
    EXPUNGE_REFUSED,
    EXPUNGE_DONE,
    EXPUNGE_STATE_COUNT,
} ExpungeState;
const char *expunge_state_name(ExpungeState state);

typedef struct {
    uint64_t id, seq, case_id;
    ExpungeKind kind;
    char *reason;
    ExpungeState state;
    uint64_t asked_by, decided_by; // accounts
    int64_t asked_us, decided_us;
} ExpungeRow;
void expunge_row_free(ExpungeRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExpungeRow, expunge_row_free)
bool expunge_rows_insert(Database *database, const ExpungeRow *row, GError **err);
bool expunge_rows_update(Database *database, const ExpungeRow *row, GError **err);
// *ret_row is NULL without an error when there is none.
bool expunge_rows_get(Database *database, uint64_t id, ExpungeRow **ret_row, GError **err);
// Of ExpungeRow *, by id.
bool expunge_rows_list(Database *database, uint64_t case_id, GPtrArray *rows, GError **err);

typedef struct {
    uint64_t id, seq, expunge_id, case_id, count;
    char *what, *detail;
    int64_t made_us;
} TombstoneRow;
void tombstone_row_free(TombstoneRow *row);
bool tombstone_rows_insert(Database *database, const TombstoneRow *row, GError **err);
// Of TombstoneRow *, by id.
bool tombstone_rows_list(Database *database, uint64_t case_id, GPtrArray *rows, GError **err);

// ---- What goes ----------------------------------------------------------------------------------

// Audited rows that go, table by table, in the order in which they must.
typedef struct {
    AuditTable table;
    const char *what; // name of the table
    unsigned kinds;   // bits 1 << ExpungeKind
    const char *find; // ids of the rows of case ?1
    const char *take; // deletes row ?1
} ExpungePart;
const ExpungePart *expunge_parts(size_t *ret_count);

// Appends ids.
bool expunge_rows_find(Database *database, const ExpungePart *part, uint64_t case_id, GArray *ids,
                       GError **err);
bool expunge_rows_take(Database *database, const ExpungePart *part, uint64_t id, GError **err);

// How many of what kind, decision and category a case has; appends TombstoneRow * with what, detail
// and count.
bool expunge_rows_media_counts(Database *database, uint64_t case_id, GPtrArray *rows, GError **err);

// Rows that are not on record: of the case, and of media that are gone.
bool expunge_rows_forget_case(Database *database, uint64_t case_id, GError **err);
bool expunge_rows_forget_media(Database *database, uint64_t media_id, GError **err);

// Leaves about the case, up to `before_seq`, whose payloads may name things: appends their numbers.
bool expunge_rows_payloads(Database *database, uint64_t case_id, uint64_t before_seq, GArray *seqs,
                           GError **err);
