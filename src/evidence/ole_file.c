// SPDX-License-Identifier: Apache-2.0
//
// Sector n lies at (n + 1) * sector size, also in files with 4096-byte sectors, whose header fills
// the first of them.
#include "evidence/ole_file.h"

#include <string.h>

#include "base/error.h"
#include "base/reader.h"
#include "evidence/ole_directory.h"

#define HEADER_BYTES 512u
#define HEADER_FAT_SECTORS 109u
// FAT entries that are kept: 16 GiB in sectors of 512 bytes.
#define SECTORS_MAX (1u << 25)

// Values of a FAT entry that are no sector ([MS-CFB] 2.1).
#define SECTOR_MAX 0xfffffffau
#define SECTOR_FREE 0xffffffffu

struct OleFile {
    Source *source;
    unsigned sector_shift, mini_shift;
    uint32_t mini_cutoff;
    uint32_t sector_count; // that lie, at least in part, in the source
    uint32_t *fat;         // sector_count of them
    uint32_t fat_covered;  // entries that were really in a FAT
    uint64_t missing_bytes;
    uint32_t *mini_fat;
    uint32_t mini_count;
    uint32_t *mini_sectors; // the sectors of the stream that holds the mini sectors
    uint32_t mini_sector_count;
    OleDirectory directory;
    uint8_t *used;      // a bit for each sector
    uint8_t *used_mini; // and for each mini sector
    GArray *slack;      // of Extent: the rest of the last sectors of streams
};

// ---- Bits and places --------------------------------------------------------------------------

static bool bit_is_set(const uint8_t *bits, uint32_t number)
{
    return (bits[number / 8] >> (number % 8) & 1) != 0;
}

static void bit_set(uint8_t *bits, uint32_t number)
{
    bits[number / 8] = (uint8_t)(bits[number / 8] | 1u << (number % 8));
}

static uint64_t sector_offset(const OleFile *file, uint32_t sector)
{
    return ((uint64_t)sector + 1) << file->sector_shift;
}

static uint32_t entries_per_sector(const OleFile *file)
{
    return 1u << (file->sector_shift - 2);
}

// The sectors of a chain, at most `limit`; stops where it leaves the source or meets itself.
static GArray *follow(const OleFile *file, uint32_t sector, uint32_t limit)
{
    GArray *chain = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autofree uint8_t *seen = g_malloc0((size_t)file->sector_count / 8 + 1);
    while (sector < file->sector_count && chain->len < limit && !bit_is_set(seen, sector)) {
        bit_set(seen, sector);
        g_array_append_val(chain, sector);
        sector = file->fat[sector];
    }
    return chain;
}

// ---- The FAT ----------------------------------------------------------------------------------

typedef struct {
    uint32_t directory, mini_fat, mini_fat_count, difat, difat_count, fat_count;
    uint32_t first_fat[HEADER_FAT_SECTORS];
} Header;

static bool read_header(OleFile *file, Header *header, GError **err)
{
    uint8_t bytes[HEADER_BYTES];
    if (!source_read_exact(file->source, 0, bytes, sizeof bytes, err))
        return false;
    Reader reader = reader_init(bytes, sizeof bytes);
    reader_skip(&reader, 30);
    file->sector_shift = reader_u16le(&reader);
    file->mini_shift = reader_u16le(&reader);
    reader_skip(&reader, 10);
    header->fat_count = reader_u32le(&reader);
    header->directory = reader_u32le(&reader);
    reader_skip(&reader, 4);
    file->mini_cutoff = reader_u32le(&reader);
    header->mini_fat = reader_u32le(&reader);
    header->mini_fat_count = reader_u32le(&reader);
    header->difat = reader_u32le(&reader);
    header->difat_count = reader_u32le(&reader);
    for (unsigned i = 0; i < HEADER_FAT_SECTORS; i++)
        header->first_fat[i] = reader_u32le(&reader);
    bool sane = file->sector_shift >= 9 && file->sector_shift <= 16 && file->mini_shift >= 4 &&
                file->mini_shift < file->sector_shift;
    if (!sane)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "the compound file's sector sizes (2^%u, 2^%u) cannot be", file->sector_shift,
                    file->mini_shift);
    return sane;
}

static bool read_sector(const OleFile *file, uint32_t sector, uint32_t *values)
{
    uint32_t count = entries_per_sector(file);
    size_t size = (size_t)count * 4;
    memset(values, 0xff, size);
    if (sector >= file->sector_count)
        return false;
    ssize_t got = source_read(file->source, sector_offset(file, sector), values, size, NULL);
    for (uint32_t i = 0; i < count; i++)
        values[i] = GUINT32_FROM_LE(values[i]);
    return got > 0;
}

