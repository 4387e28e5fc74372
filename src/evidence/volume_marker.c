// SPDX-License-Identifier: Apache-2.0
//
//   program        where                       bytes
//   LUKS 1, 2      0                           "LUKS" BA BE, version (16 bits, big-endian)
//   LUKS 2 backup  16 KiB … 4 MiB              "SKUL" BA BE, its own offset at 256
//   BitLocker      3 / 160                     "-FVE-FS-" / a GUID that tells the kind
//   BitLocker ToGo 3 / 424                     "MSWIN4.1" / GUID: looks like an empty FAT32
//   CoreStorage    88                          "CS", block type and checksum kind beside it
//   old FileVault  0, or the last 8 bytes      "encrcdsa", "cdsaencr"
//   GELI           the last sector             "GEOM::ELI"
//   eCryptfs       8                           two words whose exclusive or is a constant
//   others         see `plain_markers`
//
// LUKS: the LUKS1 and LUKS2 on-disk format specifications (cryptsetup). BitLocker: the layout as
// documented by the libbde project. CoreStorage: likewise by libfvde.
#include "evidence/volume_marker.h"

#include <string.h>

#include "base/reader.h"

#define HEAD_BYTES 512u
#define TAIL_BYTES 4096u

// One read at either end tells most; this is asked of every item of unknown type.
typedef struct {
    Source *source;
    uint64_t size_bytes;
    uint8_t head[HEAD_BYTES]; // zero behind the end of a short source
    uint8_t tail[TAIL_BYTES]; // the last bytes of the source; zero when it is shorter
} Probe;

static bool read_block(const Probe *probe, uint64_t offset, void *target, size_t size)
{
    return offset <= probe->size_bytes && size <= probe->size_bytes - offset &&
           source_read_exact(probe->source, offset, target, size, NULL);
}

static bool head_has(const Probe *probe, size_t offset, const void *bytes, size_t size)
{
    return memcmp(probe->head + offset, bytes, size) == 0;
}

static uint64_t read_be(const uint8_t *bytes, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    return value;
}

// ---- LUKS -------------------------------------------------------------------------------------

#define LUKS_MAGIC "LUKS\xba\xbe"
#define LUKS_BACKUP_MAGIC "SKUL\xba\xbe"
#define LUKS_MAGIC_BYTES 6
#define LUKS_OFFSET_FIELD 256 // "hdr_offset" of a LUKS2 header, big-endian

static const VolumeMarker luks1 = {.program = "LUKS", .detail = "LUKS1 volume (Linux)"};
static const VolumeMarker luks2 = {.program = "LUKS", .detail = "LUKS2 volume (Linux)"};
static const VolumeMarker luks_backup = {
    .program = "LUKS", .detail = "LUKS2 volume (Linux) of which only the backup header is left"};

static const VolumeMarker *find_luks(const Probe *probe)
{
    if (head_has(probe, 0, LUKS_MAGIC, LUKS_MAGIC_BYTES)) {
        uint64_t version = read_be(probe->head + LUKS_MAGIC_BYTES, 2);
        return version == 1 ? &luks1 : version == 2 ? &luks2 : NULL;
    }
    // The places where the second header of LUKS2 may stand; it names its own. All but the first
    // are unusual, and looked at when the first header was wiped.
    static const uint8_t wiped[16] = {0};
    uint64_t last = head_has(probe, 0, wiped, sizeof wiped) ? 4u << 20 : 16u << 10;
    for (uint64_t offset = 16u << 10; offset <= last; offset *= 2) {
        uint8_t header[LUKS_OFFSET_FIELD + 8];
        if (!read_block(probe, offset, header, sizeof header))
            return NULL;
        if (memcmp(header, LUKS_BACKUP_MAGIC, LUKS_MAGIC_BYTES) == 0 &&
            read_be(header + LUKS_OFFSET_FIELD, 8) == offset)
            return &luks_backup;
    }
    return NULL;
}

// ---- BitLocker --------------------------------------------------------------------------------

#define FVE_SIGNATURE "-FVE-FS-"
#define FVE_SIGNATURE_BYTES 8
#define FVE_GUID_BYTES 16
#define FVE_COPIES 3
#define FVE_METADATA_BYTES (64u << 10) // more than any known one
#define FVE_BLOCK_HEADER_BYTES 64u
#define FVE_METADATA_HEADER_BYTES 48u
#define FVE_ENTRY_HEADER_BYTES 8u
#define FVE_ENTRIES_MAX 256u
#define FVE_TYPE_MASTER_KEY 0x0002u
#define FVE_VALUE_MASTER_KEY 0x0008u
#define FVE_PROTECTION_FIELD 26u // behind the entry's header
#define FVE_PROTECTION_CLEAR_KEY 0x0000u

