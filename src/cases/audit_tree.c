// SPDX-License-Identifier: Apache-2.0
#include "cases/audit_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

struct AuditTree {
    int descriptor;
    char *path;
    MerkleRange range;
};

// How many hashes stand before the leaf `index`: each leaf and each complete subtree below it.
static uint64_t nodes_before(uint64_t index)
{
    uint64_t nodes = 0;
    for (; index > 0; index >>= 1)
        nodes += index;
    return nodes;
}

// A subtree stands behind its last leaf, after the lower ones.
static uint64_t place_of(unsigned level, uint64_t index)
{
    uint64_t last_leaf = ((index + 1) << level) - 1;
    return nodes_before(last_leaf) + level;
}

static bool read_node(void *user_data, unsigned level, uint64_t index, MerkleHash *ret_hash)
{
    const AuditTree *tree = user_data;
    off_t offset = (off_t)(place_of(level, index) * MERKLE_HASH_BYTES);
    ssize_t got;
    do
        got = pread(tree->descriptor, ret_hash->bytes, MERKLE_HASH_BYTES, offset);
    while (got < 0 && errno == EINTR);
    return got == MERKLE_HASH_BYTES;
}

static bool damaged(const AuditTree *tree, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "the tree of the record in %s is shorter than it should be; delete it, it is made "
                "anew",
                tree->path);
    return false;
}

// The most leaves whose nodes the file holds whole.
static uint64_t leaves_in(uint64_t nodes)
{
    uint64_t low = 0, high = nodes;
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        if (nodes_before(middle) <= nodes)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

static AuditTree *open_tree(const char *path, int flags, GError **err)
{
    struct stat status;
    int descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        clew_error_set_errno(err, errno, "cannot open the tree of the record %s", path);
        if (descriptor >= 0)
            close(descriptor);
        return NULL;
    }
    g_autoptr(AuditTree) tree = g_new0(AuditTree, 1);
    tree->descriptor = descriptor;
    tree->path = g_strdup(path);
    uint64_t leaves = leaves_in((uint64_t)status.st_size / MERKLE_HASH_BYTES);
    if (!merkle_range_load(leaves, read_node, tree, &tree->range)) {
        damaged(tree, err);
        return NULL;
    }
    return g_steal_pointer(&tree);
}

AuditTree *audit_tree_open(const char *path, GError **err)
{
    g_autofree char *folder = g_path_get_dirname(path);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        clew_error_set_errno(err, errno, "cannot make the folder %s", folder);
        return NULL;
    }
    return open_tree(path, O_RDWR | O_CREAT, err);
}

AuditTree *audit_tree_open_read_only(const char *path, GError **err)
{
    return open_tree(path, O_RDONLY, err);
}

void audit_tree_free(AuditTree *tree)
{
    if (tree == NULL)
        return;
    close(tree->descriptor);
    g_free(tree->path);
    g_free(tree);
}

uint64_t audit_tree_size(const AuditTree *tree)
{
    return tree->range.size;
}

static void keep_node(void *user_data, unsigned level, uint64_t index, const MerkleHash *hash)
{
    g_byte_array_append(user_data, hash->bytes, MERKLE_HASH_BYTES);
}

static bool write_at(const AuditTree *tree, const uint8_t *bytes, size_t size_bytes, off_t offset,
                     GError **err)
{
    while (size_bytes > 0) {
        ssize_t written = pwrite(tree->descriptor, bytes, size_bytes, offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return clew_error_set_errno(err, errno, "cannot write %s", tree->path);
        bytes += written;
        offset += written;
        size_bytes -= (size_t)written;
    }
    return true;
}

bool audit_tree_append(AuditTree *tree, const uint8_t *hashes, uint64_t count, GError **err)
{
    g_autoptr(GByteArray) nodes = g_byte_array_new();
    MerkleRange range = tree->range;
    off_t offset = (off_t)(nodes_before(range.size) * MERKLE_HASH_BYTES);
    for (uint64_t i = 0; i < count; i++) {
        MerkleHash leaf;
        memcpy(leaf.bytes, hashes + i * MERKLE_HASH_BYTES, MERKLE_HASH_BYTES);
        merkle_range_append(&range, &leaf, keep_node, nodes);
    }
    if (!write_at(tree, nodes->data, nodes->len, offset, err))
        return false;
    tree->range = range;
    return true;
}

bool audit_tree_clear(AuditTree *tree, GError **err)
{
    if (ftruncate(tree->descriptor, 0) != 0)
        return clew_error_set_errno(err, errno, "cannot clear %s", tree->path);
    merkle_range_init(&tree->range);
    return true;
}

bool audit_tree_root(AuditTree *tree, uint64_t size, MerkleHash *ret_root, GError **err)
{
    MerkleRange range;
    if (size > tree->range.size || !merkle_range_load(size, read_node, tree, &range))
        return damaged(tree, err);
    *ret_root = merkle_range_root(&range);
    return true;
}

bool audit_tree_leaf(AuditTree *tree, uint64_t index, MerkleHash *ret_hash, GError **err)
{
    return (index < tree->range.size && read_node(tree, 0, index, ret_hash)) || damaged(tree, err);
}

bool audit_tree_prove_inclusion(AuditTree *tree, uint64_t index, uint64_t size,
                                MerkleProof *ret_proof, GError **err)
{
    return (size <= tree->range.size &&
            merkle_prove_inclusion(index, size, read_node, tree, ret_proof)) ||
           damaged(tree, err);
}

bool audit_tree_prove_consistency(AuditTree *tree, uint64_t old_size, uint64_t new_size,
                                  MerkleProof *ret_proof, GError **err)
{
    return (new_size <= tree->range.size &&
            merkle_prove_consistency(old_size, new_size, read_node, tree, ret_proof)) ||
           damaged(tree, err);
}
