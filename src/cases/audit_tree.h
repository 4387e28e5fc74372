// SPDX-License-Identifier: Apache-2.0
//
// AuditTree: the nodes of the tree over the record, kept in a file so that proofs need not read the
// record again. It is derived: whatever is wrong with it, it is made anew from the leaves.
//
// The file is nothing but hashes of 32 bytes in the order in which they become known: a leaf, then
// the complete subtrees that it closes, lowest first. So the place of a node follows from its level
// and index, and growing means appending.
//
// A tree belongs to one thread at a time; only one process may append.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "hash/merkle.h"

typedef struct AuditTree AuditTree;

// Opens or makes the file. Half an entry at its end is cut off.
AuditTree *audit_tree_open(const char *path, GError **err);
// CLEW_ERROR_NOT_FOUND when there is none. Cannot append.
AuditTree *audit_tree_open_read_only(const char *path, GError **err);
void audit_tree_free(AuditTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AuditTree, audit_tree_free)

uint64_t audit_tree_size(const AuditTree *tree);

// Adds leaves: hashes of 32 bytes, one after another.
bool audit_tree_append(AuditTree *tree, const uint8_t *hashes, uint64_t count, GError **err);

// Forgets all.
bool audit_tree_clear(AuditTree *tree, GError **err);

// As of an earlier or the present size. CLEW_ERROR_CORRUPT when the file cannot give it.
bool audit_tree_root(AuditTree *tree, uint64_t size, MerkleHash *ret_root, GError **err);
bool audit_tree_leaf(AuditTree *tree, uint64_t index, MerkleHash *ret_hash, GError **err);
bool audit_tree_prove_inclusion(AuditTree *tree, uint64_t index, uint64_t size,
                                MerkleProof *ret_proof, GError **err);
bool audit_tree_prove_consistency(AuditTree *tree, uint64_t old_size, uint64_t new_size,
                                  MerkleProof *ret_proof, GError **err);
