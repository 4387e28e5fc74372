// SPDX-License-Identifier: Apache-2.0
#include "evidence/vdi_medium.h"

#include "base/error.h"
#include "base/reader.h"

#define HEADER_BYTES 400u
#define MAGIC 0xbeda107fu
#define ABSENT UINT32_MAX
#define DISCARDED (UINT32_MAX - 1)

enum {
    TYPE_DYNAMIC = 1,
    TYPE_FIXED = 2,
    TYPE_DIFFERENCING = 4,
};

typedef struct {
    Source *file;   // borrowed
    Source *tables; // of the file, cached
    uint32_t type, table, data, block_bytes, extra_bytes, block_count;
    uint64_t size_bytes;
} Vdi;

static bool set_block(const Vdi *vdi, uint64_t block, Piece *piece)
{
    uint8_t bytes[4];
    if (block >= vdi->block_count ||
        !source_read_exact(vdi->tables, vdi->table + block * 4, bytes, sizeof(bytes), NULL))
        return false;
    Reader reader = reader_init(bytes, sizeof(bytes));
    uint32_t entry = reader_u32le(&reader);
    piece->kind = entry == ABSENT ? PIECE_PARENT : entry == DISCARDED ? PIECE_ZERO : PIECE_STORED;
    piece->file = vdi->file;
    piece->offset = vdi->data + (uint64_t)entry * ((uint64_t)vdi->block_bytes + vdi->extra_bytes) +
                    vdi->extra_bytes;
    return true;
}

static bool find(void *user_data, uint64_t offset, Piece *ret_piece, GError **err)
{
    const Vdi *vdi = user_data;
    uint64_t block = offset / vdi->block_bytes;
    *ret_piece = (Piece){.begin = block * vdi->block_bytes};
    ret_piece->end = ret_piece->begin + vdi->block_bytes;
    if (set_block(vdi, block, ret_piece))
        return true;
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "the table of its blocks is damaged");
    return false;
}

static void free_map(void *user_data)
{
    Vdi *vdi = user_data;
    source_free(vdi->tables);
    g_free(vdi);
}

static bool fail(GError **err, ClewError code, const char *what)
{
    g_set_error_literal(err, CLEW_ERROR, code, what);
    return false;
}

static bool read_header(Vdi *vdi, GError **err)
{
    uint8_t header[HEADER_BYTES];
    if (!source_read_exact(vdi->file, 0, header, sizeof(header), err))
        return false;
    Reader reader = reader_init(header, sizeof(header));
    reader_skip(&reader, 64);
    uint32_t magic = reader_u32le(&reader), version = reader_u32le(&reader);
    if (magic != MAGIC)
        return fail(err, CLEW_ERROR_CORRUPT, "its header is damaged");
    if (version >> 16 != 1)
        return fail(err, CLEW_ERROR_UNSUPPORTED, "it is of an unknown version");
    reader_skip(&reader, 4);
    vdi->type = reader_u32le(&reader);
    reader_skip(&reader, 340 - 80);
    vdi->table = reader_u32le(&reader);
    vdi->data = reader_u32le(&reader);
    reader_skip(&reader, 368 - 348);
    vdi->size_bytes = reader_u64le(&reader);
    vdi->block_bytes = reader_u32le(&reader);
    vdi->extra_bytes = reader_u32le(&reader);
    vdi->block_count = reader_u32le(&reader);
    if (vdi->block_bytes < 512 || vdi->extra_bytes > vdi->block_bytes ||
        vdi->size_bytes > INT64_MAX)
        return fail(err, CLEW_ERROR_CORRUPT, "its header is damaged");
    if (vdi->type != TYPE_DYNAMIC && vdi->type != TYPE_FIXED && vdi->type != TYPE_DIFFERENCING)
        return fail(err, CLEW_ERROR_UNSUPPORTED, "it is of an unknown kind");
    return true;
}

PieceMedium *vdi_medium_open(Source *file, bool *ret_is_differencing, GError **err)
{
    static const PieceMapOps ops = {find, free_map};
    Vdi header = {.file = file};
    if (!read_header(&header, err))
        return NULL;
    Vdi *vdi = g_memdup2(&header, sizeof(header));
    vdi->tables = source_new_cached(source_new_range(file, 0, source_size(file)), 16u << 10, 16);
    *ret_is_differencing = vdi->type == TYPE_DIFFERENCING;
    return piece_medium_new(&ops, vdi, vdi->size_bytes);
}
