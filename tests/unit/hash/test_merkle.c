// SPDX-License-Identifier: Apache-2.0
//
// Promise: roots and proofs are those of RFC 9162; every true proof verifies, and no proof verifies
// with one bit, one hash, the index or a size changed. The oracle computes roots by the recursive
// definition, from all leaves.
#include "hash/merkle.h"

#include <glib.h>
#include <string.h>

#define SIZES 130

static MerkleHash leaves[SIZES];
static MerkleHash roots[SIZES + 1]; // by the definition
static MerkleHash nodes[8][SIZES];  // complete subtrees, by the definition

static MerkleHash hash_of_hex(const char *text)
{
    MerkleHash hash;
    g_assert_cmpuint(strlen(text), ==, 2 * MERKLE_HASH_BYTES);
    for (size_t i = 0; i < MERKLE_HASH_BYTES; i++)
        hash.bytes[i] = (uint8_t)(g_ascii_xdigit_value(text[2 * i]) << 4 |
                                  g_ascii_xdigit_value(text[2 * i + 1]));
    return hash;
}

static void assert_hash(const MerkleHash *hash, const char *text)
{
    MerkleHash expected = hash_of_hex(text);
    g_assert_cmpmem(hash->bytes, MERKLE_HASH_BYTES, expected.bytes, MERKLE_HASH_BYTES);
}

static MerkleHash root_by_definition(const MerkleHash *from, size_t count)
{
    size_t k = 1;
    if (count == 1)
        return from[0];
    while (2 * k < count)
        k *= 2;
    MerkleHash left = root_by_definition(from, k);
    MerkleHash right = root_by_definition(from + k, count - k);
    return merkle_node(&left, &right);
}

static bool node_of_leaves(void *user_data, unsigned level, uint64_t index, MerkleHash *ret_hash)
{
    size_t count = (size_t)1 << level;
    g_assert_cmpuint((index + 1) * count, <=, SIZES);
    *ret_hash = nodes[level][index];
    return true;
}

static bool no_node(void *user_data, unsigned level, uint64_t index, MerkleHash *ret_hash)
{
    return false;
}

static void fill(void)
{
    for (size_t i = 0; i < SIZES; i++) {
        char record[16];
        int length = g_snprintf(record, sizeof record, "record %zu", i);
        leaves[i] = merkle_leaf(record, (size_t)length);
    }
    MerkleRange empty;
    merkle_range_init(&empty);
    roots[0] = merkle_range_root(&empty);
    for (size_t size = 1; size <= SIZES; size++)
        roots[size] = root_by_definition(leaves, size);
    for (unsigned level = 0; level < G_N_ELEMENTS(nodes); level++)
        for (size_t index = 0; (index + 1) << level <= SIZES; index++)
            nodes[level][index] = root_by_definition(leaves + (index << level), (size_t)1 << level);
}

