// SPDX-License-Identifier: Apache-2.0
//
// Sources: for each file system the structures its authors publish (the exFAT specification, the
// ext4, XFS, Btrfs and F2FS documentation of the Linux kernel, Apple's HFS Plus volume format and
// APFS reference, ECMA-119, ECMA-167), for NTFS and ReFS what Microsoft's and others' tools write.
#include "evidence/volume_signature.h"

#include <string.h>

#include "base/reader.h"

#define HEAD_BYTES 12288u // up to the first place of a UFS superblock

typedef struct {
    Source *source;
    uint64_t size_bytes;
    uint8_t head[HEAD_BYTES]; // zero behind the end of a short source
} Probe;

// ---- Reading ----------------------------------------------------------------------------------

static bool read_block(const Probe *probe, uint64_t offset, void *target, size_t size)
{
    if (offset + size <= HEAD_BYTES) {
        memcpy(target, probe->head + offset, size);
        return true;
    }
    return offset <= probe->size_bytes && size <= probe->size_bytes - offset &&
           source_read_exact(probe->source, offset, target, size, NULL);
}

static bool has(const Probe *probe, uint64_t offset, const void *bytes, size_t size)
{
    uint8_t found[32];
    return size <= sizeof found && read_block(probe, offset, found, size) &&
           memcmp(found, bytes, size) == 0;
}

static uint16_t le16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | (unsigned)bytes[1] << 8);
}

static uint32_t le32(const uint8_t *bytes)
{
    return le16(bytes) | (uint32_t)le16(bytes + 2) << 16;
}

static uint32_t be32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static bool is_between(uint64_t value, uint64_t least, uint64_t most)
{
    return value >= least && value <= most;
}

// ---- What can be opened -----------------------------------------------------------------------

static bool is_ntfs(const Probe *probe)
{
    uint16_t sector_bytes = le16(probe->head + 11);
    return memcmp(probe->head + 3, "NTFS    ", 8) == 0 && is_power_of_two(sector_bytes) &&
           is_between(sector_bytes, 256, 4096);
}

static bool is_fat_boot_sector(const uint8_t *sector)
{
    uint16_t sector_bytes = le16(sector + 11);
    uint8_t cluster_sectors = sector[13], tables = sector[16], descriptor = sector[21];
    uint16_t reserved = le16(sector + 14);
    bool has_jump = sector[0] == 0xe9 || sector[0] == 0xeb;
    bool has_total = le16(sector + 19) != 0 || le32(sector + 32) != 0;
    bool has_table_size = le16(sector + 22) != 0 || le32(sector + 36) != 0;
    return has_jump && sector[510] == 0x55 && sector[511] == 0xaa &&
           is_power_of_two(sector_bytes) && is_between(sector_bytes, 512, 4096) &&
           is_power_of_two(cluster_sectors) && reserved != 0 && is_between(tables, 1, 8) &&
           descriptor >= 0xf0 && has_total && has_table_size;
}

static bool is_fat(const Probe *probe)
{
    // FAT32 keeps a copy of its boot sector in the sixth sector; libtsk takes that too.
    enum { BACKUP = 6 * 512 };
    uint8_t copy[512];
    if (is_fat_boot_sector(probe->head))
        return true;
    return read_block(probe, BACKUP, copy, sizeof copy) && is_fat_boot_sector(copy) &&
           le16(copy + 50) == 6 && memcmp(copy + 82, "FAT32", 5) == 0;
}

static bool is_exfat(const Probe *probe)
{
    static const uint8_t zeros[53] = {0};
    return memcmp(probe->head + 3, "EXFAT   ", 8) == 0 &&
           memcmp(probe->head + 11, zeros, sizeof zeros) == 0 &&
           is_between(probe->head[108], 9, 12) && probe->head[109] <= 25;
}

static bool is_ext(const Probe *probe)
{
    const uint8_t *superblock = probe->head + 1024;
    return le16(superblock + 56) == 0xef53 && le32(superblock) != 0 && le32(superblock + 4) != 0 &&
           le32(superblock + 20) <= 1 && le32(superblock + 24) <= 6 && le32(superblock + 32) != 0 &&
           le32(superblock + 40) != 0 && le32(superblock + 76) <= 1;
}