// Takes one sector of the FAT, the next in order.
static void add_fat_sector(OleFile *file, uint32_t sector, uint32_t *values)
{
    uint32_t count = entries_per_sector(file);
    if (sector < file->sector_count)
        bit_set(file->used, sector);
    read_sector(file, sector, values);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t number = (uint64_t)file->fat_covered + i;
        if (number < file->sector_count)
            file->fat[number] = values[i];
        else if (values[i] != SECTOR_FREE && sector < file->sector_count)
            file->missing_bytes += 1ull << file->sector_shift;
    }
    file->fat_covered += count;
}

static void read_fat(OleFile *file, const Header *header)
{
    uint32_t count = entries_per_sector(file);
    g_autofree uint32_t *values = g_new(uint32_t, count);
    g_autofree uint32_t *difat = g_new(uint32_t, count);
    uint32_t left = header->fat_count;
    // More would only describe sectors far behind the end.
    left = MIN(left, file->sector_count / count + 256);
    for (unsigned i = 0; i < HEADER_FAT_SECTORS && left > 0; i++, left--)
        add_fat_sector(file, header->first_fat[i], values);
    uint32_t sector = header->difat;
    for (uint32_t n = 0; left > 0 && n < file->sector_count && read_sector(file, sector, difat);
         n++) {
        bit_set(file->used, sector);
        for (uint32_t i = 0; i + 1 < count && left > 0; i++, left--)
            add_fat_sector(file, difat[i], values);
        sector = difat[count - 1];
    }
}

static void mark_sectors(OleFile *file, const GArray *chain)
{
    for (unsigned i = 0; i < chain->len; i++)
        bit_set(file->used, g_array_index(chain, uint32_t, i));
}

static void read_mini_fat(OleFile *file, const Header *header)
{
    uint32_t count = entries_per_sector(file);
    g_autoptr(GArray) chain = follow(file, header->mini_fat, header->mini_fat_count);
    mark_sectors(file, chain);
    file->mini_fat = g_new(uint32_t, (size_t)chain->len * count + 1);
    for (unsigned i = 0; i < chain->len; i++)
        read_sector(file, g_array_index(chain, uint32_t, i), file->mini_fat + (size_t)i * count);
    file->mini_count = chain->len * count;
}

// ---- Streams ----------------------------------------------------------------------------------

static bool is_mini(const OleFile *file, const OleEntry *entry)
{
    return entry->size_bytes < file->mini_cutoff;
}

static void add_extent(GArray *extents, uint64_t offset, uint64_t size)
{
    if (size == 0)
        return;
    if (extents->len > 0) {
        Extent *last = &g_array_index(extents, Extent, extents->len - 1);
        if (last->offset + last->size_bytes == offset) {
            last->size_bytes += size;
            return;
        }
    }
    const Extent extent = {.offset = offset, .size_bytes = size};
    g_array_append_val(extents, extent);
}

// Where a mini sector lies in the source; false when it lies nowhere.
static bool mini_offset(const OleFile *file, uint32_t mini, uint64_t *ret_offset)
{
    unsigned shift = file->sector_shift - file->mini_shift;
    if (mini >> shift >= file->mini_sector_count)
        return false;
    uint64_t within = (uint64_t)(mini & ((1u << shift) - 1)) << file->mini_shift;
    *ret_offset = sector_offset(file, file->mini_sectors[mini >> shift]) + within;
    return true;
}

// Calls for each piece of a stream; a piece lies in one sector.
typedef void (*PieceFunction)(const OleFile *file, uint32_t sector, uint64_t offset, uint64_t size,
                              void *user_data);

static void each_mini_piece(const OleFile *file, const OleEntry *entry, PieceFunction function,
                            void *user_data)
{
    uint64_t left = entry->size_bytes, step = 1ull << file->mini_shift, offset = 0;
    uint32_t mini = entry->first_sector;
    while (left > 0 && mini < file->mini_count && mini_offset(file, mini, &offset)) {
        uint64_t size = MIN(left, step);
        function(file, mini, offset, size, user_data);
        left -= size;
        mini = file->mini_fat[mini];
    }
}

static void each_piece(const OleFile *file, const OleEntry *entry, PieceFunction function,
                       void *user_data)
{
    if (is_mini(file, entry)) {
        each_mini_piece(file, entry, function, user_data);
        return;
    }
    uint64_t left = entry->size_bytes, step = 1ull << file->sector_shift;
    uint32_t sector = entry->first_sector, done = 0;
    while (left > 0 && sector < file->sector_count && done++ < file->sector_count) {
        uint64_t size = MIN(left, step);
        function(file, sector, sector_offset(file, sector), size, user_data);
        left -= size;
        sector = file->fat[sector];
    }
}

