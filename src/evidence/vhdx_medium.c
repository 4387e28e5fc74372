// SPDX-License-Identifier: Apache-2.0
#include "evidence/vhdx_medium.h"

#include <string.h>

#include "base/error.h"
#include "base/reader.h"

#define HEADER_1 (64u << 10)
#define HEADER_2 (128u << 10)
#define REGIONS_1 (192u << 10)
#define REGIONS_2 (256u << 10)
#define TABLE_BYTES (64u << 10) // of a region table, and of the metadata table
#define REGIONS_MAX 2047u
#define ITEMS_MAX 2047u
#define GUID_BYTES 16
#define MIB (1u << 20)
#define BLOCK_BYTES_MAX (256u << 20)
#define LOCATOR_BYTES_MAX (64u << 10)
// Sectors that one bitmap block of 1 MiB describes.
#define BITMAP_SECTORS (1ull << 23)

enum {
    BLOCK_ZERO = 2,
    BLOCK_UNMAPPED = 3,
    BLOCK_PRESENT = 6,
    BLOCK_PARTIAL = 7, // differencing: its bitmap says which sectors lie here
};

// As they are stored: the first three fields little-endian.
static const uint8_t region_bat[GUID_BYTES] =
    "\x66\x77\xc2\x2d\x23\xf6\x00\x42\x9d\x64\x11\x5e\x9b\xfd\x4a\x08";
static const uint8_t region_metadata[GUID_BYTES] =
    "\x06\xa2\x7c\x8b\x90\x47\x9a\x4b\xb8\xfe\x57\x5f\x05\x0f\x88\x6e";
static const uint8_t item_parameters[GUID_BYTES] =
    "\x37\x67\xa1\xca\x36\xfa\x43\x4d\xb3\xb6\x33\xf0\xaa\x44\xe7\x6b";
static const uint8_t item_size[GUID_BYTES] =
    "\x24\x42\xa5\x2f\x1b\xcd\x76\x48\xb2\x11\x5d\xbe\xd8\x3b\xf4\xb8";
static const uint8_t item_sector[GUID_BYTES] =
    "\x1d\xbf\x41\x81\x6f\xa9\x09\x47\xba\x47\xf2\x33\xa8\xfa\xab\x5f";
static const uint8_t item_locator[GUID_BYTES] =
    "\x2d\x5f\xd3\xa8\x0b\xb3\x4d\x45\xab\xf7\xd3\xd8\x48\x34\xab\x0c";

typedef struct {
    Source *file;   // borrowed
    Source *tables; // of the file, cached
    uint64_t size_bytes, bat, bat_bytes, metadata;
    uint32_t block_bytes, sector_bytes;
    uint64_t ratio; // blocks between two entries of bitmaps
    bool is_differencing;
} Vhdx;

void vhdx_facts_clear(VhdxFacts *facts)
{
    g_free(facts->parent_name);
    *facts = (VhdxFacts){0};
}

// ---- Finding a block ----------------------------------------------------------------------------

static bool read_bat(const Vhdx *vhdx, uint64_t index, uint64_t *ret_entry)
{
    uint8_t bytes[8];
    if (index >= vhdx->bat_bytes / 8 ||
        !source_read_exact(vhdx->tables, vhdx->bat + index * 8, bytes, sizeof(bytes), NULL))
        return false;
    Reader reader = reader_init(bytes, sizeof(bytes));
    *ret_entry = reader_u64le(&reader);
    return true;
}

// How far from `offset` the sectors lie all here, or all in the parent.
static bool set_sectors(const Vhdx *vhdx, uint64_t block, uint64_t offset, Piece *piece)
{
    uint64_t entry, chunk = block / vhdx->ratio;
    if (!read_bat(vhdx, chunk * (vhdx->ratio + 1) + vhdx->ratio, &entry) ||
        (entry & 7) != BLOCK_PRESENT)
        return false;
    uint64_t first = offset / vhdx->sector_bytes % BITMAP_SECTORS;
    uint64_t block_end = (piece->end / vhdx->sector_bytes - 1) % BITMAP_SECTORS + 1;
    uint8_t bits[512];
    uint64_t from = first / 8, left = MIB - from;
    size_t count = (size_t)MIN(left, (uint64_t)sizeof(bits));
    if (!source_read_exact(vhdx->tables, (entry >> 20) * MIB + from, bits, count, NULL))
        return false;
    bool is_here = (bits[0] & 1 << first % 8) != 0;
    uint64_t end = first + 1, limit = MIN(block_end, (from + count) * 8);
    while (end < limit && ((bits[end / 8 - from] & 1 << end % 8) != 0) == is_here)
        end++;
    uint64_t begin = offset / vhdx->sector_bytes * vhdx->sector_bytes;
    piece->offset += begin - piece->begin;
    piece->begin = begin;
    piece->end = begin + (end - first) * vhdx->sector_bytes;
    piece->kind = is_here ? PIECE_STORED : PIECE_PARENT;
    return true;
}