// The records and roots that implementations of RFC 6962 test themselves with.
static void published_roots(void)
{
    static const struct {
        size_t size;
        uint8_t record[16];
        const char *root;
    } rows[] = {
        {0, {0}, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {1, {0x00}, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {1, {0x10}, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {2, {0x20, 0x21}, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {2, {0x30, 0x31}, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {4,
         {0x40, 0x41, 0x42, 0x43},
         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
        {8,
         {0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57},
         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {16,
         {0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e,
          0x6f},
         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
    };
    MerkleRange range;
    merkle_range_init(&range);
    MerkleHash root = merkle_range_root(&range);
    assert_hash(&root, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        MerkleHash leaf = merkle_leaf(rows[i].record, rows[i].size);
        merkle_range_append(&range, &leaf, NULL, NULL);
        root = merkle_range_root(&range);
        assert_hash(&root, rows[i].root);
    }
}

static void a_range_has_the_root_of_the_definition(void)
{
    MerkleRange range;
    merkle_range_init(&range);
    for (size_t size = 1; size <= SIZES; size++) {
        merkle_range_append(&range, &leaves[size - 1], NULL, NULL);
        MerkleHash root = merkle_range_root(&range);
        g_assert_true(merkle_hash_equal(&root, &roots[size]));
        MerkleRange loaded;
        g_assert_true(merkle_range_load(size, node_of_leaves, NULL, &loaded));
        g_assert_cmpmem(&loaded.size, sizeof loaded.size, &range.size, sizeof range.size);
        root = merkle_range_root(&loaded);
        g_assert_true(merkle_hash_equal(&root, &roots[size]));
    }
}

static void note_node(void *user_data, unsigned level, uint64_t index, const MerkleHash *hash)
{
    MerkleHash expected;
    node_of_leaves(NULL, level, index, &expected);
    g_assert_true(merkle_hash_equal(&expected, hash));
    ++*(unsigned *)user_data;
}

static void every_complete_subtree_is_told_once(void)
{
    MerkleRange range;
    unsigned told = 0;
    merkle_range_init(&range);
    for (size_t i = 0; i < 128; i++)
        merkle_range_append(&range, &leaves[i], note_node, &told);
    g_assert_cmpuint(told, ==, 255);
}

// Each bit position in turn, over the whole test.
static void flip(MerkleProof *proof, size_t which)
{
    static unsigned bit;
    bit = (bit + 37) % (8 * MERKLE_HASH_BYTES);
    proof->hashes[which].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

static void refuses_damaged_inclusion(uint64_t index, uint64_t size, const MerkleProof *proof)
{
    const MerkleHash *leaf = &leaves[index];
    const MerkleHash *root = &roots[size];
    for (size_t i = 0; i < proof->count; i++) {
        MerkleProof damaged = *proof;
        flip(&damaged, i);
        g_assert_false(merkle_verify_inclusion(leaf, index, size, &damaged, root));
    }
    for (uint64_t other = size < 48 ? 0 : index % 7; other <= size; other += size < 48 ? 1 : 7)
        if (other != index)
            g_assert_false(merkle_verify_inclusion(leaf, other, size, proof, root));
    MerkleProof longer = *proof, shorter = *proof;
    longer.hashes[longer.count++] = leaves[0];
    g_assert_false(merkle_verify_inclusion(leaf, index, size, &longer, root));
    if (shorter.count-- > 0)
        g_assert_false(merkle_verify_inclusion(leaf, index, size, &shorter, root));
    g_assert_false(merkle_verify_inclusion(leaf, index, size, proof, &roots[size - 1]));
    MerkleHash other_leaf = merkle_leaf("another", 7);
    g_assert_false(merkle_verify_inclusion(&other_leaf, index, size, proof, root));
}

static void inclusion_proofs_hold_and_nothing_else(void)
{
    unsigned proofs = 0;
    for (uint64_t size = 1; size <= SIZES; size++)
        for (uint64_t index = 0; index < size; index++, proofs++) {
            MerkleProof proof;
            g_assert_true(merkle_prove_inclusion(index, size, node_of_leaves, NULL, &proof));
            g_assert_true(
                merkle_verify_inclusion(&leaves[index], index, size, &proof, &roots[size]));
            refuses_damaged_inclusion(index, size, &proof);
        }
    g_assert_cmpuint(proofs, ==, SIZES * (SIZES + 1) / 2);
}

static void refuses_damaged_consistency(uint64_t old_size, uint64_t size, const MerkleProof *proof)
{
    for (size_t i = 0; i < proof->count; i++) {
        MerkleProof damaged = *proof;
        flip(&damaged, i);
        g_assert_false(
            merkle_verify_consistency(old_size, &roots[old_size], size, &roots[size], &damaged));
    }
    MerkleProof longer = *proof, shorter = *proof;
    longer.hashes[longer.count++] = leaves[0];
    g_assert_false(
        merkle_verify_consistency(old_size, &roots[old_size], size, &roots[size], &longer));
    if (shorter.count-- > 0)
        g_assert_false(
            merkle_verify_consistency(old_size, &roots[old_size], size, &roots[size], &shorter));
    if (old_size == 0) // every tree extends the empty one
        return;
    g_assert_false(
        merkle_verify_consistency(old_size, &roots[old_size - 1], size, &roots[size], proof));
    g_assert_false(
        merkle_verify_consistency(old_size, &roots[old_size], size, &roots[size - 1], proof));
    for (uint64_t other = size < 48 ? 1 : 1 + old_size % 7; other <= size;
         other += size < 48 ? 1 : 7)
        if (other != old_size)
            g_assert_false(
                merkle_verify_consistency(other, &roots[old_size], size, &roots[size], proof));
}

static void consistency_proofs_hold_and_nothing_else(void)
{
    for (uint64_t size = 1; size <= SIZES; size++)
        for (uint64_t old_size = 0; old_size <= size; old_size++) {
            MerkleProof proof;
            g_assert_true(merkle_prove_consistency(old_size, size, node_of_leaves, NULL, &proof));
            g_assert_true(
                merkle_verify_consistency(old_size, &roots[old_size], size, &roots[size], &proof));
            refuses_damaged_consistency(old_size, size, &proof);
        }
}

// A tree in which one early record was replaced shares its later records, but no proof leads to it.
static void a_rewritten_tree_is_no_extension(void)
{
    MerkleHash other[SIZES];
    memcpy(other, leaves, sizeof other);
    other[3] = merkle_leaf("rewritten", 9);
    for (size_t size = 8; size <= SIZES; size++) {
        MerkleHash root = root_by_definition(other, size);
        MerkleProof proof;
        g_assert_true(merkle_prove_consistency(7, size, node_of_leaves, NULL, &proof));
        g_assert_false(merkle_verify_consistency(7, &roots[7], size, &root, &proof));
    }
}

static void what_is_out_of_range_is_refused(void)
{
    MerkleProof proof;
    MerkleRange range;
    g_assert_false(merkle_prove_inclusion(5, 5, node_of_leaves, NULL, &proof));
    g_assert_false(merkle_prove_inclusion(0, 0, node_of_leaves, NULL, &proof));
    g_assert_false(merkle_prove_consistency(6, 5, node_of_leaves, NULL, &proof));
    g_assert_false(merkle_prove_consistency(1, UINT64_MAX, node_of_leaves, NULL, &proof));
    g_assert_false(merkle_prove_inclusion(3, 5, no_node, NULL, &proof));
    g_assert_false(merkle_range_load(5, no_node, NULL, &range));
    g_assert_false(merkle_range_load(UINT64_MAX, node_of_leaves, NULL, &range));
    proof.count = MERKLE_PROOF_MAX + 1;
    g_assert_false(merkle_verify_inclusion(&leaves[0], 0, 5, &proof, &roots[5]));
    g_assert_false(merkle_verify_consistency(2, &roots[2], 5, &roots[5], &proof));
    proof.count = 0;
    g_assert_false(merkle_verify_consistency(5, &roots[5], 4, &roots[4], &proof));
    g_assert_false(merkle_verify_inclusion(&leaves[0], 0, UINT64_MAX, &proof, &roots[5]));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fill();
    g_test_add_func("/published_roots", published_roots);
    g_test_add_func("/a_range_has_the_root_of_the_definition",
                    a_range_has_the_root_of_the_definition);
    g_test_add_func("/every_complete_subtree_is_told_once", every_complete_subtree_is_told_once);
    g_test_add_func("/inclusion_proofs_hold_and_nothing_else",
                    inclusion_proofs_hold_and_nothing_else);
    g_test_add_func("/consistency_proofs_hold_and_nothing_else",
                    consistency_proofs_hold_and_nothing_else);
    g_test_add_func("/a_rewritten_tree_is_no_extension", a_rewritten_tree_is_no_extension);
    g_test_add_func("/what_is_out_of_range_is_refused", what_is_out_of_range_is_refused);
    return g_test_run();
}
