// SPDX-License-Identifier: Apache-2.0
#include "evidence/dmg_medium.h"

#include <string.h>

#include "base/error.h"
#include "base/reader.h"

#define SECTOR_BYTES 512u
#define TRAILER_BYTES 512u
#define TABLE_HEADER_BYTES 204u
#define BLOCK_BYTES 40u
// Of the property list; a block of 1 MiB takes about 60 bytes of it.
#define LIST_BYTES_MAX (64u << 20)
#define BLOCKS_MAX 2000000u

enum {
    BLOCK_ZERO = 0,
    BLOCK_RAW = 1,
    BLOCK_IGNORED = 2, // free space of the file system, not stored
    BLOCK_COMMENT = 0x7ffffffe,
};
#define BLOCK_ADC 0x80000004u
#define BLOCK_ZLIB 0x80000005u
#define BLOCK_BZIP2 0x80000006u
#define BLOCK_LZFSE 0x80000007u
#define BLOCK_LZMA 0x80000008u
#define BLOCK_LAST 0xffffffffu

typedef struct {
    uint64_t begin, end; // of the medium, in bytes
    uint64_t offset, packed_bytes;
    uint32_t type;
} Block;

typedef struct {
    Source *file;   // borrowed
    GArray *blocks; // of Block, by begin, not overlapping
    uint64_t data_offset, size_bytes;
} Dmg;

static bool fail(GError **err, ClewError code, const char *what)
{
    g_set_error_literal(err, CLEW_ERROR, code, what);
    return false;
}

static uint64_t u64be(Reader *reader)
{
    uint64_t high = reader_u32be(reader);
    return high << 32 | reader_u32be(reader);
}

// ---- Finding a block ----------------------------------------------------------------------------