static bool set_block(const Vhdx *vhdx, uint64_t offset, Piece *piece)
{
    uint64_t block = offset / vhdx->block_bytes, entry;
    if (!read_bat(vhdx, block + block / vhdx->ratio, &entry))
        return false;
    piece->file = vhdx->file;
    piece->offset = (entry >> 20) * MIB;
    unsigned state = entry & 7;
    if (state == BLOCK_PARTIAL)
        return vhdx->is_differencing && set_sectors(vhdx, block, offset, piece);
    piece->kind = state == BLOCK_PRESENT                           ? PIECE_STORED
                  : state == BLOCK_ZERO || state == BLOCK_UNMAPPED ? PIECE_ZERO
                                                                   : PIECE_PARENT;
    return true;
}

static bool find(void *user_data, uint64_t offset, Piece *ret_piece, GError **err)
{
    const Vhdx *vhdx = user_data;
    *ret_piece = (Piece){.begin = offset / vhdx->block_bytes * vhdx->block_bytes};
    ret_piece->end = ret_piece->begin + vhdx->block_bytes;
    if (set_block(vhdx, offset, ret_piece))
        return true;
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "the table of its blocks is damaged");
    return false;
}

static void free_map(void *user_data)
{
    Vhdx *vhdx = user_data;
    source_free(vhdx->tables);
    g_free(vhdx);
}

// ---- Headers ------------------------------------------------------------------------------------

static bool fail(GError **err, const char *what)
{
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, what);
    return false;
}

// The current header, the one with the higher sequence number, has a log's GUID when there is one.
static bool read_has_log(Source *file)
{
    static const uint8_t none[GUID_BYTES];
    uint64_t best = 0;
    bool has_log = false;
    for (unsigned i = 0; i < 2; i++) {
        uint8_t header[64];
        if (!source_read_exact(file, i == 0 ? HEADER_1 : HEADER_2, header, sizeof(header), NULL) ||
            memcmp(header, "head", 4) != 0)
            continue;
        Reader reader = reader_init(header + 8, 8);
        uint64_t sequence = reader_u64le(&reader);
        if (sequence >= best)
            has_log = memcmp(header + 48, none, GUID_BYTES) != 0;
        best = MAX(best, sequence);
    }
    return has_log;
}

static bool read_regions(Vhdx *vhdx, uint64_t offset)
{
    g_autofree uint8_t *table = g_malloc(TABLE_BYTES);
    if (!source_read_exact(vhdx->file, offset, table, TABLE_BYTES, NULL) ||
        memcmp(table, "regi", 4) != 0)
        return false;
    Reader reader = reader_init(table, TABLE_BYTES);
    reader_skip(&reader, 8);
    uint32_t count = reader_u32le(&reader);
    reader_skip(&reader, 4);
    for (uint32_t i = 0; i < MIN(count, REGIONS_MAX); i++) {
        const uint8_t *guid = reader_bytes(&reader, GUID_BYTES);
        uint64_t at = reader_u64le(&reader);
        uint32_t size = reader_u32le(&reader);
        reader_skip(&reader, 4);
        if (reader.failed)
            return false;
        if (memcmp(guid, region_bat, GUID_BYTES) == 0) {
            vhdx->bat = at;
            vhdx->bat_bytes = size;
        } else if (memcmp(guid, region_metadata, GUID_BYTES) == 0) {
            vhdx->metadata = at;
        }
    }
    return vhdx->bat != 0 && vhdx->metadata != 0 && vhdx->bat < INT64_MAX &&
           vhdx->metadata < INT64_MAX;
}

