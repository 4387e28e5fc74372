// SPDX-License-Identifier: Apache-2.0
#include "hash/merkle.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { PREFIX_LEAF = 0, PREFIX_NODE = 1 };

bool merkle_hash_equal(const MerkleHash *a, const MerkleHash *b)
{
    return CRYPTO_memcmp(a->bytes, b->bytes, MERKLE_HASH_BYTES) == 0;
}

// SHA-256 fails only for want of memory or of a usable libcrypto: nothing could be trusted then.
static MerkleHash digest(const uint8_t *prefix, size_t prefix_size, const void *bytes, size_t size)
{
    MerkleHash hash;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1 ||
        EVP_DigestUpdate(context, prefix, prefix_size) != 1 ||
        EVP_DigestUpdate(context, bytes, size) != 1 ||
        EVP_DigestFinal_ex(context, hash.bytes, NULL) != 1)
        abort();
    EVP_MD_CTX_free(context);
    return hash;
}

MerkleHash merkle_leaf(const void *record, size_t size_bytes)
{
    static const uint8_t prefix = PREFIX_LEAF;
    return digest(&prefix, sizeof prefix, record, size_bytes);
}

MerkleHash merkle_node(const MerkleHash *left, const MerkleHash *right)
{
    uint8_t bytes[1 + 2 * MERKLE_HASH_BYTES] = {PREFIX_NODE};
    memcpy(bytes + 1, left->bytes, MERKLE_HASH_BYTES);
    memcpy(bytes + 1 + MERKLE_HASH_BYTES, right->bytes, MERKLE_HASH_BYTES);
    return digest(bytes, 1, bytes + 1, sizeof bytes - 1);
}

// ---- Growing ----------------------------------------------------------------------------------

void merkle_range_init(MerkleRange *range)
{
    memset(range, 0, sizeof *range);
}

void merkle_range_append(MerkleRange *range, const MerkleHash *leaf, MerkleMade *made,
                         void *user_data)
{
    MerkleHash hash = *leaf;
    unsigned level = 0;
    if (range->size >= MERKLE_SIZE_MAX)
        abort(); // no log of this world is as long
    if (made != NULL)
        made(user_data, level, range->size, &hash);
    for (; (range->size >> level) & 1; level++) {
        hash = merkle_node(&range->peaks[level], &hash);
        if (made != NULL)
            made(user_data, level + 1, range->size >> (level + 1), &hash);
    }
    range->peaks[level] = hash;
    range->size++;
}

MerkleHash merkle_range_root(const MerkleRange *range)
{
    MerkleHash root;
    bool has_root = false;
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        if (!((range->size >> level) & 1))
            continue;
        root = has_root ? merkle_node(&range->peaks[level], &root) : range->peaks[level];
        has_root = true;
    }
    return has_root ? root : digest((const uint8_t *)"", 0, "", 0);
}

bool merkle_range_load(uint64_t size, MerkleNode *node, void *user_data, MerkleRange *ret_range)
{
    MerkleRange range;
    if (size > MERKLE_SIZE_MAX)
        return false;
    merkle_range_init(&range);
    for (unsigned level = 0; level < MERKLE_LEVELS; level++)
        if (((size >> level) & 1) &&
            !node(user_data, level, (size >> level) - 1, &range.peaks[level]))
            return false;
    range.size = size;
    *ret_range = range;
    return true;
}

// ---- Proofs -----------------------------------------------------------------------------------

typedef struct {
    MerkleNode *node;
    void *user_data;
    MerkleProof *proof;
} Prover;

// The largest power of two below n, as its exponent; n is at least 2.
static unsigned split_level(uint64_t n)
{
    return 63u - (unsigned)__builtin_clzll(n - 1);
}

// The root over leaves start to end - 1, where start is a multiple of the largest power of two that
// is no larger than their number: the right edge is folded up from its complete subtrees.
static bool subtree(const Prover *prover, uint64_t start, uint64_t end, MerkleHash *ret_hash)
{
    MerkleHash hash;
    bool has_hash = false;
    uint64_t count = end - start, from = end;
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        if (!((count >> level) & 1))
            continue;
        MerkleHash peak;
        from -= 1ull << level;
        if (!prover->node(prover->user_data, level, from >> level, &peak))
            return false;
        hash = has_hash ? merkle_node(&peak, &hash) : peak;
        has_hash = true;
    }
    *ret_hash = hash;
    return true;
}

static bool add_subtree(const Prover *prover, uint64_t start, uint64_t end)
{
    if (prover->proof->count == MERKLE_PROOF_MAX ||
        !subtree(prover, start, end, &prover->proof->hashes[prover->proof->count]))
        return false;
    prover->proof->count++;
    return true;
}