static const uint8_t fve_guid[FVE_GUID_BYTES] = {0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a,
                                                 0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01};
static const uint8_t fve_guid_on_write[FVE_GUID_BYTES] = {
    0x3b, 0x4d, 0xa8, 0x92, 0x80, 0xdd, 0x0e, 0x4d, 0x9e, 0x4e, 0xb1, 0xe3, 0x28, 0x4e, 0xae, 0xd8};

static const VolumeMarker bitlocker = {.program = "BitLocker", .detail = "BitLocker volume"};
static const VolumeMarker bitlocker_clear = {
    .program = "BitLocker",
    .detail = "BitLocker volume, suspended: it opens without a secret",
    .opens_without_secret = true};
static const VolumeMarker bitlocker_on_write = {.program = "BitLocker",
                                                .detail = "BitLocker volume, encrypted on write"};
static const VolumeMarker to_go = {
    .program = "BitLocker", .detail = "BitLocker To Go volume", .mimics_fat = true};
static const VolumeMarker to_go_clear = {
    .program = "BitLocker",
    .detail = "BitLocker To Go volume, suspended: it opens without a secret",
    .opens_without_secret = true,
    .mimics_fat = true};

// The entries of one copy of the metadata: is there a master key that is protected by nothing?
static bool has_clear_key(const uint8_t *metadata, size_t size)
{
    Reader header = reader_init(metadata, size);
    const uint8_t *signature = reader_bytes(&header, FVE_SIGNATURE_BYTES);
    if (signature == NULL || memcmp(signature, FVE_SIGNATURE, FVE_SIGNATURE_BYTES) != 0)
        return false;
    reader_skip(&header, FVE_BLOCK_HEADER_BYTES - FVE_SIGNATURE_BYTES);
    uint32_t entries_end = reader_u32le(&header); // counted from the metadata header
    if (header.failed || entries_end > size - FVE_BLOCK_HEADER_BYTES)
        return false;

    Reader entries = reader_init(metadata + FVE_BLOCK_HEADER_BYTES, entries_end);
    reader_skip(&entries, FVE_METADATA_HEADER_BYTES);
    for (unsigned i = 0; i < FVE_ENTRIES_MAX && reader_remaining(&entries) > 0; i++) {
        uint16_t entry_size = reader_u16le(&entries);
        uint16_t type = reader_u16le(&entries);
        uint16_t value_type = reader_u16le(&entries);
        reader_skip(&entries, 2);
        if (entries.failed || entry_size < FVE_ENTRY_HEADER_BYTES)
            return false;
        size_t body_size = entry_size - FVE_ENTRY_HEADER_BYTES;
        const uint8_t *body = reader_bytes(&entries, body_size);
        if (body == NULL)
            return false;
        if (type == FVE_TYPE_MASTER_KEY && value_type == FVE_VALUE_MASTER_KEY &&
            body_size >= FVE_PROTECTION_FIELD + 2 &&
            (body[FVE_PROTECTION_FIELD] | body[FVE_PROTECTION_FIELD + 1] << 8) ==
                FVE_PROTECTION_CLEAR_KEY)
            return true;
    }
    return false;
}

// Any of the copies that the boot sector points to may be damaged.
static bool any_copy_has_clear_key(const Probe *probe, size_t offsets_field)
{
    g_autofree uint8_t *metadata = g_malloc(FVE_METADATA_BYTES);
    Reader fields = reader_init(probe->head + offsets_field, FVE_COPIES * 8);
    for (unsigned i = 0; i < FVE_COPIES; i++) {
        uint64_t offset = reader_u64le(&fields);
        if (offset == 0 || offset >= probe->size_bytes)
            continue;
        ssize_t count = source_read(probe->source, offset, metadata, FVE_METADATA_BYTES, NULL);
        if (count > 0 && has_clear_key(metadata, (size_t)count))
            return true;
    }
    return false;
}

static const VolumeMarker *find_bitlocker(const Probe *probe)
{
    enum { GUID = 160, OFFSETS = 176, TO_GO_GUID = 424, TO_GO_OFFSETS = 440 };
    if (head_has(probe, TO_GO_GUID, fve_guid, FVE_GUID_BYTES) && head_has(probe, 3, "MSWIN4.1", 8))
        return any_copy_has_clear_key(probe, TO_GO_OFFSETS) ? &to_go_clear : &to_go;
    if (!head_has(probe, 3, FVE_SIGNATURE, FVE_SIGNATURE_BYTES))
        return NULL;
    if (head_has(probe, GUID, fve_guid_on_write, FVE_GUID_BYTES))
        return &bitlocker_on_write;
    // The first version (Windows Vista) has the signature alone, and its metadata elsewhere.
    if (head_has(probe, GUID, fve_guid, FVE_GUID_BYTES) && any_copy_has_clear_key(probe, OFFSETS))
        return &bitlocker_clear;
    return &bitlocker;
}