static bool is_hfs_plus_header(const uint8_t *header)
{
    bool is_plus = memcmp(header, "H+\0\4", 4) == 0, is_cased = memcmp(header, "HX\0\5", 4) == 0;
    uint32_t block_bytes = be32(header + 40);
    return (is_plus || is_cased) && is_power_of_two(block_bytes) && block_bytes >= 512;
}

// HFS Plus may lie wrapped in an old HFS volume, whose header then names it.
static bool is_hfs_plus(const Probe *probe)
{
    const uint8_t *header = probe->head + 1024;
    return is_hfs_plus_header(header) ||
           (memcmp(header, "BD", 2) == 0 && memcmp(header + 124, "H+", 2) == 0);
}

static bool is_apfs(const Probe *probe)
{
    uint32_t block_bytes = le32(probe->head + 36);
    return memcmp(probe->head + 32, "NXSB", 4) == 0 && is_power_of_two(block_bytes) &&
           is_between(block_bytes, 4096, 65536);
}

static bool is_iso9660(const Probe *probe)
{
    // Behind 16 sectors of 2048 bytes, or of 2352 as a raw copy of a disc has them.
    return has(probe, 16 * 2048 + 1, "CD001", 5) || has(probe, 16 * 2352 + 16 + 1, "CD001", 5);
}

static bool is_ufs(const Probe *probe)
{
    enum { MAGIC_FIELD = 1372 };
    static const uint32_t places[] = {8192, 65536, 262144};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        uint8_t magic[4];
        if (!read_block(probe, places[i] + MAGIC_FIELD, magic, sizeof magic))
            continue;
        uint32_t little = le32(magic), big = be32(magic);
        if (little == 0x00011954 || big == 0x00011954 || little == 0x19540119 || big == 0x19540119)
            return true;
    }
    return false;
}

// ---- What can only be named -------------------------------------------------------------------

static bool is_f2fs(const Probe *probe)
{
    return le32(probe->head + 1024) == 0xf2f52010;
}

static bool is_refs(const Probe *probe)
{
    return has(probe, 3, "ReFS\0\0\0\0", 8) && has(probe, 16, "FSRS", 4);
}

static bool is_hfs(const Probe *probe)
{
    const uint8_t *header = probe->head + 1024;
    return memcmp(header, "BD", 2) == 0 && !is_hfs_plus(probe) && be32(header + 20) != 0 &&
           be32(header + 20) % 512 == 0;
}

// The vdev label's list of names and values begins with the pool's version.
static bool is_zfs(const Probe *probe)
{
    uint8_t list[64];
    return read_block(probe, 16u << 10, list, sizeof list) && list[0] <= 1 &&
           memmem(list, sizeof list, "version", 7) != NULL;
}

static bool is_lvm(const Probe *probe)
{
    for (uint64_t sector = 0; sector < 4; sector++)
        if (has(probe, sector * 512, "LABELONE", 8) && has(probe, sector * 512 + 24, "LVM2 001", 8))
            return true;
    return false;
}

// Linux software RAID; version 1 keeps its superblock at one of three places, 0.90 near the end.
static bool is_md_raid(const Probe *probe)
{
    static const uint8_t magic[] = {0xfc, 0x4e, 0x2b, 0xa9}, version1[] = {1, 0, 0, 0};
    uint64_t size = probe->size_bytes;
    const uint64_t places[] = {0, 4096, size >= 16384 ? (size - 8192) & ~4095ull : 0};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        if (has(probe, places[i], magic, sizeof magic) &&
            has(probe, places[i] + 4, version1, sizeof version1))
            return true;
    static const uint8_t version0[] = {0, 0, 0, 0, 90, 0, 0, 0};
    uint64_t old = size >= 131072 ? (size & ~65535ull) - 65536 : 0;
    return old != 0 && has(probe, old, magic, sizeof magic) &&
           has(probe, old + 4, version0, sizeof version0);
}

static bool is_swap(const Probe *probe)
{
    static const uint64_t page_sizes[] = {4096, 8192, 16384, 65536};
    for (size_t i = 0; i < G_N_ELEMENTS(page_sizes); i++) {
        char mark[10];
        if (read_block(probe, page_sizes[i] - sizeof mark, mark, sizeof mark) &&
            (memcmp(mark, "SWAPSPACE2", 10) == 0 || memcmp(mark, "SWAP-SPACE", 10) == 0))
            return true;
    }
    return false;
}

