// SPDX-License-Identifier: Apache-2.0
#include "evidence/qcow_medium.h"

#include <string.h>

#include "base/error.h"
#include "base/reader.h"

#define HEADER_1_BYTES 48
#define HEADER_2_BYTES 72
#define HEADER_3_BYTES 104
#define NAME_BYTES_MAX 1023
#define SUBCLUSTERS 32u
// A stored run of clusters is read as one piece up to this.
#define RUN_BYTES_MAX (4u << 20)

// Incompatible features of version 3.
#define FEATURE_DIRTY (1u << 0)
#define FEATURE_CORRUPT (1u << 1)
#define FEATURE_DATA_FILE (1u << 2)
#define FEATURE_COMPRESSION (1u << 3)
#define FEATURE_EXTENDED (1u << 4)
#define FEATURES_KNOWN                                                                             \
    (FEATURE_DIRTY | FEATURE_CORRUPT | FEATURE_DATA_FILE | FEATURE_COMPRESSION | FEATURE_EXTENDED)

#define EXTENSION_DATA_FILE 0x44415441u

#define OFFSET_MASK 0x00fffffffffffe00ull // of a table or cluster, versions 2 and 3
#define ENTRY_COMPRESSED (1ull << 62)
#define ENTRY_COMPRESSED_1 (1ull << 63) // version 1
#define ENTRY_ZERO 1ull

typedef struct {
    Source *file, *data; // borrowed
    Source *tables;      // of the file, cached
    uint32_t version, cluster_bits, l2_bits;
    bool is_extended, is_zstd;
    uint64_t size_bytes, l1_offset, l1_count;
} Qcow;

static uint64_t cluster_bytes(const Qcow *qcow)
{
    return 1ull << qcow->cluster_bits;
}

void qcow_facts_clear(QcowFacts *facts)
{
    g_free(facts->backing_name);
    g_free(facts->data_name);
    *facts = (QcowFacts){0};
}

// ---- Finding a cluster --------------------------------------------------------------------------

static bool read_entry(const Qcow *qcow, uint64_t offset, uint64_t *ret_entry)
{
    uint8_t bytes[8];
    if (!source_read_exact(qcow->tables, offset, bytes, sizeof(bytes), NULL))
        return false;
    Reader reader = reader_init(bytes, sizeof(bytes));
    uint64_t high = reader_u32be(&reader);
    *ret_entry = high << 32 | reader_u32be(&reader);
    return true;
}

// The first table's entry: where the second table lies; 0: nowhere.
static bool find_table(const Qcow *qcow, uint64_t cluster, uint64_t *ret_table)
{
    uint64_t index = cluster >> qcow->l2_bits, entry;
    if (index >= qcow->l1_count || !read_entry(qcow, qcow->l1_offset + index * 8, &entry))
        return false;
    *ret_table = qcow->version == 1 ? entry : entry & OFFSET_MASK;
    return true;
}

static bool is_packed(const Qcow *qcow, uint64_t entry)
{
    return (entry & (qcow->version == 1 ? ENTRY_COMPRESSED_1 : ENTRY_COMPRESSED)) != 0;
}

static void set_packed(const Qcow *qcow, uint64_t entry, Piece *piece)
{
    piece->kind = PIECE_PACKED;
    piece->packing = qcow->is_zstd ? PACKING_ZSTD : PACKING_DEFLATE;
    piece->file = qcow->file;
    uint64_t packed_bytes;
    if (qcow->version == 1) {
        unsigned shift = 63 - qcow->cluster_bits;
        piece->offset = entry & ((1ull << shift) - 1);
        packed_bytes = (entry >> shift) & (cluster_bytes(qcow) - 1);
    } else {
        // Counted in sectors of 512 bytes beyond the one in which it begins.
        unsigned shift = 62 - (qcow->cluster_bits - 8);
        piece->offset = entry & ((1ull << shift) - 1);
        uint64_t sectors = (entry >> shift) & ((1ull << (62 - shift)) - 1);
        packed_bytes = (sectors + 1) * 512 - (piece->offset & 511);
    }
    // The last one may be said to reach over the end of the file.
    uint64_t size = source_size(qcow->file);
    uint64_t left = piece->offset < size ? size - piece->offset : 0;
    piece->packed_bytes = (uint32_t)MIN(packed_bytes, left);
}

// A cluster in 32 parts, each with a bit that says stored and one that says zero.
static void set_subcluster(const Qcow *qcow, uint64_t entry, uint64_t bits, uint64_t offset,
                           Piece *piece)
{
    uint64_t part_bytes = cluster_bytes(qcow) / SUBCLUSTERS;
    unsigned part = (unsigned)((offset - piece->begin) / part_bytes);
    uint64_t within = part * part_bytes;
    piece->begin += within;
    piece->end = piece->begin + part_bytes;
    if ((bits >> 32 & 1ull << part) != 0)
        piece->kind = PIECE_ZERO;
    else if ((bits & 1ull << part) == 0)
        piece->kind = PIECE_PARENT;
    piece->offset += within;
}