static unsigned find_index(const GArray *blocks, uint64_t offset)
{
    unsigned low = 0, high = blocks->len;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (g_array_index(blocks, Block, middle).end <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool set_packed(Piece *piece, const Block *block, Packing packing)
{
    piece->kind = PIECE_PACKED;
    piece->packing = packing;
    // Too large a block is refused by its size.
    piece->packed_bytes = (uint32_t)MIN(block->packed_bytes, UINT32_MAX);
    return true;
}

static bool set_block(const Dmg *dmg, const Block *block, Piece *piece, GError **err)
{
    piece->file = dmg->file;
    piece->offset = block->offset;
    switch (block->type) {
    case BLOCK_ZERO:
    case BLOCK_IGNORED:
        piece->kind = PIECE_ZERO;
        return true;
    case BLOCK_RAW:
        piece->kind = PIECE_STORED;
        return true;
    case BLOCK_ADC:
        return set_packed(piece, block, PACKING_ADC);
    case BLOCK_ZLIB:
        return set_packed(piece, block, PACKING_ZLIB);
    case BLOCK_BZIP2:
        return set_packed(piece, block, PACKING_BZIP2);
    case BLOCK_LZMA:
        return set_packed(piece, block, PACKING_XZ);
    case BLOCK_LZFSE:
        return fail(err, CLEW_ERROR_UNSUPPORTED, "its compression (LZFSE) is not supported");
    default:
        return fail(err, CLEW_ERROR_UNSUPPORTED, "its compression is not known");
    }
}

static bool find(void *user_data, uint64_t offset, Piece *ret_piece, GError **err)
{
    const Dmg *dmg = user_data;
    unsigned index = find_index(dmg->blocks, offset);
    const Block *block =
        index < dmg->blocks->len ? &g_array_index(dmg->blocks, Block, index) : NULL;
    if (block != NULL && block->begin <= offset) {
        *ret_piece = (Piece){.begin = block->begin, .end = block->end};
        return set_block(dmg, block, ret_piece, err);
    }
    *ret_piece = (Piece){.begin = offset, .end = block != NULL ? block->begin : dmg->size_bytes};
    return fail(err, CLEW_ERROR_CORRUPT, "no table of the image covers it");
}

static void free_map(void *user_data)
{
    Dmg *dmg = user_data;
    g_array_unref(dmg->blocks);
    g_free(dmg);
}

// ---- Tables -------------------------------------------------------------------------------------

static bool take_block(Dmg *dmg, Reader *reader, uint64_t first_sector, uint64_t data_offset)
{
    const uint64_t sectors_max = INT64_MAX / SECTOR_BYTES;
    uint32_t type = reader_u32be(reader);
    reader_skip(reader, 4);
    uint64_t sector = u64be(reader), sectors = u64be(reader), offset = u64be(reader);
    Block block = {.type = type, .packed_bytes = u64be(reader)};
    if (type == BLOCK_COMMENT || type == BLOCK_LAST || sectors == 0)
        return true;
    if (first_sector > sectors_max || sector > sectors_max - first_sector ||
        sectors > sectors_max - first_sector - sector || offset > INT64_MAX ||
        data_offset > INT64_MAX / 2 || dmg->data_offset > INT64_MAX / 2)
        return false;
    block.begin = (first_sector + sector) * SECTOR_BYTES;
    block.end = block.begin + sectors * SECTOR_BYTES;
    block.offset = offset + data_offset + dmg->data_offset;
    g_array_append_val(dmg->blocks, block);
    return true;
}

static bool take_table(Dmg *dmg, const uint8_t *table, size_t size_bytes, GError **err)
{
    Reader reader = reader_init(table, size_bytes);
    const uint8_t *magic = reader_bytes(&reader, 4);
    reader_skip(&reader, 4);
    uint64_t first_sector = u64be(&reader);
    reader_skip(&reader, 8);
    uint64_t data_offset = u64be(&reader);
    reader_skip(&reader, TABLE_HEADER_BYTES - 4 - 32);
    uint32_t count = reader_u32be(&reader);
    if (reader.failed || memcmp(magic, "mish", 4) != 0 ||
        count > reader_remaining(&reader) / BLOCK_BYTES)
        return fail(err, CLEW_ERROR_CORRUPT, "a table of its blocks is damaged");
    if (dmg->blocks->len + (uint64_t)count > BLOCKS_MAX)
        return fail(err, CLEW_ERROR_LIMIT, "it has more than 2,000,000 blocks");
    for (uint32_t i = 0; i < count; i++)
        if (!take_block(dmg, &reader, first_sector, data_offset))
            return fail(err, CLEW_ERROR_CORRUPT, "a table of its blocks is damaged");
    return true;
}

static bool take_base64(Dmg *dmg, const char *text, size_t length, GError **err)
{
    int state = 0;
    unsigned save = 0;
    g_autofree uint8_t *table = g_try_malloc(length / 4 * 3 + 3);
    if (table == NULL)
        return fail(err, CLEW_ERROR_LIMIT, "there is no memory for its tables");
    size_t size = g_base64_decode_step(text, length, table, &state, &save);
    return take_table(dmg, table, size, err);
}

// The texts in <data> of the array behind the key "blkx". A property list in XML as Apple's tools
// write it; anything cleverer would be another format.
static bool take_list(Dmg *dmg, const char *list, GError **err)
{
    const char *at = strstr(list, "<key>blkx</key>");
    const char *end = at != NULL ? strstr(at, "</array>") : NULL;
    if (end == NULL)
        return fail(err, CLEW_ERROR_CORRUPT, "its property list names no blocks");
    while ((at = strstr(at, "<data>")) != NULL && at < end) {
        at += strlen("<data>");
        const char *stop = strstr(at, "</data>");
        if (stop == NULL)
            return fail(err, CLEW_ERROR_CORRUPT, "its property list breaks off");
        if (!take_base64(dmg, at, (size_t)(stop - at), err))
            return false;
        at = stop;
    }
    return true;
}

static int compare_blocks(const void *left, const void *right)
{
    const Block *a = left, *b = right;
    return a->begin < b->begin ? -1 : a->begin > b->begin;
}

// Of blocks that overlap the first is believed.
static void put_in_order(GArray *blocks)
{
    g_array_sort(blocks, compare_blocks);
    unsigned kept = 0;
    for (unsigned i = 0; i < blocks->len; i++) {
        Block *block = &g_array_index(blocks, Block, i);
        if (kept == 0 || block->begin >= g_array_index(blocks, Block, kept - 1).end)
            g_array_index(blocks, Block, kept++) = *block;
    }
    g_array_set_size(blocks, kept);
}

// ---- The trailer --------------------------------------------------------------------------------

static bool has_magic(Source *file, uint64_t from_end, const char *magic)
{
    char bytes[8];
    uint64_t size = source_size(file);
    size_t length = strlen(magic);
    return size >= from_end && source_read_exact(file, size - from_end, bytes, length, NULL) &&
           memcmp(bytes, magic, length) == 0;
}

bool dmg_has_trailer(Source *file)
{
    // The version and the trailer's own size follow the mark.
    static const char mark[] = "koly\0\0\0\4\0\0\2";
    char bytes[sizeof(mark)];
    uint64_t size = source_size(file);
    bool is_plain = size >= TRAILER_BYTES &&
                    source_read_exact(file, size - TRAILER_BYTES, bytes, sizeof(bytes), NULL) &&
                    memcmp(bytes, mark, sizeof(mark)) == 0;
    return is_plain || has_magic(file, 8, "cdsaencr");
}

static bool check_encryption(Source *file, GError **err)
{
    char magic[8] = "";
    bool is_encrypted =
        has_magic(file, 8, "cdsaencr") || (source_read_exact(file, 0, magic, sizeof(magic), NULL) &&
                                           memcmp(magic, "encrcdsa", sizeof(magic)) == 0);
    return !is_encrypted || fail(err, CLEW_ERROR_DENIED, "it is encrypted (Apple disk image)");
}

static bool read_list(Dmg *dmg, uint64_t offset, uint64_t length, GError **err)
{
    if (length == 0)
        return fail(err, CLEW_ERROR_UNSUPPORTED,
                    "its tables lie in a resource fork, as in the oldest images");
    if (length > LIST_BYTES_MAX)
        return fail(err, CLEW_ERROR_LIMIT, "its property list is longer than 64 MiB");
    g_autofree char *list = g_try_malloc0((size_t)length + 1);
    if (list == NULL)
        return fail(err, CLEW_ERROR_LIMIT, "there is no memory for its property list");
    return source_read_exact(dmg->file, offset, list, (size_t)length, err) &&
           take_list(dmg, list, err);
}

static bool read_trailer(Dmg *dmg, GError **err)
{
    uint8_t trailer[TRAILER_BYTES];
    uint64_t size = source_size(dmg->file);
    if (!check_encryption(dmg->file, err))
        return false;
    if (!has_magic(dmg->file, TRAILER_BYTES, "koly") ||
        !source_read_exact(dmg->file, size - TRAILER_BYTES, trailer, sizeof(trailer), NULL))
        return fail(err, CLEW_ERROR_CORRUPT, "its trailer is missing");
    Reader reader = reader_init(trailer, sizeof(trailer));
    reader_skip(&reader, 24);
    dmg->data_offset = u64be(&reader);
    reader_skip(&reader, 24);
    uint32_t segment = reader_u32be(&reader), segments = reader_u32be(&reader);
    reader_skip(&reader, 216 - 64);
    uint64_t list = u64be(&reader), list_bytes = u64be(&reader);
    reader_skip(&reader, 492 - 232);
    uint64_t sectors = u64be(&reader);
    if (segments > 1) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "it is segment %u of %u of a segmented image; join it (hdiutil convert)",
                    segment, segments);
        return false;
    }
    if (!read_list(dmg, list, list_bytes, err))
        return false;
    put_in_order(dmg->blocks);
    uint64_t end =
        dmg->blocks->len > 0 ? g_array_index(dmg->blocks, Block, dmg->blocks->len - 1).end : 0;
    dmg->size_bytes = sectors <= INT64_MAX / SECTOR_BYTES ? sectors * SECTOR_BYTES : 0;
    dmg->size_bytes = MAX(dmg->size_bytes, end);
    return true;
}

PieceMedium *dmg_medium_open(Source *file, GError **err)
{
    static const PieceMapOps ops = {find, free_map};
    Dmg *dmg = g_new0(Dmg, 1);
    dmg->file = file;
    dmg->blocks = g_array_new(FALSE, FALSE, sizeof(Block));
    if (!read_trailer(dmg, err)) {
        free_map(dmg);
        return NULL;
    }
    return piece_medium_new(&ops, dmg, dmg->size_bytes);
}
