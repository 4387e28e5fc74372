// SPDX-License-Identifier: Apache-2.0
//
// AuditCheck: is the record whole? Leaves, payloads and rows against each other
// (store/audit_verify.h), the tree over the leaves against every checkpoint there is, the sets
// against what the record last said of them. It needs no network and no signing key.
//
// Whoever holds the database but not the signing key can make a chain of leaves anew, but not a
// checkpoint for it. So what is proven is everything up to the last checkpoint that lies where they
// could not reach it: with a witness, or in a file that was kept elsewhere and is given here.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/audit_key.h"
#include "cases/casework.h"
#include "store/audit_verify.h"

typedef struct {
    const char *checkpoint_file; // kept elsewhere; NULL: none
    const AuditKey *key;         // NULL: the one in the data folder
} AuditCheckOptions;

#define AUDIT_CHECK_FAULTS_KEPT 20u

// A fault with its own texts.
typedef struct {
    uint64_t seq;
    char *action; // NULL: not known
    int64_t made_us;
    char *table; // NULL: not known
    uint64_t row_id;
    char *text;
} AuditFinding;

typedef struct {
    AuditVerifyCounts counts;
    uint64_t faults;     // in all
    GPtrArray *findings; // of AuditFinding *, the first ones; by leaf
    GPtrArray *notes;    // of char *: what is no fault but worth knowing
    uint64_t checkpoints;
    uint64_t signed_size; // leaves that the newest sound checkpoint covers
    uint64_t given_size;  // the newest of those given; 0: none was
    uint64_t sets;        // that the record speaks of
} AuditCheck;

// NULL when it could not be done: the database cannot be read, a file given is no checkpoint.
AuditCheck *audit_check(Casework *work, AuditCheckOptions options, GError **err);
void audit_check_free(AuditCheck *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AuditCheck, audit_check_free)

// "leaf 17, vote, 2026-01-31T23:59:59Z, row 4 of vote: …". Newly allocated.
char *audit_finding_text(const AuditFinding *finding);