static void reverse(MerkleProof *proof)
{
    for (size_t i = 0; i < proof->count / 2; i++) {
        MerkleHash other = proof->hashes[i];
        proof->hashes[i] = proof->hashes[proof->count - 1 - i];
        proof->hashes[proof->count - 1 - i] = other;
    }
}

// From the root down, so the sibling next to the leaf comes last: reversed at the end.
bool merkle_prove_inclusion(uint64_t index, uint64_t size, MerkleNode *node, void *user_data,
                            MerkleProof *ret_proof)
{
    const Prover prover = {node, user_data, ret_proof};
    ret_proof->count = 0;
    if (index >= size || size > MERKLE_SIZE_MAX)
        return false;
    for (uint64_t start = 0, end = size; end - start > 1;) {
        uint64_t middle = start + (1ull << split_level(end - start));
        if (!(index < middle ? add_subtree(&prover, middle, end)
                             : add_subtree(&prover, start, middle)))
            return false;
        if (index < middle)
            end = middle;
        else
            start = middle;
    }
    reverse(ret_proof);
    return true;
}

bool merkle_prove_consistency(uint64_t old_size, uint64_t new_size, MerkleNode *node,
                              void *user_data, MerkleProof *ret_proof)
{
    const Prover prover = {node, user_data, ret_proof};
    ret_proof->count = 0;
    if (old_size > new_size || new_size > MERKLE_SIZE_MAX)
        return false;
    if (old_size == 0 || old_size == new_size)
        return true;
    uint64_t start = 0, end = new_size;
    while (end != old_size) {
        uint64_t middle = start + (1ull << split_level(end - start));
        if (!(old_size <= middle ? add_subtree(&prover, middle, end)
                                 : add_subtree(&prover, start, middle)))
            return false;
        if (old_size <= middle)
            end = middle;
        else
            start = middle;
    }
    // When the old tree is itself complete its root is known to the verifier and not sent.
    if (start != 0 && !add_subtree(&prover, start, end))
        return false;
    reverse(ret_proof);
    return true;
}

// RFC 9162, section 2.1.3.2.
bool merkle_verify_inclusion(const MerkleHash *leaf, uint64_t index, uint64_t size,
                             const MerkleProof *proof, const MerkleHash *root)
{
    if (index >= size || size > MERKLE_SIZE_MAX || proof->count > MERKLE_PROOF_MAX)
        return false;
    uint64_t place = index, last = size - 1;
    MerkleHash hash = *leaf;
    for (size_t i = 0; i < proof->count; i++) {
        if (last == 0)
            return false;
        if ((place & 1) || place == last) {
            hash = merkle_node(&proof->hashes[i], &hash);
            while (!(place & 1) && place != 0) {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = merkle_node(&hash, &proof->hashes[i]);
        }
        place >>= 1;
        last >>= 1;
    }
    return last == 0 && merkle_hash_equal(&hash, root);
}

// RFC 9162, section 2.1.4.2, for 0 < old_size < new_size.
static bool verify_growth(uint64_t old_size, const MerkleHash *old_root, uint64_t new_size,
                          const MerkleHash *new_root, const MerkleProof *proof)
{
    bool old_is_complete = (old_size & (old_size - 1)) == 0;
    uint64_t place = old_size - 1, last = new_size - 1;
    size_t i = 0;
    if (proof->count == 0)
        return false;
    while (place & 1) {
        place >>= 1;
        last >>= 1;
    }
    MerkleHash old_hash = old_is_complete ? *old_root : proof->hashes[i++];
    MerkleHash new_hash = old_hash;
    for (; i < proof->count; i++) {
        if (last == 0)
            return false;
        if ((place & 1) || place == last) {
            old_hash = merkle_node(&proof->hashes[i], &old_hash);
            new_hash = merkle_node(&proof->hashes[i], &new_hash);
            while (!(place & 1) && place != 0) {
                place >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = merkle_node(&new_hash, &proof->hashes[i]);
        }
        place >>= 1;
        last >>= 1;
    }
    return last == 0 && merkle_hash_equal(&old_hash, old_root) &&
           merkle_hash_equal(&new_hash, new_root);
}

bool merkle_verify_consistency(uint64_t old_size, const MerkleHash *old_root, uint64_t new_size,
                               const MerkleHash *new_root, const MerkleProof *proof)
{
    if (old_size > new_size || new_size > MERKLE_SIZE_MAX || proof->count > MERKLE_PROOF_MAX)
        return false;
    if (old_size == new_size)
        return proof->count == 0 && merkle_hash_equal(old_root, new_root);
    if (old_size == 0)
        return proof->count == 0;
    return verify_growth(old_size, old_root, new_size, new_root, proof);
}
