// SPDX-License-Identifier: Apache-2.0
//
// The one thing of ext4 that the kit does not tell: whether a file is encrypted (fscrypt), as on
// most Android phones of the years in which they used ext4. Found in the inode itself.
//
//   superblock at 1024: first block (20), block size (24), inodes per group (40), inode size (88),
//   features (96), size of a group descriptor (254)
//   group descriptor: block of the inode table (8, and 40 for the upper half); inode: flags (32)
//   (Linux kernel documentation, "ext4 Data Structures and Algorithms")
#include "base/reader.h"
#include "evidence/file_system_private.h"

#define SUPERBLOCK_AT 1024u
#define SUPERBLOCK_BYTES 1024u
#define FEATURE_META_GROUPS 0x10u // group descriptors lie elsewhere
#define FEATURE_64_BIT 0x80u
#define FEATURE_ENCRYPTION 0x10000u
#define INODE_FLAG_ENCRYPTED 0x800u

static uint32_t field32(const uint8_t *structure, size_t offset)
{
    Reader reader = reader_init(structure + offset, 4);
    return reader_u32le(&reader);
}

static uint16_t field16(const uint8_t *structure, size_t offset)
{
    Reader reader = reader_init(structure + offset, 2);
    return reader_u16le(&reader);
}

void ext_inodes_init(FileTree *tree)
{
    uint8_t superblock[SUPERBLOCK_BYTES];
    ExtInodes *inodes = &tree->ext_inodes;
    *inodes = (ExtInodes){0};
    if (tree->kind != VOLUME_EXT ||
        !source_read_exact(tree->volume, SUPERBLOCK_AT, superblock, sizeof superblock, NULL))
        return;
    uint32_t features = field32(superblock, 96), block_shift = field32(superblock, 24);
    if (!(features & FEATURE_ENCRYPTION) || (features & FEATURE_META_GROUPS) || block_shift > 6)
        return;
    bool is_64_bit = features & FEATURE_64_BIT;
    inodes->block_bytes = 1024u << block_shift;
    inodes->inode_bytes = field16(superblock, 88);
    inodes->group_inodes = field32(superblock, 40);
    inodes->descriptor_bytes = is_64_bit ? MAX(field16(superblock, 254), 64u) : 32u;
    inodes->descriptors_at = (field32(superblock, 20) + 1ull) * inodes->block_bytes;
    inodes->has_encryption = inodes->inode_bytes >= 128 && inodes->group_inodes > 0;
}

bool ext_is_encrypted(FileTree *tree, uint64_t inode)
{
    const ExtInodes *inodes = &tree->ext_inodes;
    uint8_t descriptor[64] = {0}, flags[4];
    if (!inodes->has_encryption || inode == 0)
        return false;
    uint64_t group = (inode - 1) / inodes->group_inodes, index = (inode - 1) % inodes->group_inodes;
    size_t known = MIN(inodes->descriptor_bytes, sizeof descriptor);
    if (!source_read_exact(tree->volume, inodes->descriptors_at + group * inodes->descriptor_bytes,
                           descriptor, known, NULL))
        return false;
    uint64_t table = field32(descriptor, 8) | (uint64_t)field32(descriptor, 40) << 32, at = 0;
    return g_uint64_checked_mul(&at, table, inodes->block_bytes) &&
           g_uint64_checked_add(&at, at, index * inodes->inode_bytes + 32) &&
           source_read_exact(tree->volume, at, flags, sizeof flags, NULL) &&
           (field32(flags, 0) & INODE_FLAG_ENCRYPTED);
}