// One text of a locator, UTF-16LE.
static char *read_text(const uint8_t *locator, size_t size_bytes, uint32_t offset, uint16_t length)
{
    if (offset > size_bytes || length > size_bytes - offset)
        return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i + 2 <= length; i += 2) {
        gunichar unit = (gunichar)(locator[offset + i] | locator[offset + i + 1] << 8);
        g_string_append_unichar(text, unit != 0 && g_unichar_validate(unit) ? unit : 0xfffd);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

// Pairs of keys and values: a type, a count, then for each pair two offsets and two lengths. The
// relative path comes first, whatever the order.
static char *read_locator(Source *file, uint64_t offset, uint32_t size_bytes)
{
    static const char *const keys[] = {"relative_path", "absolute_win32_path", "volume_path"};
    if (size_bytes < 20 || size_bytes > LOCATOR_BYTES_MAX)
        return NULL;
    g_autofree uint8_t *locator = g_malloc(size_bytes);
    if (!source_read_exact(file, offset, locator, size_bytes, NULL))
        return NULL;
    for (size_t wanted = 0; wanted < G_N_ELEMENTS(keys); wanted++) {
        Reader reader = reader_init(locator, size_bytes);
        reader_skip(&reader, GUID_BYTES + 2);
        uint16_t count = reader_u16le(&reader);
        for (uint16_t i = 0; i < count && !reader.failed; i++) {
            uint32_t key_at = reader_u32le(&reader), value_at = reader_u32le(&reader);
            uint16_t key_bytes = reader_u16le(&reader), value_bytes = reader_u16le(&reader);
            g_autofree char *key = read_text(locator, size_bytes, key_at, key_bytes);
            if (g_strcmp0(key, keys[wanted]) == 0)
                return read_text(locator, size_bytes, value_at, value_bytes);
        }
    }
    return NULL;
}

typedef struct {
    const uint8_t *guid;
    uint64_t offset;
    uint32_t size_bytes;
} Item;

static void take_item(Vhdx *vhdx, const Item *item, VhdxFacts *facts)
{
    uint8_t bytes[8] = {0};
    Reader reader = reader_init(bytes, sizeof(bytes));
    if (memcmp(item->guid, item_locator, GUID_BYTES) == 0) {
        facts->parent_name = read_locator(vhdx->file, item->offset, item->size_bytes);
        return;
    }
    if (!source_read_exact(vhdx->file, item->offset, bytes, MIN(item->size_bytes, 8u), NULL))
        return;
    if (memcmp(item->guid, item_parameters, GUID_BYTES) == 0) {
        vhdx->block_bytes = reader_u32le(&reader);
        vhdx->is_differencing = (reader_u32le(&reader) & 2) != 0;
    } else if (memcmp(item->guid, item_size, GUID_BYTES) == 0) {
        vhdx->size_bytes = reader_u64le(&reader);
    } else if (memcmp(item->guid, item_sector, GUID_BYTES) == 0) {
        vhdx->sector_bytes = reader_u32le(&reader);
    }
}

static bool read_metadata(Vhdx *vhdx, VhdxFacts *facts)
{
    g_autofree uint8_t *table = g_malloc(TABLE_BYTES);
    if (!source_read_exact(vhdx->file, vhdx->metadata, table, TABLE_BYTES, NULL) ||
        memcmp(table, "metadata", 8) != 0)
        return false;
    Reader reader = reader_init(table, TABLE_BYTES);
    reader_skip(&reader, 10);
    uint16_t count = reader_u16le(&reader);
    reader_skip(&reader, 20);
    for (uint16_t i = 0; i < MIN(count, ITEMS_MAX); i++) {
        Item item = {.guid = reader_bytes(&reader, GUID_BYTES)};
        item.offset = vhdx->metadata + reader_u32le(&reader);
        item.size_bytes = reader_u32le(&reader);
        reader_skip(&reader, 8);
        if (reader.failed)
            return false;
        if (memcmp(item.guid, item_locator, GUID_BYTES) != 0 || facts->parent_name == NULL)
            take_item(vhdx, &item, facts);
    }
    facts->is_differencing = vhdx->is_differencing;
    return true;
}

static bool is_sound(const Vhdx *vhdx)
{
    bool is_power = (vhdx->block_bytes & (vhdx->block_bytes - 1)) == 0;
    return is_power && vhdx->block_bytes >= MIB && vhdx->block_bytes <= BLOCK_BYTES_MAX &&
           (vhdx->sector_bytes == 512 || vhdx->sector_bytes == 4096) &&
           vhdx->size_bytes <= INT64_MAX;
}

static bool read_headers(Vhdx *vhdx, VhdxFacts *facts, GError **err)
{
    facts->has_log = read_has_log(vhdx->file);
    if (!read_regions(vhdx, REGIONS_1) && !read_regions(vhdx, REGIONS_2))
        return fail(err, "its region tables are damaged");
    if (!read_metadata(vhdx, facts) || !is_sound(vhdx))
        return fail(err, "its metadata are damaged");
    vhdx->ratio = BITMAP_SECTORS * vhdx->sector_bytes / vhdx->block_bytes;
    return true;
}

PieceMedium *vhdx_medium_open(Source *file, VhdxFacts *ret_facts, GError **err)
{
    static const PieceMapOps ops = {find, free_map};
    VhdxFacts facts = {0};
    Vhdx header = {.file = file};
    if (!read_headers(&header, &facts, err)) {
        vhdx_facts_clear(&facts);
        return NULL;
    }
    Vhdx *vhdx = g_memdup2(&header, sizeof(header));
    vhdx->tables = source_new_cached(source_new_range(file, 0, source_size(file)), 64u << 10, 16);
    *ret_facts = facts;
    return piece_medium_new(&ops, vhdx, vhdx->size_bytes);
}