// Takes in the clusters behind it that lie behind it in the file too.
static void widen(const Qcow *qcow, uint64_t entry_offset, uint64_t table_end, Piece *piece)
{
    uint64_t step = cluster_bytes(qcow), entry;
    while (entry_offset + 8 < table_end && piece->end - piece->begin < RUN_BYTES_MAX &&
           piece->end < qcow->size_bytes && read_entry(qcow, entry_offset += 8, &entry)) {
        uint64_t mask = qcow->version == 1 ? UINT64_MAX : OFFSET_MASK;
        if (is_packed(qcow, entry) || (qcow->version == 3 && (entry & ENTRY_ZERO) != 0) ||
            (entry & mask) != piece->offset + (piece->end - piece->begin))
            return;
        piece->end += step;
    }
}

static bool set_cluster(const Qcow *qcow, uint64_t table, uint64_t cluster, uint64_t offset,
                        Piece *piece)
{
    uint64_t count = 1ull << qcow->l2_bits, width = qcow->is_extended ? 16 : 8;
    uint64_t at, entry, bits = UINT32_MAX;
    if (__builtin_add_overflow(table, (cluster & (count - 1)) * width, &at) ||
        !read_entry(qcow, at, &entry) || (qcow->is_extended && !read_entry(qcow, at + 8, &bits)))
        return false;
    if (is_packed(qcow, entry)) {
        set_packed(qcow, entry, piece);
        return true;
    }
    uint64_t place = qcow->version == 1 ? entry : entry & OFFSET_MASK;
    bool is_zero = qcow->version == 3 && !qcow->is_extended && (entry & ENTRY_ZERO) != 0;
    // In a data file the first cluster may lie at 0; bit 63 tells it from one that is not there.
    bool is_stored = place != 0 || (qcow->data != qcow->file && entry >> 63 != 0);
    piece->kind = is_zero ? PIECE_ZERO : is_stored ? PIECE_STORED : PIECE_PARENT;
    piece->file = qcow->data;
    piece->offset = place;
    if (qcow->is_extended)
        set_subcluster(qcow, entry, bits, offset, piece);
    else if (piece->kind == PIECE_STORED)
        widen(qcow, at, table + count * 8, piece);
    return true;
}

static bool find(void *user_data, uint64_t offset, Piece *ret_piece, GError **err)
{
    const Qcow *qcow = user_data;
    uint64_t cluster = offset >> qcow->cluster_bits, table = 0;
    *ret_piece = (Piece){.begin = cluster << qcow->cluster_bits};
    ret_piece->end = ret_piece->begin + cluster_bytes(qcow);
    bool ok = find_table(qcow, cluster, &table);
    if (ok && table == 0) {
        // Nothing of what the second table would cover.
        uint64_t covered = cluster_bytes(qcow) << qcow->l2_bits;
        ret_piece->begin = offset / covered * covered;
        ret_piece->end = ret_piece->begin + covered;
        ret_piece->kind = PIECE_PARENT;
        return true;
    }
    if (ok && set_cluster(qcow, table, cluster, offset, ret_piece)) {
        if (ret_piece->kind != PIECE_STORED || ret_piece->file != NULL)
            return true;
        *ret_piece = (Piece){.begin = ret_piece->begin, .end = ret_piece->end};
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "the data file is missing");
        return false;
    }
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                        "the table of its clusters is damaged");
    return false;
}

static void free_map(void *user_data)
{
    Qcow *qcow = user_data;
    source_free(qcow->tables);
    g_free(qcow);
}

// ---- The header ---------------------------------------------------------------------------------

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

// A name stored somewhere in the file; NULL when it cannot be read.
static char *read_name(Source *file, uint64_t offset, uint32_t size_bytes)
{
    if (size_bytes == 0 || size_bytes > NAME_BYTES_MAX)
        return NULL;
    g_autofree char *name = g_malloc0(size_bytes + 1);
    if (!source_read_exact(file, offset, name, size_bytes, NULL))
        return NULL;
    return g_steal_pointer(&name);
}

static char *find_data_name(Source *file, uint64_t begin, uint64_t end)
{
    uint8_t header[8];
    for (uint64_t at = begin;
         at + 8 <= end && source_read_exact(file, at, header, sizeof(header), NULL);) {
        Reader reader = reader_init(header, sizeof(header));
        uint32_t type = reader_u32be(&reader), size = reader_u32be(&reader);
        if (type == EXTENSION_DATA_FILE)
            return read_name(file, at + 8, size);
        if (type == 0)
            break;
        at += 8 + ((uint64_t)size + 7) / 8 * 8;
    }
    return NULL;
}

static bool check_encryption(uint32_t method, GError **err)
{
    if (method == 0)
        return true;
    return fail(err, CLEW_ERROR_DENIED,
                method == 2 ? "it is encrypted (LUKS)" : "it is encrypted (AES)");
}

