// SPDX-License-Identifier: Apache-2.0
#include "evidence/vhd_medium.h"

#include <string.h>

#include "base/error.h"
#include "base/reader.h"

#define FOOTER_BYTES 512u
#define HEADER_BYTES 1024u
#define SECTOR_BYTES 512u
#define PARENT_NAME_BYTES 512u
#define ABSENT UINT32_MAX

enum {
    TYPE_FIXED = 2,
    TYPE_DYNAMIC = 3,
    TYPE_DIFFERENCING = 4,
};

typedef struct {
    Source *file;   // borrowed
    Source *tables; // of the file, cached
    uint32_t type, block_bytes, block_count, bitmap_bytes;
    uint64_t size_bytes, table;
} Vhd;

void vhd_facts_clear(VhdFacts *facts)
{
    g_free(facts->parent_name);
    *facts = (VhdFacts){0};
}

// ---- Finding a block ----------------------------------------------------------------------------

// In a differencing image each sector of a block has a bit: set, it lies here. Finds how far from
// `offset` (in the block) the sectors are alike.
static bool set_sectors(const Vhd *vhd, uint64_t block_at, uint64_t offset, Piece *piece)
{
    uint8_t bits[512];
    uint64_t first = offset / SECTOR_BYTES, sectors = vhd->block_bytes / SECTOR_BYTES;
    uint64_t from = first / 8, left = vhd->bitmap_bytes - from;
    size_t count = (size_t)MIN(left, (uint64_t)sizeof(bits));
    if (!source_read_exact(vhd->tables, block_at + from, bits, count, NULL))
        return false;
    bool is_here = (bits[0] & 0x80 >> first % 8) != 0;
    uint64_t end = first + 1, limit = MIN(sectors, (from + count) * 8);
    while (end < limit && ((bits[end / 8 - from] & 0x80 >> end % 8) != 0) == is_here)
        end++;
    piece->end = piece->begin + end * SECTOR_BYTES;
    piece->begin += first * SECTOR_BYTES;
    piece->kind = is_here ? PIECE_STORED : PIECE_PARENT;
    piece->offset += first * SECTOR_BYTES;
    return true;
}

static bool set_block(const Vhd *vhd, uint64_t offset, Piece *piece)
{
    uint64_t block = offset / vhd->block_bytes;
    uint8_t bytes[4];
    if (block >= vhd->block_count ||
        !source_read_exact(vhd->tables, vhd->table + block * 4, bytes, sizeof(bytes), NULL))
        return false;
    Reader reader = reader_init(bytes, sizeof(bytes));
    uint32_t sector = reader_u32be(&reader);
    if (sector == ABSENT) {
        piece->kind = PIECE_PARENT;
        return true;
    }
    uint64_t block_at = (uint64_t)sector * SECTOR_BYTES;
    piece->kind = PIECE_STORED;
    piece->file = vhd->file;
    piece->offset = block_at + vhd->bitmap_bytes;
    // In a dynamic image the bits say only what was ever written; the rest is what lay there.
    return vhd->type != TYPE_DIFFERENCING ||
           set_sectors(vhd, block_at, offset - piece->begin, piece);
}

static bool find(void *user_data, uint64_t offset, Piece *ret_piece, GError **err)
{
    const Vhd *vhd = user_data;
    if (vhd->type == TYPE_FIXED) {
        *ret_piece = (Piece){.begin = 0, .end = vhd->size_bytes, .kind = PIECE_STORED};
        ret_piece->file = vhd->file;
        return true;
    }
    *ret_piece = (Piece){.begin = offset / vhd->block_bytes * vhd->block_bytes};
    ret_piece->end = ret_piece->begin + vhd->block_bytes;
    if (set_block(vhd, offset, ret_piece))
        return true;
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "the table of its blocks is damaged");
    return false;
}

static void free_map(void *user_data)
{
    Vhd *vhd = user_data;
    source_free(vhd->tables);
    g_free(vhd);
}

// ---- Headers ------------------------------------------------------------------------------------

static bool fail(GError **err, const char *what)
{
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, what);
    return false;
}

static uint64_t u64be(Reader *reader)
{
    uint64_t high = reader_u32be(reader);
    return high << 32 | reader_u32be(reader);
}

