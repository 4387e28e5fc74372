// SPDX-License-Identifier: Apache-2.0
//
// AuditVerify: reads the whole record and every row it vouches for, and says what does not fit.
//
//     begin (one snapshot) -> [other reading] -> run -> free
//
// Leaf by leaf, in order: its number follows the last one's, it holds the hash of the leaf before,
// its hash is that of its fields, its payload has its digest (or was erased by an act that says
// so), and the rows that it wrote, as they stand now or as later acts found them, give its digest
// of rows. What is changed, added, taken away or moved in any of them makes some leaf wrong.
//
// That the chain itself was not made anew is for signed checkpoints to show (cases/audit_check.h).
//
// Memory does not grow with the record. The places of all rows are sorted in a temporary table, on
// the database's temporary storage, about 30 bytes a row.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/audit_log.h"

typedef struct AuditVerify AuditVerify;

AuditVerify *audit_verify_begin(Database *database, GError **err);
void audit_verify_free(AuditVerify *verify);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AuditVerify, audit_verify_free)

typedef struct {
    uint64_t seq;       // of the leaf that does not fit
    const char *action; // NULL: there is no such leaf
    int64_t made_us;
    const char *table; // of the row concerned, where it is known which; else NULL
    uint64_t row_id;
    const char *text; // what differs, a sentence without its end
} AuditFault;

typedef struct {
    // Each leaf in order, `hash` as computed from its fields. May be NULL.
    void (*leaf)(void *user_data, const AuditLeaf *leaf);
    // In order of leaves. All texts are borrowed for the call.
    void (*fault)(void *user_data, const AuditFault *fault);
    void *user_data;
} AuditVerifyCalls;

typedef struct {
    uint64_t leaves;
    uint64_t rows;             // that stand
    uint64_t superseded;       // hashes of rows that do not
    uint64_t erased;           // payloads
    uint64_t clock_steps;      // UTC went backwards from one leaf to the next: told, not a fault
    uint64_t first_clock_step; // its leaf
} AuditVerifyCounts;

// False when it could not be done; what is wrong with the record is no failure.
bool audit_verify_run(AuditVerify *verify, const AuditVerifyCalls *calls,
                      AuditVerifyCounts *ret_counts, GError **err);
