// SPDX-License-Identifier: Apache-2.0
//
//   DOS   sector 0: four entries of 16 bytes at 446, 55 AA at 510. An extended entry points to a
//         chain of such sectors, each with one logical partition and the way to the next.
//   GPT   sector 1, and a copy in the last: "EFI PART", two checksums, the place of the entries.
//         (UEFI specification, chapter 5)
//   APM   block 1 on: "PM", one entry a block; block 0 "ER" says the size of a block.
//         (Inside Macintosh: Devices, chapter 3)
//   BSD   byte 512 or 64: a label with two magic numbers and entries of 16 bytes at 148.
#include "evidence/volume_table.h"

#include <inttypes.h>
#include <string.h>

#include "base/reader.h"
#include "evidence/volume_signature.h"

#define SECTOR_BYTES 512u
#define LARGE_SECTOR_BYTES 4096u

// ---- Tables -----------------------------------------------------------------------------------

static VolumeTable *table_new(const char *scheme, bool is_certain, uint32_t sector_bytes)
{
    VolumeTable *table = g_new0(VolumeTable, 1);
    table->scheme = scheme;
    table->is_certain = is_certain;
    table->sector_bytes = sector_bytes;
    table->partitions = g_array_new(FALSE, FALSE, sizeof(Partition));
    table->complaints = g_ptr_array_new_with_free_func(g_free);
    return table;
}

void volume_table_free(VolumeTable *table)
{
    if (table == NULL)
        return;
    g_array_unref(table->partitions);
    g_ptr_array_unref(table->complaints);
    g_free(table);
}