// ---- Apple ------------------------------------------------------------------------------------

static const VolumeMarker core_storage = {.program = "FileVault 2",
                                          .detail = "CoreStorage volume (FileVault 2)"};
static const VolumeMarker file_vault = {.program = "FileVault",
                                        .detail = "encrypted disk image (FileVault, Disk Utility)"};

static const VolumeMarker *find_apple(const Probe *probe)
{
    enum { VERSION = 8, BLOCK_TYPE = 10, SIGNATURE = 88, CHECKSUM_KIND = 90 };
    static const uint8_t version_and_type[] = {1, 0, 0x10, 0};
    static const uint8_t checksum_kind[] = {1, 0, 0, 0};
    if (head_has(probe, SIGNATURE, "CS", 2) &&
        head_has(probe, VERSION, version_and_type, sizeof version_and_type) &&
        head_has(probe, CHECKSUM_KIND, checksum_kind, sizeof checksum_kind))
        return &core_storage;
    if (head_has(probe, 0, "encrcdsa", 8) ||
        memcmp(probe->tail + TAIL_BYTES - 8, "cdsaencr", 8) == 0)
        return &file_vault;
    return NULL;
}

// ---- The others -------------------------------------------------------------------------------

static const struct {
    size_t offset;
    const char *bytes;
    VolumeMarker marker;
} plain_markers[] = {
    {3, "PGPGUARD", {.program = "PGP", .detail = "PGP Whole Disk Encryption"}},
    {3, "SafeBoot", {.program = "McAfee", .detail = "McAfee Drive Encryption (SafeBoot)"}},
    {6, "PCGM", {.program = "GuardianEdge", .detail = "GuardianEdge disk encryption"}},
    {110, "SGM400:", {.program = "SafeGuard", .detail = "Sophos SafeGuard disk encryption"}},
    {119, "SGE400:", {.program = "SafeGuard", .detail = "Utimaco SafeGuard disk encryption"}},
};

static const VolumeMarker *find_plain(const Probe *probe)
{
    for (size_t i = 0; i < G_N_ELEMENTS(plain_markers); i++)
        if (head_has(probe, plain_markers[i].offset, plain_markers[i].bytes,
                     strlen(plain_markers[i].bytes)))
            return &plain_markers[i].marker;
    return NULL;
}

static const VolumeMarker *find_geli(const Probe *probe)
{
    static const VolumeMarker geli = {.program = "GELI", .detail = "GELI volume (FreeBSD)"};
    static const char magic[16] = "GEOM::ELI";
    static const uint32_t sector_sizes[] = {512, 4096};
    for (size_t i = 0; i < G_N_ELEMENTS(sector_sizes); i++)
        if (probe->size_bytes % sector_sizes[i] == 0 &&
            memcmp(probe->tail + TAIL_BYTES - sector_sizes[i], magic, sizeof magic) == 0)
            return &geli;
    return NULL;
}

// Single files, not volumes: found in the lower folder of an eCryptfs mount.
static const VolumeMarker *find_ecryptfs(const Probe *probe)
{
    static const VolumeMarker ecryptfs = {.program = "eCryptfs",
                                          .detail = "file encrypted by eCryptfs"};
    uint64_t first = read_be(probe->head + 8, 4), second = read_be(probe->head + 12, 4);
    bool is_marked = (first ^ second) == 0x3c81b7f5u && probe->size_bytes >= 8192;
    return is_marked ? &ecryptfs : NULL;
}

const VolumeMarker *volume_marker_find(Source *source)
{
    static const VolumeMarker *(*const finders[])(const Probe *) = {
        find_luks, find_bitlocker, find_apple, find_plain, find_geli, find_ecryptfs,
    };
    Probe probe = {.source = source, .size_bytes = source_size(source)};
    if (source_read(source, 0, probe.head, sizeof probe.head, NULL) <= 0)
        return NULL;
    if (probe.size_bytes >= TAIL_BYTES &&
        !read_block(&probe, probe.size_bytes - TAIL_BYTES, probe.tail, TAIL_BYTES))
        memset(probe.tail, 0, TAIL_BYTES);
    for (size_t i = 0; i < G_N_ELEMENTS(finders); i++) {
        const VolumeMarker *marker = finders[i](&probe);
        if (marker != NULL)
            return marker;
    }
    return NULL;
}
