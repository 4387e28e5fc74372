// SPDX-License-Identifier: Apache-2.0
//
// The Merkle tree over a log of records, as RFC 9162 (and RFC 6962 before it) defines it: a leaf is
// SHA-256(0x00 || record), a node SHA-256(0x01 || left || right), and a tree whose size is no power
// of two is cut at the largest power of two below it. Its root, 32 bytes, stands for every record
// and their order.
//
// A tree grows in constant memory: MerkleRange holds only the roots of the complete subtrees that
// make it up, at most one of each height. Proofs need the nodes inside; where those are kept is the
// caller's matter (MerkleNode). A verifier needs none of them.
//
//     range:        init -> append* -> root
//     inclusion:    record `index` is in the tree of that size and root
//     consistency:  the tree of new_size begins with the very records of the tree of old_size
//
// Plain functions, no state but the caller's. Sizes are below 2^63.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MERKLE_HASH_BYTES 32
#define MERKLE_LEVELS 63    // heights of complete subtrees
#define MERKLE_PROOF_MAX 64 // hashes of one proof
#define MERKLE_SIZE_MAX ((1ull << 63) - 1)

typedef struct {
    uint8_t bytes[MERKLE_HASH_BYTES];
} MerkleHash;

bool merkle_hash_equal(const MerkleHash *a, const MerkleHash *b);

MerkleHash merkle_leaf(const void *record, size_t size_bytes);
MerkleHash merkle_node(const MerkleHash *left, const MerkleHash *right);

// ---- Growing ----------------------------------------------------------------------------------

typedef struct {
    uint64_t size;                   // leaves
    MerkleHash peaks[MERKLE_LEVELS]; // [level] is in use when that bit of `size` is set
} MerkleRange;

void merkle_range_init(MerkleRange *range);

// Adds a leaf. The subtrees that it completes are given to `made`, lowest first, the leaf itself as
// level 0; NULL when nobody keeps them.
typedef void MerkleMade(void *user_data, unsigned level, uint64_t index, const MerkleHash *hash);
void merkle_range_append(MerkleRange *range, const MerkleHash *leaf, MerkleMade *made,
                         void *user_data);

// Of an empty tree: SHA-256 of nothing.
MerkleHash merkle_range_root(const MerkleRange *range);

// ---- Proofs -----------------------------------------------------------------------------------

typedef struct {
    size_t count;
    MerkleHash hashes[MERKLE_PROOF_MAX];
} MerkleProof;

// The complete subtree over the leaves index << level to ((index + 1) << level) - 1. False fails
// the proof.
typedef bool MerkleNode(void *user_data, unsigned level, uint64_t index, MerkleHash *ret_hash);

// A range as if `size` leaves had been appended.
bool merkle_range_load(uint64_t size, MerkleNode *node, void *user_data, MerkleRange *ret_range);

// False when index or size is out of range, or a node could not be had; `ret_proof` is then of no
// use.
bool merkle_prove_inclusion(uint64_t index, uint64_t size, MerkleNode *node, void *user_data,
                            MerkleProof *ret_proof);
bool merkle_prove_consistency(uint64_t old_size, uint64_t new_size, MerkleNode *node,
                              void *user_data, MerkleProof *ret_proof);

// Every other index, size, hash or number of hashes than the true one is refused.
bool merkle_verify_inclusion(const MerkleHash *leaf, uint64_t index, uint64_t size,
                             const MerkleProof *proof, const MerkleHash *root);

// Equal sizes need equal roots and an empty proof. From size 0 nothing can be proven and every root
// follows; the proof must be empty.
bool merkle_verify_consistency(uint64_t old_size, const MerkleHash *old_root, uint64_t new_size,
                               const MerkleHash *new_root, const MerkleProof *proof);