static void complain(VolumeTable *table, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void complain(VolumeTable *table, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(table->complaints, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

// Sectors to bytes; what does not fit is cut to the largest number.
static void add_partition(VolumeTable *table, unsigned number, uint64_t first, uint64_t count)
{
    Partition partition = {.number = number};
    if (!g_uint64_checked_mul(&partition.offset, first, table->sector_bytes))
        partition.offset = UINT64_MAX;
    if (!g_uint64_checked_mul(&partition.size_bytes, count, table->sector_bytes))
        partition.size_bytes = UINT64_MAX;
    g_array_append_val(table->partitions, partition);
}

static bool begins_volume(Source *medium, uint64_t offset)
{
    const VolumeSignature *found[VOLUME_SIGNATURES_MAX];
    g_autoptr(Source) part = source_new_range(medium, offset, UINT64_MAX - offset);
    return volume_signature_find(part, found) > 0;
}

// ---- DOS --------------------------------------------------------------------------------------

#define DOS_ENTRIES 446u
#define DOS_ENTRY_BYTES 16u
#define DOS_SLOTS 4u
#define DOS_LOGICAL_MAX 256u
#define DOS_TYPE_GPT 0xee

typedef struct {
    uint8_t status, type;
    uint32_t first, count; // sectors
} DosEntry;

typedef struct {
    DosEntry entries[DOS_SLOTS];
    bool has_mark; // 55 AA
} DosSector;

static bool read_dos_sector(Source *medium, uint64_t offset, DosSector *ret_sector)
{
    uint8_t sector[SECTOR_BYTES];
    if (!source_read_exact(medium, offset, sector, sizeof sector, NULL))
        return false;
    Reader reader = reader_init(sector, sizeof sector);
    reader_skip(&reader, DOS_ENTRIES);
    for (unsigned i = 0; i < DOS_SLOTS; i++) {
        DosEntry *entry = &ret_sector->entries[i];
        entry->status = reader_u8(&reader);
        reader_skip(&reader, 3);
        entry->type = reader_u8(&reader);
        reader_skip(&reader, 3);
        entry->first = reader_u32le(&reader);
        entry->count = reader_u32le(&reader);
    }
    ret_sector->has_mark = sector[510] == 0x55 && sector[511] == 0xaa;
    return ret_sector->has_mark;
}

static bool is_extended(uint8_t type)
{
    return type == 0x05 || type == 0x0f || type == 0x85 || type == 0x15 || type == 0x1f;
}

static bool is_empty(const DosEntry *entry)
{
    return entry->type == 0 && entry->count == 0;
}

static bool is_plausible(const DosEntry *entry, uint64_t medium_sectors)
{
    return (entry->status == 0 || entry->status == 0x80) && entry->type != 0 && entry->first != 0 &&
           entry->count != 0 && entry->first < medium_sectors;
}

// Boot code of a file system, or text, can stand where the entries would. A table is one whose
// entries all make sense, or one entry of which leads to a file system.
static bool is_dos_table(Source *medium, const DosSector *sector, uint32_t sector_bytes)
{
    uint64_t medium_sectors = source_size(medium) / sector_bytes;
    unsigned plausible = 0, empty = 0, leading = 0;
    for (unsigned i = 0; i < DOS_SLOTS; i++) {
        const DosEntry *entry = &sector->entries[i];
        if (is_empty(entry)) {
            empty++;
        } else if (is_plausible(entry, medium_sectors)) {
            plausible++;
            leading += begins_volume(medium, (uint64_t)entry->first * sector_bytes);
        }
    }
    return leading > 0 || (plausible > 0 && plausible + empty == DOS_SLOTS);
}

// The table counts in sectors and does not say how long they are.
static uint32_t guess_sector_bytes(Source *medium, const DosSector *sector)
{
    for (unsigned i = 0; i < DOS_SLOTS; i++) {
        const DosEntry *entry = &sector->entries[i];
        if (is_empty(entry) || is_extended(entry->type))
            continue;
        if (begins_volume(medium, (uint64_t)entry->first * SECTOR_BYTES))
            return SECTOR_BYTES;
        if (begins_volume(medium, (uint64_t)entry->first * LARGE_SECTOR_BYTES))
            return LARGE_SECTOR_BYTES;
    }
    return SECTOR_BYTES;
}

// Follows the chain of an extended partition. Sectors in logical entries count from the sector
// that holds them, links from the start of the whole.
static void read_extended(VolumeTable *table, Source *medium, uint64_t base, unsigned *number)
{
    uint64_t at = base;
    for (unsigned i = 0; i < DOS_LOGICAL_MAX; i++) {
        DosSector sector;
        if (!read_dos_sector(medium, at * table->sector_bytes, &sector)) {
            complain(table,
                     "the chain of logical partitions breaks off at sector %" PRIu64
                     "; what lies behind it is searched, not listed",
                     at);
            return;
        }
        const DosEntry *link = NULL;
        for (unsigned slot = 0; slot < DOS_SLOTS; slot++) {
            const DosEntry *entry = &sector.entries[slot];
            if (is_empty(entry))
                continue;
            if (is_extended(entry->type))
                link = link == NULL ? entry : link;
            else
                add_partition(table, (*number)++, at + entry->first, entry->count);
        }
        if (link == NULL)
            return;
        uint64_t next = base + link->first;
        // Going back would be going in circles.
        if (next <= at) {
            complain(table, "the chain of logical partitions points back to sector %" PRIu64, next);
            return;
        }
        at = next;
    }
    complain(table, "there are more than %u logical partitions", DOS_LOGICAL_MAX);
}

static VolumeTable *read_dos(Source *medium)
{
    DosSector sector;
    if (!read_dos_sector(medium, 0, &sector))
        return NULL;
    uint32_t sector_bytes = guess_sector_bytes(medium, &sector);
    if (!is_dos_table(medium, &sector, sector_bytes))
        return NULL;
    VolumeTable *table = table_new("DOS", false, sector_bytes);
    unsigned logical = DOS_SLOTS + 1;
    for (unsigned i = 0; i < DOS_SLOTS; i++) {
        const DosEntry *entry = &sector.entries[i];
        if (entry->type == DOS_TYPE_GPT)
            complain(table, "the table announces a GPT, and there is none that could be read");
        else if (!is_empty(entry) && !is_extended(entry->type))
            add_partition(table, i + 1, entry->first, entry->count);
    }
    for (unsigned i = 0; i < DOS_SLOTS; i++)
        if (is_extended(sector.entries[i].type))
            read_extended(table, medium, sector.entries[i].first, &logical);
    return table;
}

// ---- GPT --------------------------------------------------------------------------------------

#define GPT_SIGNATURE "EFI PART"
#define GPT_HEADER_BYTES 92u
#define GPT_ENTRY_BYTES 128u
#define GPT_ENTRY_BYTES_MAX 4096u
#define GPT_ENTRIES_MAX 1024u

typedef struct {
    uint64_t entries_at; // sector
    uint32_t count, entry_bytes;
    uint32_t entries_checksum;
    bool is_intact; // its own checksum is right
} GptHeader;

// CRC-32 of IEEE 802.3, as the UEFI specification has it; the tables are short.
static uint32_t checksum(const uint8_t *bytes, size_t size)
{
    uint32_t value = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        value ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++)
            value = value >> 1 ^ (0xedb88320u & (0u - (value & 1)));
    }
    return ~value;
}

static bool read_gpt_header(Source *medium, uint64_t offset, GptHeader *ret_header)
{
    uint8_t bytes[SECTOR_BYTES];
    if (!source_read_exact(medium, offset, bytes, sizeof bytes, NULL) ||
        memcmp(bytes, GPT_SIGNATURE, 8) != 0)
        return false;
    Reader reader = reader_init(bytes, sizeof bytes);
    reader_skip(&reader, 12);
    uint32_t header_bytes = reader_u32le(&reader);
    uint32_t stored = reader_u32le(&reader);
    reader_skip(&reader, 72 - 20);
    ret_header->entries_at = reader_u64le(&reader);
    ret_header->count = reader_u32le(&reader);
    ret_header->entry_bytes = reader_u32le(&reader);
    ret_header->entries_checksum = reader_u32le(&reader);
    ret_header->is_intact = false;
    if (header_bytes >= GPT_HEADER_BYTES && header_bytes <= sizeof bytes) {
        memset(bytes + 16, 0, 4);
        ret_header->is_intact = checksum(bytes, header_bytes) == stored;
    }
    return ret_header->entry_bytes >= GPT_ENTRY_BYTES &&
           ret_header->entry_bytes <= GPT_ENTRY_BYTES_MAX && ret_header->count > 0;
}

// The entries of one header. `is_intact` falls when their checksum is wrong. NULL: unreadable.
static VolumeTable *read_gpt_entries(Source *medium, uint32_t sector_bytes, GptHeader *header)
{
    uint32_t count = MIN(header->count, GPT_ENTRIES_MAX);
    size_t size = (size_t)count * header->entry_bytes;
    uint64_t offset = 0;
    g_autofree uint8_t *entries = g_malloc(size);
    if (!g_uint64_checked_mul(&offset, header->entries_at, sector_bytes) ||
        !source_read_exact(medium, offset, entries, size, NULL))
        return NULL;
    if (count == header->count && checksum(entries, size) != header->entries_checksum)
        header->is_intact = false;
    VolumeTable *table = table_new("GPT", true, sector_bytes);
    if (count < header->count)
        complain(table, "of %u entries the first %u were read", header->count, count);
    for (uint32_t i = 0; i < count; i++) {
        static const uint8_t unused[16] = {0};
        const uint8_t *entry = entries + (size_t)i * header->entry_bytes;
        Reader reader = reader_init(entry, GPT_ENTRY_BYTES);
        reader_skip(&reader, 32);
        uint64_t first = reader_u64le(&reader), last = reader_u64le(&reader);
        if (memcmp(entry, unused, sizeof unused) != 0 && first != 0 && last >= first)
            add_partition(table, i + 1, first, last - first + 1);
    }
    return table;
}

// The first header counts when it is intact, else an intact backup, else whatever can be read.
static VolumeTable *read_gpt_with(Source *medium, uint32_t sector_bytes)
{
    uint64_t size = source_size(medium);
    if (size < 3ull * sector_bytes)
        return NULL;
    const uint64_t places[] = {sector_bytes, (size / sector_bytes - 1) * sector_bytes};
    VolumeTable *damaged = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        GptHeader header;
        if (!read_gpt_header(medium, places[i], &header))
            continue;
        VolumeTable *table = read_gpt_entries(medium, sector_bytes, &header);
        if (table == NULL)
            continue;
        if (header.is_intact) {
            volume_table_free(damaged);
            if (i > 0)
                complain(table, "the first GPT is damaged or missing; its backup was used");
            return table;
        }
        if (damaged == NULL)
            damaged = table;
        else
            volume_table_free(table);
    }
    if (damaged != NULL)
        complain(damaged, "the checksums of the GPT are wrong, and there is no intact backup");
    return damaged;
}

