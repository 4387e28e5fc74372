// SPDX-License-Identifier: Apache-2.0
//
// Reading the record: leaves in order, a page at a time, so that memory stays small however long it
// is, and the checkpoints that were made of it.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/audit_log.h"

// A leaf that owns its texts, as it is stored: `hash` too, whether it is right or not. A value that
// no leaf can have (a text that is NULL, a digest of another length) makes `is_sound` false.
typedef struct {
    AuditLeaf leaf;
    bool is_sound;
    char *actor, *session, *action, *object, *payload; // what `leaf` points to
} StoredLeaf;

void stored_leaf_free(StoredLeaf *leaf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoredLeaf, stored_leaf_free)

// The leaves after `after_seq` up to and with `last_seq`, at most `count`: appended to `leaves` (of
// StoredLeaf *).
bool audit_leaves_read(Database *database, uint64_t after_seq, uint64_t last_seq, unsigned count,
                       GPtrArray *leaves, GError **err);

// CLEW_ERROR_NOT_FOUND when there is no such leaf.
StoredLeaf *audit_leaf_read(Database *database, uint64_t seq, GError **err);

// Hashes alone, of the leaves after `after_seq`, at most `count`: appended to `hashes`, 32 bytes
// each. CLEW_ERROR_CORRUPT when a number is missing.
bool audit_leaves_read_hashes(Database *database, uint64_t after_seq, unsigned count,
                              GByteArray *hashes, GError **err);

bool audit_leaves_last(Database *database, uint64_t *ret_seq, GError **err);

// ---- Checkpoints ------------------------------------------------------------------------------

typedef struct {
    uint64_t size;
    uint8_t root[SHA256_BYTES];
    bool has_root; // it is of that length
    char *note;
} StoredCheckpoint;

void stored_checkpoint_free(StoredCheckpoint *checkpoint);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoredCheckpoint, stored_checkpoint_free)

// In order of size, those larger than `after_size`, at most `count`: of StoredCheckpoint *.
bool audit_checkpoints_read(Database *database, uint64_t after_size, unsigned count,
                            GPtrArray *checkpoints, GError **err);

// The newest; *ret_checkpoint is NULL when there is none.
bool audit_checkpoints_last(Database *database, StoredCheckpoint **ret_checkpoint, GError **err);

// The smallest that covers `seq`; NULL when there is none yet.
bool audit_checkpoints_covering(Database *database, uint64_t seq, StoredCheckpoint **ret_checkpoint,
                                GError **err);

// Adds one, or gives the one of that size its note with more signatures. In a transaction of its
// own.
bool audit_checkpoints_put(Database *database, const StoredCheckpoint *checkpoint, GError **err);