static bool read_header_1(Qcow *qcow, Reader *reader, QcowFacts *facts, GError **err)
{
    uint64_t backing_offset = u64be(reader);
    uint32_t backing_bytes = reader_u32be(reader);
    reader_skip(reader, 4);
    qcow->size_bytes = u64be(reader);
    qcow->cluster_bits = reader_u8(reader);
    qcow->l2_bits = reader_u8(reader);
    reader_skip(reader, 2);
    uint32_t method = reader_u32be(reader);
    qcow->l1_offset = u64be(reader);
    if (reader->failed || qcow->cluster_bits < 9 || qcow->cluster_bits > 16 || qcow->l2_bits < 6 ||
        qcow->l2_bits > 13)
        return fail(err, CLEW_ERROR_CORRUPT, "its header is damaged");
    if (backing_offset != 0)
        facts->backing_name = read_name(qcow->file, backing_offset, backing_bytes);
    qcow->l1_count = UINT32_MAX;
    return check_encryption(method, err);
}

static bool read_features(Qcow *qcow, Reader *reader, QcowFacts *facts, GError **err)
{
    uint64_t features = u64be(reader);
    reader_skip(reader, 16 + 4);
    uint32_t header_bytes = reader_u32be(reader);
    uint8_t compression = header_bytes > HEADER_3_BYTES ? reader_u8(reader) : 0;
    if ((features & ~(uint64_t)FEATURES_KNOWN) != 0 || compression > 1)
        return fail(err, CLEW_ERROR_UNSUPPORTED, "it uses features that are not known");
    qcow->is_extended = (features & FEATURE_EXTENDED) != 0;
    qcow->is_zstd = compression == 1;
    if (qcow->is_extended && qcow->cluster_bits < 14)
        return fail(err, CLEW_ERROR_CORRUPT, "its header is damaged");
    if (qcow->is_extended)
        qcow->l2_bits--;
    facts->is_unclean = (features & (FEATURE_DIRTY | FEATURE_CORRUPT)) != 0;
    facts->has_data_file = (features & FEATURE_DATA_FILE) != 0;
    if (facts->has_data_file)
        facts->data_name = find_data_name(qcow->file, header_bytes, cluster_bytes(qcow));
    return true;
}

static bool read_header_2(Qcow *qcow, Reader *reader, QcowFacts *facts, GError **err)
{
    uint64_t backing_offset = u64be(reader);
    uint32_t backing_bytes = reader_u32be(reader);
    qcow->cluster_bits = reader_u32be(reader);
    qcow->size_bytes = u64be(reader);
    uint32_t method = reader_u32be(reader);
    qcow->l1_count = reader_u32be(reader);
    qcow->l1_offset = u64be(reader);
    reader_skip(reader, 12);
    facts->snapshots = reader_u32be(reader);
    reader_skip(reader, 8);
    if (reader->failed || qcow->cluster_bits < 9 || qcow->cluster_bits > 21)
        return fail(err, CLEW_ERROR_CORRUPT, "its header is damaged");
    qcow->l2_bits = qcow->cluster_bits - 3;
    if (backing_offset != 0)
        facts->backing_name = read_name(qcow->file, backing_offset, backing_bytes);
    return check_encryption(method, err) &&
           (qcow->version == 2 || read_features(qcow, reader, facts, err));
}

static bool read_header(Qcow *qcow, QcowFacts *facts, GError **err)
{
    uint8_t header[HEADER_3_BYTES + 1] = {0};
    ssize_t count = source_read(qcow->file, 0, header, sizeof(header), err);
    if (count < 0)
        return false;
    Reader reader = reader_init(header, (size_t)count);
    const uint8_t *magic = reader_bytes(&reader, 4);
    qcow->version = reader_u32be(&reader);
    if (reader.failed || memcmp(magic, "QFI\xfb", 4) != 0)
        return fail(err, CLEW_ERROR_CORRUPT, "its header is damaged");
    if (qcow->version < 1 || qcow->version > 3)
        return fail(err, CLEW_ERROR_UNSUPPORTED, "it is of an unknown version");
    bool ok = qcow->version == 1 ? read_header_1(qcow, &reader, facts, err)
                                 : read_header_2(qcow, &reader, facts, err);
    if (ok && (qcow->size_bytes > INT64_MAX || qcow->l1_offset > INT64_MAX))
        return fail(err, CLEW_ERROR_CORRUPT, "its header is damaged");
    return ok;
}

PieceMedium *qcow_medium_open(Source *file, QcowFacts *ret_facts, GError **err)
{
    static const PieceMapOps ops = {find, free_map};
    QcowFacts facts = {0};
    Qcow header = {.file = file, .data = file};
    if (!read_header(&header, &facts, err)) {
        qcow_facts_clear(&facts);
        return NULL;
    }
    if (facts.has_data_file)
        header.data = NULL;
    Qcow *qcow = g_memdup2(&header, sizeof(header));
    qcow->tables = source_new_cached(source_new_range(file, 0, source_size(file)), 64u << 10, 32);
    *ret_facts = facts;
    return piece_medium_new(&ops, qcow, qcow->size_bytes);
}

void qcow_medium_set_data(PieceMedium *medium, Source *data)
{
    Qcow *qcow = piece_medium_map(medium);
    qcow->data = data;
}