static VolumeTable *read_gpt(Source *medium)
{
    VolumeTable *table = read_gpt_with(medium, SECTOR_BYTES);
    return table != NULL ? table : read_gpt_with(medium, LARGE_SECTOR_BYTES);
}

// ---- Apple partition map ----------------------------------------------------------------------

#define APM_ENTRIES_MAX 256u

static VolumeTable *read_apm(Source *medium)
{
    uint8_t block[SECTOR_BYTES];
    uint32_t block_bytes = SECTOR_BYTES;
    if (!source_read_exact(medium, 0, block, sizeof block, NULL))
        return NULL;
    if (memcmp(block, "ER", 2) == 0) {
        block_bytes = (uint32_t)(block[2] << 8 | block[3]);
        if (block_bytes != 512 && block_bytes != 1024 && block_bytes != 2048 && block_bytes != 4096)
            block_bytes = SECTOR_BYTES;
    }
    VolumeTable *table = NULL;
    uint32_t count = 1;
    for (uint32_t i = 1; i <= count && i <= APM_ENTRIES_MAX; i++) {
        bool is_entry =
            source_read_exact(medium, (uint64_t)i * block_bytes, block, sizeof block, NULL) &&
            memcmp(block, "PM", 2) == 0;
        if (!is_entry) {
            if (table != NULL)
                complain(table, "entry %u of the partition map is damaged", i);
            continue;
        }
        Reader reader = reader_init(block, sizeof block);
        reader_skip(&reader, 4);
        if (table == NULL) {
            table = table_new("Apple partition map", true, block_bytes);
            count = reader_u32be(&reader);
        } else {
            reader_skip(&reader, 4);
        }
        uint32_t first = reader_u32be(&reader), blocks = reader_u32be(&reader);
        const char *type = (const char *)block + 48;
        bool is_space = strncmp(type, "Apple_partition_map", 32) == 0 ||
                        strncmp(type, "Apple_Free", 32) == 0 ||
                        strncmp(type, "Apple_Void", 32) == 0;
        if (!is_space && blocks > 0)
            add_partition(table, i, first, blocks);
    }
    return table;
}

