// SPDX-License-Identifier: Apache-2.0
//
// AuditProof: one leaf of the record, provable to somebody who has nothing but the log's public
// key: the leaf, its place, the path to the root of a signed head, and that head with whatever
// witnesses signed it. A text in the C2SP tlog-proof form:
//
//     c2sp.org/tlog-proof@v1
//     extra BASE64                     the leaf's fields, below
//     index 16                         its number less one
//     BASE64…                          hashes from the leaf's sibling up
//                                      (blank)
//     …                                the checkpoint
//
// The fields are lines "name value" in this order, texts as C string escapes:
//
//     clew leaf 1
//     seq, made_us, monotonic_us, account, actor, session, action, case, object, payload_sha256,
//     rows_written, rows_sha256, previous, and payload unless it was erased
//
// The log's entry is the SHA-256 that audit_leaf_hash makes of them (docs/audit.md says how).
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/audit_key.h"
#include "cases/casework.h"
#include "cases/checkpoint.h"
#include "store/audit_leaves.h"

// Newly allocated. CLEW_ERROR_NOT_FOUND when there is no such leaf or no head covers it yet.
char *audit_proof_make(Casework *work, uint64_t seq, GError **err);

typedef struct {
    StoredLeaf *leaf;
    Checkpoint *checkpoint;
} AuditProof;

void audit_proof_clear(AuditProof *proof);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AuditProof, audit_proof_clear)

// Needs no database. CLEW_ERROR_INVALID when the text is no proof, CLEW_ERROR_DENIED when it does
// not prove what it says. `proof` is zeroed or cleared storage, filled when it holds.
bool audit_proof_check(const char *text, size_t length, const AuditKey *key, AuditProof *ret_proof,
                       GError **err);
