// SPDX-License-Identifier: Apache-2.0
#include "evidence/vmdk_sparse.h"

#include <string.h>

#include "base/error.h"
#include "base/reader.h"
#include "evidence/vmdk_descriptor.h"

#define HEADER_BYTES 512u
#define SECTOR_BYTES 512u
#define GRAIN_SECTORS_MAX (PIECE_BYTES_MAX / SECTOR_BYTES)
#define COWD_TABLE_ENTRIES 4096u
#define AT_END UINT64_MAX // the directory's place: see the footer

#define FLAG_ZERO_GRAIN (1u << 2) // entry 1: a grain of zeroes
#define FLAG_COMPRESSED (1u << 16)
#define COMPRESSION_DEFLATE 1u
#define GRAIN_HEADER_BYTES 12u // of a packed grain: its place, 64 bits, and its size, 32 bits

struct VmdkSparse {
    Source *file;   // borrowed
    Source *tables; // of the file, cached
    uint64_t sectors, grain_sectors, directory, second_directory, directory_entries;
    uint64_t descriptor, descriptor_sectors;
    uint32_t flags, table_entries;
    bool is_packed;
};

void vmdk_sparse_free(VmdkSparse *sparse)
{
    if (sparse == NULL)
        return;
    source_free(sparse->tables);
    g_free(sparse);
}

uint64_t vmdk_sparse_sectors(const VmdkSparse *sparse)
{
    return sparse->sectors;
}

char *vmdk_sparse_descriptor(const VmdkSparse *sparse)
{
    uint64_t size = sparse->descriptor_sectors * SECTOR_BYTES;
    if (sparse->descriptor == 0 || size == 0 || size > VMDK_DESCRIPTOR_BYTES_MAX)
        return NULL;
    g_autofree char *text = g_malloc0((size_t)size + 1);
    if (!source_read_exact(sparse->file, sparse->descriptor * SECTOR_BYTES, text, (size_t)size,
                           NULL))
        return NULL;
    return g_steal_pointer(&text);
}

// ---- Finding a grain ----------------------------------------------------------------------------

static bool read_entry(const VmdkSparse *sparse, uint64_t sector, uint64_t index,
                       uint32_t *ret_entry)
{
    uint8_t bytes[4];
    if (!source_read_exact(sparse->tables, sector * SECTOR_BYTES + index * 4, bytes, sizeof(bytes),
                           NULL))
        return false;
    Reader reader = reader_init(bytes, sizeof(bytes));
    *ret_entry = reader_u32le(&reader);
    return true;
}

// A packed grain says how many bytes it has before they follow.
static bool set_packed(const VmdkSparse *sparse, Piece *piece)
{
    uint8_t header[GRAIN_HEADER_BYTES];
    if (!source_read_exact(sparse->tables, piece->offset, header, sizeof(header), NULL))
        return false;
    Reader reader = reader_init(header + 8, 4);
    piece->kind = PIECE_PACKED;
    piece->packing = PACKING_ZLIB;
    piece->packed_bytes = reader_u32le(&reader);
    piece->offset += GRAIN_HEADER_BYTES;
    return true;
}

static bool find_entry(const VmdkSparse *sparse, uint64_t directory, uint64_t grain,
                       uint32_t *ret_entry)
{
    uint64_t table = grain / sparse->table_entries;
    uint32_t place;
    *ret_entry = 0;
    return table < sparse->directory_entries && read_entry(sparse, directory, table, &place) &&
           (place == 0 || read_entry(sparse, place, grain % sparse->table_entries, ret_entry));
}

bool vmdk_sparse_find(const VmdkSparse *sparse, uint64_t offset, Piece *ret_piece, GError **err)
{
    uint64_t grain_bytes = sparse->grain_sectors * SECTOR_BYTES, grain = offset / grain_bytes;
    *ret_piece = (Piece){.begin = grain * grain_bytes, .kind = PIECE_PARENT};
    ret_piece->end = ret_piece->begin + grain_bytes;
    uint32_t entry = 0;
    bool ok = find_entry(sparse, sparse->directory, grain, &entry) ||
              (sparse->second_directory != 0 &&
               find_entry(sparse, sparse->second_directory, grain, &entry));
    if (ok && entry == 1 && (sparse->flags & FLAG_ZERO_GRAIN) != 0) {
        ret_piece->kind = PIECE_ZERO;
    } else if (ok && entry != 0) {
        ret_piece->kind = PIECE_STORED;
        ret_piece->file = sparse->file;
        ret_piece->offset = (uint64_t)entry * SECTOR_BYTES;
        ok = !sparse->is_packed || set_packed(sparse, ret_piece);
    }
    if (!ok)
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                            "the table of its grains is damaged");
    return ok;
}