// ---- BSD --------------------------------------------------------------------------------------

#define BSD_MAGIC 0x82564557u
#define BSD_ENTRIES 148u
#define BSD_ENTRY_BYTES 16u
#define BSD_PARTITIONS_MAX 22u // that fit into a sector
#define BSD_RAW_SLOT 2u        // "c", the whole

typedef struct {
    uint32_t first, count;
    uint8_t type;
} BsdEntry;

// Labels count from the start of the disk or from the start of the slice they lie in, and do not
// say which. The start that leads to most file systems is taken.
static uint32_t guess_bsd_start(Source *medium, uint32_t sector_bytes, const BsdEntry *entries,
                                unsigned count)
{
    uint32_t starts[BSD_PARTITIONS_MAX + 1] = {0}, best = 0;
    unsigned best_score = 0;
    for (unsigned i = 0; i < count; i++)
        starts[i + 1] = entries[i].first;
    for (unsigned s = 0; s <= count; s++) {
        unsigned score = 0;
        for (unsigned i = 0; i < count; i++)
            if (i != BSD_RAW_SLOT && entries[i].count > 0 && entries[i].type != 0 &&
                entries[i].first >= starts[s])
                score +=
                    begins_volume(medium, (uint64_t)(entries[i].first - starts[s]) * sector_bytes);
        if (score > best_score) {
            best_score = score;
            best = starts[s];
        }
    }
    return best;
}