static bool is_reiserfs(const Probe *probe)
{
    char superblock[64];
    return read_block(probe, 65536, superblock, sizeof superblock) &&
           (memcmp(superblock, "ReIsEr4", 7) == 0 || (memcmp(superblock + 52, "ReIsEr", 6) == 0 &&
                                                      memmem(superblock + 58, 3, "Fs", 2) != NULL));
}

// UDF without an ISO 9660 file system beside it.
static bool is_udf(const Probe *probe)
{
    if (!has(probe, 16 * 2048 + 1, "BEA01", 5))
        return false;
    return has(probe, 17 * 2048 + 1, "NSR02", 5) || has(probe, 17 * 2048 + 1, "NSR03", 5);
}

// ---- The table --------------------------------------------------------------------------------

typedef struct {
    VolumeSignature signature;
    bool (*fits)(const Probe *probe); // NULL: `bytes` at `offset` are enough
    uint64_t offset;
    size_t size;
    const char *bytes;
} Row;

static const Row rows[] = {
    {{VOLUME_NTFS, "NTFS", "ntfs"}, is_ntfs},
    {{VOLUME_FAT, "FAT", "fat"}, is_fat},
    {{VOLUME_EXFAT, "exFAT", "exfat"}, is_exfat},
    {{VOLUME_EXT, "ext2/3/4", "ext"}, is_ext},
    {{VOLUME_HFS_PLUS, "HFS+", "hfs"}, is_hfs_plus},
    {{VOLUME_APFS, "APFS", "apfs"}, is_apfs},
    {{VOLUME_ISO9660, "ISO 9660", "iso"}, is_iso9660},
    {{VOLUME_UFS, "UFS", "ufs"}, is_ufs},
    {{VOLUME_OTHER, "XFS", "xfs"}, NULL, 0, 4, "XFSB"},
    {{VOLUME_OTHER, "Btrfs", "btrfs"}, NULL, 65600, 8, "_BHRfS_M"},
    {{VOLUME_OTHER, "F2FS", "f2fs"}, is_f2fs},
    {{VOLUME_OTHER, "ReFS", "refs"}, is_refs},
    {{VOLUME_OTHER, "ZFS", "zfs"}, is_zfs},
    {{VOLUME_OTHER, "SquashFS", "squashfs"}, NULL, 0, 4, "hsqs"},
    {{VOLUME_OTHER, "EROFS", "erofs"}, NULL, 1024, 4, "\xe2\xe1\xf5\xe0"},
    {{VOLUME_OTHER, "HFS", "hfs"}, is_hfs},
    {{VOLUME_OTHER, "UDF", "udf"}, is_udf},
    {{VOLUME_OTHER, "ReiserFS", "reiserfs"}, is_reiserfs},
    {{VOLUME_OTHER, "JFS", "jfs"}, NULL, 32768, 4, "JFS1"},
    {{VOLUME_OTHER, "bcachefs", "bcachefs"},
     NULL,
     4096 + 24,
     16,
     "\xc6\x85\x73\xf6\x66\xce\x90\xa9\xd9\x6a\x60\xcf\x80\x3d\xf7\xef"},
    {{VOLUME_OTHER, "VMFS", "vmfs"}, NULL, 1u << 20, 4, "\x0d\xd0\x01\xc0"},
    {{VOLUME_OTHER, "LVM2 physical volume", "lvm"}, is_lvm},
    {{VOLUME_OTHER, "Linux RAID member", "raid"}, is_md_raid},
    {{VOLUME_SWAP, "Linux swap space", "swap"}, is_swap},
    {{VOLUME_OTHER, "Storage Spaces pool", "spaces"}, NULL, 4096, 8, "SPACEDB "},
};

size_t volume_signature_find(Source *source, const VolumeSignature *ret_found[])
{
    Probe probe = {.source = source, .size_bytes = source_size(source)};
    size_t count = 0;
    if (source_read(source, 0, probe.head, sizeof probe.head, NULL) <= 0)
        return 0;
    for (size_t i = 0; i < G_N_ELEMENTS(rows) && count < VOLUME_SIGNATURES_MAX; i++) {
        const Row *row = &rows[i];
        if (row->fits != NULL ? row->fits(&probe) : has(&probe, row->offset, row->bytes, row->size))
            ret_found[count++] = &row->signature;
    }
    return count;
}