// ---- The header ---------------------------------------------------------------------------------

static bool fail(GError **err, ClewError code, const char *what)
{
    g_set_error_literal(err, CLEW_ERROR, code, what);
    return false;
}

static bool read_hosted(VmdkSparse *sparse, const uint8_t header[HEADER_BYTES], GError **err)
{
    Reader reader = reader_init(header, HEADER_BYTES);
    reader_skip(&reader, 8);
    sparse->flags = reader_u32le(&reader);
    sparse->sectors = reader_u64le(&reader);
    sparse->grain_sectors = reader_u64le(&reader);
    sparse->descriptor = reader_u64le(&reader);
    sparse->descriptor_sectors = reader_u64le(&reader);
    sparse->table_entries = reader_u32le(&reader);
    sparse->second_directory = reader_u64le(&reader);
    sparse->directory = reader_u64le(&reader);
    reader_skip(&reader, 13);
    uint16_t compression = reader_u16le(&reader);
    sparse->is_packed = (sparse->flags & FLAG_COMPRESSED) != 0;
    if (sparse->is_packed && compression != COMPRESSION_DEFLATE)
        return fail(err, CLEW_ERROR_UNSUPPORTED, "its compression is not known");
    return true;
}

// A stream-optimized extent was written in one go: its directory's place stands in a copy of the
// header, the last sector but one.
static bool read_footer(VmdkSparse *sparse, GError **err)
{
    uint8_t footer[HEADER_BYTES];
    uint64_t size = source_size(sparse->file);
    if (size < 3 * SECTOR_BYTES ||
        !source_read_exact(sparse->file, size - 2 * SECTOR_BYTES, footer, sizeof(footer), NULL) ||
        memcmp(footer, "KDMV", 4) != 0)
        return fail(err, CLEW_ERROR_CORRUPT, "its footer is missing");
    uint64_t descriptor = sparse->descriptor, descriptor_sectors = sparse->descriptor_sectors;
    if (!read_hosted(sparse, footer, err))
        return false;
    sparse->descriptor = descriptor;
    sparse->descriptor_sectors = descriptor_sectors;
    return true;
}

static void read_cowd(VmdkSparse *sparse, const uint8_t header[HEADER_BYTES])
{
    Reader reader = reader_init(header, HEADER_BYTES);
    reader_skip(&reader, 12);
    sparse->sectors = reader_u32le(&reader);
    sparse->grain_sectors = reader_u32le(&reader);
    sparse->directory = reader_u32le(&reader);
    sparse->directory_entries = reader_u32le(&reader);
    sparse->table_entries = COWD_TABLE_ENTRIES;
}

static bool read_header(VmdkSparse *sparse, GError **err)
{
    uint8_t header[HEADER_BYTES];
    if (!source_read_exact(sparse->file, 0, header, sizeof(header), err))
        return false;
    if (memcmp(header, "COWD", 4) == 0) {
        read_cowd(sparse, header);
    } else if (memcmp(header, "KDMV", 4) != 0) {
        return fail(err, CLEW_ERROR_CORRUPT, "it does not begin like a sparse extent");
    } else if (!read_hosted(sparse, header, err) ||
               (sparse->directory == AT_END && !read_footer(sparse, err))) {
        return false;
    }
    const uint64_t sectors_max = INT64_MAX / SECTOR_BYTES;
    if (sparse->grain_sectors == 0 || sparse->grain_sectors > GRAIN_SECTORS_MAX ||
        sparse->table_entries == 0 || sparse->table_entries > 65536 ||
        sparse->sectors > sectors_max || sparse->directory > sectors_max ||
        sparse->second_directory > sectors_max || sparse->descriptor > sectors_max ||
        sparse->descriptor_sectors > sectors_max)
        return fail(err, CLEW_ERROR_CORRUPT, "its header is damaged");
    uint64_t table_sectors = sparse->grain_sectors * sparse->table_entries;
    if (sparse->directory_entries == 0)
        sparse->directory_entries = (sparse->sectors + table_sectors - 1) / table_sectors;
    return true;
}

VmdkSparse *vmdk_sparse_open(Source *file, GError **err)
{
    VmdkSparse header = {.file = file};
    if (!read_header(&header, err))
        return NULL;
    VmdkSparse *sparse = g_memdup2(&header, sizeof(header));
    sparse->tables = source_new_cached(source_new_range(file, 0, source_size(file)), 16u << 10, 32);
    return sparse;
}
