// SPDX-License-Identifier: Apache-2.0
//
// AuditLog: one leaf an act, appended in the transaction of the act. Leaves are numbered from 1
// without gaps and chained; the tree and its signed checkpoints are derived after commit.
//
//   leaf    = seq, UTC, monotonic time, account, actor, session, action, case, object,
//             SHA-256 of the payload, number and digest of the rows written, hash of the leaf
//             before
//   hash    = SHA-256(0x00 || SHA-256 preimage): see audit_leaf_hash; the leaf hash of RFC 9162
//   rows    = SHA-256 over (table, id, hash of the row) of every row written, in order of table and
//             id; a deleted row has a hash of zeros, and so has an erased payload, as the row with
//             its leaf's number in TABLE_PAYLOAD
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/digest_set.h"
#include "store/audit_tables.h"
#include "store/database.h"

// Texts are borrowed from whoever filled it.
typedef struct {
    uint64_t seq;
    int64_t made_us;      // UTC
    int64_t monotonic_us; // since the machine started
    uint64_t account_id;
    const char *actor, *session, *action; // never NULL
    uint64_t case_id;                     // 0: none
    const char *object;                   // never NULL
    const char *payload;                  // one JSON object; NULL: erased
    uint8_t payload_sha256[SHA256_BYTES];
    uint64_t rows_written;
    uint8_t rows_sha256[SHA256_BYTES];
    uint8_t previous[SHA256_BYTES];
    uint8_t hash[SHA256_BYTES];
} AuditLeaf;

// From all fields but payload and hash.
void audit_leaf_hash(const AuditLeaf *leaf, uint8_t ret_hash[SHA256_BYTES]);

// The number that the next leaf will have; inside the write transaction that appends it.
bool audit_log_next(Database *database, uint64_t *ret_seq, GError **err);

// Rows that an act wrote or deleted. Ranges may repeat and overlap.
typedef struct {
    AuditTable table;
    uint64_t first_id, last_id; // of the rows in between those count whose seq is the act's
    bool is_deleted;            // then first_id == last_id
} AuditRows;

// Appends the leaf: fills in payload_sha256, the rows' digest over `rows` (of AuditRows by value;
// is sorted; may be NULL), previous and hash. seq must be what audit_log_next gave.
bool audit_log_append(Database *database, AuditLeaf *leaf, GArray *rows, GError **err);

// Keeps the hash of a row that the act `act_seq` is about to change or delete. *ret_exists is false
// when there is no such row. A row that the same act wrote is left as it is.
bool audit_log_supersede(Database *database, AuditTable table, uint64_t id, uint64_t act_seq,
                         bool *ret_exists, GError **err);

// Takes away the payload of a leaf, for good; its digest stays, and with it the leaf. The act that
// does so must note it as a deleted row of TABLE_PAYLOAD (act_erased_payload): a payload that is
// missing without one is tampering.
bool audit_log_erase_payload(Database *database, uint64_t seq, bool *ret_exists, GError **err);