static bool read_footer_at(Source *file, uint64_t offset, uint8_t footer[FOOTER_BYTES])
{
    return source_read_exact(file, offset, footer, FOOTER_BYTES, NULL) &&
           memcmp(footer, "conectix", 8) == 0;
}

bool vhd_is_fixed(Source *file)
{
    uint8_t footer[FOOTER_BYTES];
    uint64_t size = source_size(file);
    if (size < 2 * FOOTER_BYTES || !read_footer_at(file, size - FOOTER_BYTES, footer))
        return false;
    Reader reader = reader_init(footer, sizeof(footer));
    reader_skip(&reader, 48);
    uint64_t medium_bytes = u64be(&reader);
    reader_skip(&reader, 4);
    return reader_u32be(&reader) == TYPE_FIXED && medium_bytes <= size - FOOTER_BYTES;
}

// The footer or, where that is lost, its copy at the begin.
static bool read_footer(Source *file, uint8_t footer[FOOTER_BYTES], GError **err)
{
    uint64_t size = source_size(file);
    return (size >= FOOTER_BYTES && read_footer_at(file, size - FOOTER_BYTES, footer)) ||
           read_footer_at(file, 0, footer) || fail(err, "its footer is missing");
}

static char *read_parent_name(const uint8_t *name)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i + 2 <= PARENT_NAME_BYTES; i += 2) {
        gunichar unit = (gunichar)(name[i] << 8 | name[i + 1]);
        if (unit == 0)
            break;
        g_string_append_unichar(text, g_unichar_validate(unit) ? unit : 0xfffd);
    }
    return text->len > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

static bool read_dynamic(Vhd *vhd, uint64_t offset, VhdFacts *facts, GError **err)
{
    uint8_t header[HEADER_BYTES];
    if (!source_read_exact(vhd->file, offset, header, sizeof(header), NULL) ||
        memcmp(header, "cxsparse", 8) != 0)
        return fail(err, "its header is missing");
    Reader reader = reader_init(header, sizeof(header));
    reader_skip(&reader, 16);
    vhd->table = u64be(&reader);
    reader_skip(&reader, 4);
    vhd->block_count = reader_u32be(&reader);
    vhd->block_bytes = reader_u32be(&reader);
    if (vhd->block_bytes < SECTOR_BYTES || vhd->block_bytes % SECTOR_BYTES != 0 ||
        vhd->table > INT64_MAX)
        return fail(err, "its header is damaged");
    uint32_t bits = vhd->block_bytes / SECTOR_BYTES;
    vhd->bitmap_bytes = (bits / 8 + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
    facts->is_differencing = vhd->type == TYPE_DIFFERENCING;
    if (facts->is_differencing)
        facts->parent_name = read_parent_name(header + 64);
    return true;
}

static bool read_headers(Vhd *vhd, VhdFacts *facts, GError **err)
{
    uint8_t footer[FOOTER_BYTES];
    if (!read_footer(vhd->file, footer, err))
        return false;
    Reader reader = reader_init(footer, sizeof(footer));
    reader_skip(&reader, 16);
    uint64_t header = u64be(&reader);
    reader_skip(&reader, 24);
    vhd->size_bytes = u64be(&reader);
    reader_skip(&reader, 4);
    vhd->type = reader_u32be(&reader);
    if (vhd->size_bytes > INT64_MAX)
        return fail(err, "its footer is damaged");
    if (vhd->type == TYPE_FIXED)
        return true;
    if (vhd->type == TYPE_DYNAMIC || vhd->type == TYPE_DIFFERENCING)
        return read_dynamic(vhd, header, facts, err);
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "it is of an unknown kind");
    return false;
}

PieceMedium *vhd_medium_open(Source *file, VhdFacts *ret_facts, GError **err)
{
    static const PieceMapOps ops = {find, free_map};
    VhdFacts facts = {0};
    Vhd header = {.file = file};
    if (!read_headers(&header, &facts, err)) {
        vhd_facts_clear(&facts);
        return NULL;
    }
    Vhd *vhd = g_memdup2(&header, sizeof(header));
    vhd->tables = source_new_cached(source_new_range(file, 0, source_size(file)), 16u << 10, 32);
    *ret_facts = facts;
    return piece_medium_new(&ops, vhd, vhd->size_bytes);
}