static VolumeTable *read_bsd_at(Source *medium, uint64_t offset)
{
    enum { MAGIC2 = 132, SECTOR_SIZE = 40, COUNT = 138 };
    uint8_t label[SECTOR_BYTES];
    if (!source_read_exact(medium, offset, label, sizeof label, NULL))
        return NULL;
    Reader magic = reader_init(label, 4), magic2 = reader_init(label + MAGIC2, 4);
    Reader sector_size = reader_init(label + SECTOR_SIZE, 4);
    if (reader_u32le(&magic) != BSD_MAGIC || reader_u32le(&magic2) != BSD_MAGIC)
        return NULL;
    uint32_t sector_bytes = reader_u32le(&sector_size);
    if (sector_bytes < 512 || sector_bytes > 4096 || (sector_bytes & (sector_bytes - 1)) != 0)
        sector_bytes = SECTOR_BYTES;
    unsigned count = MIN(label[COUNT] | (unsigned)label[COUNT + 1] << 8, BSD_PARTITIONS_MAX);
    BsdEntry entries[BSD_PARTITIONS_MAX];
    Reader reader = reader_init(label + BSD_ENTRIES, sizeof label - BSD_ENTRIES);
    for (unsigned i = 0; i < count; i++) {
        entries[i].count = reader_u32le(&reader);
        entries[i].first = reader_u32le(&reader);
        reader_skip(&reader, 4);
        entries[i].type = reader_u8(&reader);
        reader_skip(&reader, 3);
    }
    VolumeTable *table = table_new("BSD label", true, sector_bytes);
    uint32_t start = guess_bsd_start(medium, sector_bytes, entries, count);
    for (unsigned i = 0; i < count; i++)
        if (i != BSD_RAW_SLOT && entries[i].count > 0 && entries[i].type != 0 &&
            entries[i].first >= start)
            add_partition(table, i + 1, entries[i].first - start, entries[i].count);
    return table;
}

static VolumeTable *read_bsd(Source *medium)
{
    VolumeTable *table = read_bsd_at(medium, SECTOR_BYTES);
    return table != NULL ? table : read_bsd_at(medium, 64);
}

// -----------------------------------------------------------------------------------------------

#define HEAD_BYTES 5120u

// One read at either end, because this is asked of every item of unknown type.
static bool may_have_table(Source *medium)
{
    static const uint8_t bsd_magic[] = {0x57, 0x45, 0x56, 0x82};
    static const uint32_t blocks[] = {512, 1024, 2048, 4096};
    uint8_t head[HEAD_BYTES] = {0}, tail[LARGE_SECTOR_BYTES] = {0};
    uint64_t size = source_size(medium);
    if (source_read(medium, 0, head, sizeof head, NULL) <= 0)
        return false;
    bool has_mark = head[510] == 0x55 && head[511] == 0xaa;
    bool has_label = memcmp(head + 512, bsd_magic, 4) == 0 || memcmp(head + 64, bsd_magic, 4) == 0;
    if (has_mark || has_label)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(blocks); i++)
        if (memcmp(head + blocks[i], "PM", 2) == 0 ||
            memcmp(head + blocks[i], GPT_SIGNATURE, 8) == 0)
            return true;
    return size >= sizeof tail &&
           source_read_exact(medium, size - sizeof tail, tail, sizeof tail, NULL) &&
           (memcmp(tail, GPT_SIGNATURE, 8) == 0 ||
            memcmp(tail + sizeof tail - SECTOR_BYTES, GPT_SIGNATURE, 8) == 0);
}

VolumeTable *volume_table_read(Source *medium)
{
    // GPT before DOS: its disks begin with a DOS table that covers it.
    static VolumeTable *(*const readers[])(Source *) = {read_gpt, read_apm, read_dos, read_bsd};
    if (!may_have_table(medium))
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(readers); i++) {
        VolumeTable *table = readers[i](medium);
        if (table != NULL)
            return table;
    }
    return NULL;
}