static void collect_piece(const OleFile *file, uint32_t sector, uint64_t offset, uint64_t size,
                          void *user_data)
{
    add_extent(user_data, offset, size);
}

Source *ole_file_stream(const OleFile *file, const OleEntry *entry)
{
    g_autoptr(GArray) extents = g_array_new(FALSE, FALSE, sizeof(Extent));
    if (!entry->is_storage)
        each_piece(file, entry, collect_piece, extents);
    return source_new_extents(file->source, (const Extent *)(void *)extents->data, extents->len);
}

// Marks the sectors of a stream up to the first that another stream marked: from there on the
// chain is the same, so that many streams on one chain cost no more than one.
static void mark_stream(OleFile *file, const OleEntry *entry)
{
    bool mini = is_mini(file, entry);
    uint8_t *used = mini ? file->used_mini : file->used;
    const uint32_t *next = mini ? file->mini_fat : file->fat;
    uint32_t bound = mini ? file->mini_count : file->sector_count;
    uint64_t step = 1ull << (mini ? file->mini_shift : file->sector_shift);
    uint32_t sector = entry->first_sector;
    uint32_t last = SECTOR_FREE;
    uint64_t done = 0;
    for (; done < entry->size_bytes && sector < bound && !bit_is_set(used, sector); done += step) {
        bit_set(used, sector);
        last = sector;
        sector = next[sector];
    }
    if (!mini && done > entry->size_bytes) {
        uint64_t rest = done - entry->size_bytes;
        add_extent(file->slack, sector_offset(file, last) + step - rest, rest);
    }
}

// ---- What is not used -------------------------------------------------------------------------

// The last sector that the FAT gives to anything; SECTOR_FREE when there is none.
static uint32_t last_sector_in_use(const OleFile *file)
{
    for (uint32_t sector = file->sector_count; sector-- > 0;)
        if (file->fat[sector] != SECTOR_FREE || bit_is_set(file->used, sector))
            return sector;
    return SECTOR_FREE;
}

uint64_t ole_file_end(const OleFile *file)
{
    uint32_t last = last_sector_in_use(file);
    uint64_t end = last == SECTOR_FREE ? 1ull << file->sector_shift
                                       : sector_offset(file, last) + (1ull << file->sector_shift);
    return MIN(end, source_size(file->source));
}

bool ole_file_ends_in_free_sectors(const OleFile *file)
{
    uint64_t size = source_size(file->source);
    bool is_whole = (size & ((1ull << file->sector_shift) - 1)) == 0;
    return is_whole && file->sector_count <= file->fat_covered;
}

static int compare_extents(const void *a, const void *b)
{
    uint64_t x = ((const Extent *)a)->offset, y = ((const Extent *)b)->offset;
    return x < y ? -1 : x > y;
}

static void add_unused_mini(const OleFile *file, GArray *extents)
{
    uint32_t per_sector = 1u << (file->sector_shift - file->mini_shift);
    uint64_t total = (uint64_t)file->mini_sector_count * per_sector, offset = 0;
    for (uint64_t mini = 0; mini < total; mini++) {
        bool used = mini < file->mini_count && bit_is_set(file->used_mini, (uint32_t)mini);
        if (!used && mini_offset(file, (uint32_t)mini, &offset))
            add_extent(extents, offset, 1ull << file->mini_shift);
    }
}

GArray *ole_file_unused(const OleFile *file)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Extent));
    uint64_t step = 1ull << file->sector_shift, end = ole_file_end(file);
    for (uint32_t sector = 0; sector < file->sector_count; sector++)
        if (!bit_is_set(file->used, sector))
            add_extent(found, sector_offset(file, sector), step);
    add_unused_mini(file, found);
    g_array_append_vals(found, file->slack->data, file->slack->len);
    g_array_sort(found, compare_extents);

    GArray *unused = g_array_new(FALSE, FALSE, sizeof(Extent));
    uint64_t covered = 0;
    for (unsigned i = 0; i < found->len; i++) {
        const Extent *extent = &g_array_index(found, Extent, i);
        uint64_t begin = MAX(extent->offset, covered);
        uint64_t stop = MIN(extent->offset + extent->size_bytes, end);
        if (begin < stop)
            add_extent(unused, begin, stop - begin);
        covered = MAX(covered, stop);
    }
    return unused;
}

uint64_t ole_file_missing_bytes(const OleFile *file)
{
    return file->missing_bytes;
}

// ---- The whole --------------------------------------------------------------------------------

static bool count_sectors(OleFile *file, GError **err)
{
    uint64_t size = source_size(file->source), step = 1ull << file->sector_shift;
    uint64_t count = size <= step ? 0 : (size - step + step - 1) >> file->sector_shift;
    if (count > SECTORS_MAX) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "the compound file has more than %u sectors",
                    SECTORS_MAX);
        return false;
    }
    file->sector_count = (uint32_t)count;
    file->fat = g_try_new(uint32_t, (size_t)count + 1);
    file->used = g_try_malloc0((size_t)count / 8 + 1);
    if (file->fat == NULL || file->used == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "there is no memory for the table of %u sectors", file->sector_count);
        return false;
    }
    memset(file->fat, 0xff, (size_t)count * sizeof *file->fat);
    return true;
}

static bool read_directory(OleFile *file, uint32_t first_sector, GError **err)
{
    g_autoptr(GArray) chain = follow(file, first_sector, SECTORS_MAX);
    g_autoptr(GArray) extents = g_array_new(FALSE, FALSE, sizeof(Extent));
    mark_sectors(file, chain);
    for (unsigned i = 0; i < chain->len; i++)
        add_extent(extents, sector_offset(file, g_array_index(chain, uint32_t, i)),
                   1ull << file->sector_shift);
    g_autoptr(Source) source =
        source_new_extents(file->source, (const Extent *)(void *)extents->data, extents->len);
    return ole_directory_read(source, file->sector_shift > 9, &file->directory, err);
}

static void read_mini_stream(OleFile *file)
{
    GArray *chain = follow(file, file->directory.first_sector, SECTORS_MAX);
    mark_sectors(file, chain);
    file->mini_sector_count = chain->len;
    file->mini_sectors = (uint32_t *)(void *)g_array_free(chain, FALSE);
    file->used_mini = g_malloc0((size_t)file->mini_count / 8 + 1);
}

static bool read_all(OleFile *file, GError **err)
{
    Header header = {0};
    if (!read_header(file, &header, err) || !count_sectors(file, err))
        return false;
    read_fat(file, &header);
    read_mini_fat(file, &header);
    if (!read_directory(file, header.directory, err))
        return false;
    read_mini_stream(file);
    for (uint32_t i = 0; i < file->directory.entries->len; i++) {
        const OleEntry *entry = &g_array_index(file->directory.entries, OleEntry, i);
        if (!entry->is_storage)
            mark_stream(file, entry);
    }
    return true;
}

OleFile *ole_file_open(Source *source, GError **err)
{
    g_autoptr(OleFile) file = g_new0(OleFile, 1);
    file->source = source;
    file->slack = g_array_new(FALSE, FALSE, sizeof(Extent));
    if (!read_all(file, err))
        return NULL;
    return g_steal_pointer(&file);
}

void ole_file_free(OleFile *file)
{
    if (file == NULL)
        return;
    ole_directory_clear(&file->directory);
    g_array_unref(file->slack);
    g_free(file->fat);
    g_free(file->mini_fat);
    g_free(file->mini_sectors);
    g_free(file->used);
    g_free(file->used_mini);
    g_free(file);
}

uint32_t ole_file_count(const OleFile *file)
{
    return file->directory.entries->len;
}

const OleEntry *ole_file_entry(const OleFile *file, uint32_t number)
{
    return &g_array_index(file->directory.entries, OleEntry, number);
}

const char *ole_file_left_out(const OleFile *file)
{
    return file->directory.left_out;
}

char *ole_file_path(const OleFile *file, uint32_t number)
{
    const char *names[OLE_DEPTH_MAX + 1] = {NULL};
    unsigned first = OLE_DEPTH_MAX;
    for (uint32_t at = number; at != OLE_NO_PARENT && first > 0;) {
        const OleEntry *entry = ole_file_entry(file, at);
        names[--first] = entry->name;
        at = entry->parent;
    }
    return g_strjoinv("/", (char **)(uintptr_t)(names + first));
}

const OleEntry *ole_file_find(const OleFile *file, uint32_t parent, const char *name)
{
    // What lies in a storage follows it.
    uint32_t first = parent == OLE_NO_PARENT ? 0 : parent + 1;
    for (uint32_t i = first; i < file->directory.entries->len; i++) {
        const OleEntry *entry = ole_file_entry(file, i);
        if (parent != OLE_NO_PARENT && (entry->parent == OLE_NO_PARENT || entry->parent < parent))
            break;
        if (entry->parent == parent && !entry->is_unlinked && strcmp(entry->name, name) == 0)
            return entry;
    }
    return NULL;
}
