// SPDX-License-Identifier: Apache-2.0
#include "evidence/ewf_medium.h"

#include <libdeflate.h>
#include <string.h>

#include "base/error.h"
#include "base/reader.h"

// Entries of one table: programs write at most 65,536.
#define ENTRIES_MAX (4u << 20)
// Decoded tables kept; 512 MiB of the medium each in most sets.
#define LOADED_TABLES 8u
#define NOWHERE UINT64_MAX
// The largest step from one chunk to the next over the 31st bit.
#define OVERFLOW_STEP (32u << 20)

typedef struct {
    EwfTable table;
    Source *file;
    unsigned run;         // gaps before it
    uint64_t first_chunk; // NOWHERE: it cannot be told
} Placed;

// Entries of a table, each with the place of a chunk.
typedef struct {
    size_t placed; // index of the table
    uint64_t used; // the clock when it was last asked for; 0: empty
    uint32_t *entries;
    uint32_t overflow; // the first entry whose top bit belongs to the offset
} Loaded;

struct EwfMedium {
    uint64_t medium_bytes, chunk_count;
    uint32_t chunk_bytes, sector_bytes;
    GArray *tables; // of Placed, by first_chunk once finished
    unsigned runs;  // gaps so far
    Loaded loaded[LOADED_TABLES];
    uint64_t clock;
};

EwfMedium *ewf_medium_new(const EwfSegment *first, GError **err)
{
    if (!first->has_volume) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                            "the first segment does not say how large the medium is");
        return NULL;
    }
    EwfMedium *ewf = g_new0(EwfMedium, 1);
    ewf->chunk_bytes = first->chunk_bytes;
    ewf->sector_bytes = first->sector_bytes;
    ewf->medium_bytes = first->medium_bytes;
    if (ewf->medium_bytes == 0)
        ewf->medium_bytes = first->chunk_count * first->chunk_bytes;
    ewf->chunk_count = (ewf->medium_bytes + ewf->chunk_bytes - 1) / ewf->chunk_bytes;
    // One more, when the medium goes on inside a sector where a chunk would begin.
    if (first->chunk_count == ewf->chunk_count + 1)
        ewf->chunk_count++;
    ewf->tables = g_array_new(FALSE, FALSE, sizeof(Placed));
    return ewf;
}

void ewf_medium_free(EwfMedium *ewf)
{
    if (ewf == NULL)
        return;
    for (size_t i = 0; i < LOADED_TABLES; i++)
        g_free(ewf->loaded[i].entries);
    g_array_unref(ewf->tables);
    g_free(ewf);
}

void ewf_medium_add(EwfMedium *ewf, Source *file, const EwfSegment *segment)
{
    for (unsigned i = 0; i < segment->tables->len; i++) {
        const Placed placed = {
            .table = g_array_index(segment->tables, EwfTable, i), .file = file, .run = ewf->runs};
        if (placed.table.count > 0)
            g_array_append_val(ewf->tables, placed);
        else
            ewf->runs++;
    }
}

void ewf_medium_add_gap(EwfMedium *ewf)
{
    ewf->runs++;
}

// ---- Placing ------------------------------------------------------------------------------------

// Tables before the first gap count from the medium's begin, those behind the last one from its
// end.
static void place_tables(EwfMedium *ewf)
{
    uint64_t begin = 0, end = ewf->chunk_count;
    for (unsigned i = 0; i < ewf->tables->len; i++) {
        Placed *placed = &g_array_index(ewf->tables, Placed, i);
        placed->first_chunk = placed->run == 0 ? begin : NOWHERE;
        if (placed->run == 0)
            begin += placed->table.count;
    }
    for (unsigned i = ewf->tables->len; i-- > 0 && ewf->runs > 0;) {
        Placed *placed = &g_array_index(ewf->tables, Placed, i);
        if (placed->run != ewf->runs || placed->table.count > end - MIN(begin, end))
            break;
        end -= placed->table.count;
        placed->first_chunk = end;
    }
}

static int compare_placed(const void *left, const void *right)
{
    const Placed *a = left, *b = right;
    return a->first_chunk < b->first_chunk ? -1 : a->first_chunk > b->first_chunk;
}

// What cannot be placed is forgotten; the rest is put in order. A medium that ends inside a sector
// may have one chunk more than its whole sectors fill.
static void drop_unplaced(EwfMedium *ewf)
{
    g_array_sort(ewf->tables, compare_placed);
    unsigned kept = ewf->tables->len;
    while (kept > 0 && g_array_index(ewf->tables, Placed, kept - 1).first_chunk > ewf->chunk_count)
        kept--;
    g_array_set_size(ewf->tables, kept);
}

static void add_gap(GArray *gaps, const EwfMedium *ewf, uint64_t first_chunk, uint64_t end_chunk)
{
    if (first_chunk >= end_chunk)
        return;
    uint64_t begin = first_chunk * ewf->chunk_bytes;
    uint64_t end = MIN(end_chunk * ewf->chunk_bytes, ewf->medium_bytes);
    const Extent gap = {.offset = begin, .size_bytes = end - begin};
    g_array_append_val(gaps, gap);
}

static GArray *find_gaps(const EwfMedium *ewf)
{
    GArray *gaps = g_array_new(FALSE, FALSE, sizeof(Extent));
    uint64_t reached = 0;
    for (unsigned i = 0; i < ewf->tables->len; i++) {
        const Placed *placed = &g_array_index(ewf->tables, Placed, i);
        add_gap(gaps, ewf, reached, placed->first_chunk);
        reached = placed->first_chunk + placed->table.count;
    }
    add_gap(gaps, ewf, reached, ewf->chunk_count);
    return gaps;
}

// ---- Tables -------------------------------------------------------------------------------------

// Is the checksum behind the entries right? The oldest files have none.
static bool read_entries(Source *file, uint64_t offset, uint32_t count, uint8_t *target,
                         bool *ret_verified)
{
    size_t size = (size_t)count * 4;
    if (!source_read_exact(file, offset, target, size, NULL))
        return false;
    uint8_t stored[4];
    *ret_verified = false;
    if (source_read_exact(file, offset + size, stored, sizeof(stored), NULL)) {
        Reader reader = reader_init(stored, sizeof(stored));
        *ret_verified = reader_u32le(&reader) == libdeflate_adler32(1, target, size);
    }
    return true;
}

// Offsets have 31 bits and a flag. In a segment above 2 GiB some programs go on with 32 bits, and
// without a flag, from the chunk on that reaches over the 31st.
static uint32_t find_overflow(const uint32_t *entries, uint32_t count)
{
    for (uint32_t i = 0; i + 1 < count; i++) {
        uint32_t here = entries[i] & INT32_MAX, next = entries[i + 1] & INT32_MAX;
        if (next < here && here > INT32_MAX - OVERFLOW_STEP && entries[i + 1] >= here)
            return i + 1;
    }
    return count;
}

static bool decode_table(const Placed *placed, Loaded *loaded)
{
    const EwfTable *table = &placed->table;
    if (table->count > ENTRIES_MAX)
        return false;
    g_autofree uint8_t *bytes = g_try_malloc((size_t)table->count * 4);
    uint32_t *entries = g_try_malloc((size_t)table->count * 4);
    bool verified = false;
    bool ok = bytes != NULL && entries != NULL &&
              read_entries(placed->file, table->entries, table->count, bytes, &verified);
    if (ok && !verified && table->entries_copy != 0) {
        // The copy is taken when it is sound; else the table, whose chunks have checksums too.
        ok = read_entries(placed->file, table->entries_copy, table->count, bytes, &verified) &&
             (verified ||
              read_entries(placed->file, table->entries, table->count, bytes, &verified));
    }
    if (!ok) {
        g_free(entries);
        return false;
    }
    Reader reader = reader_init(bytes, (size_t)table->count * 4);
    for (uint32_t i = 0; i < table->count; i++)
        entries[i] = reader_u32le(&reader);
    loaded->entries = entries;
    loaded->overflow = find_overflow(entries, table->count);
    return true;
}

static const Loaded *load_table(EwfMedium *ewf, size_t index, const Placed *placed)
{
    Loaded *oldest = &ewf->loaded[0];
    for (size_t i = 0; i < LOADED_TABLES; i++) {
        Loaded *each = &ewf->loaded[i];
        if (each->used > 0 && each->placed == index) {
            each->used = ++ewf->clock;
            return each;
        }
        if (each->used < oldest->used)
            oldest = each;
    }
    g_free(oldest->entries);
    *oldest = (Loaded){.placed = index};
    if (!decode_table(placed, oldest))
        return NULL;
    oldest->used = ++ewf->clock;
    return oldest;
}

// ---- Chunks -------------------------------------------------------------------------------------

// The table that holds a chunk, or the first behind it; the number of tables when there is none.
static unsigned find_table(const EwfMedium *ewf, uint64_t chunk)
{
    unsigned low = 0, high = ewf->tables->len;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        const Placed *placed = &g_array_index(ewf->tables, Placed, middle);
        if (placed->first_chunk + placed->table.count <= chunk)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool find_chunk(const Loaded *loaded, const Placed *placed, uint32_t index, Piece *piece)
{
    const EwfTable *table = &placed->table;
    bool is_over = index >= loaded->overflow;
    uint32_t entry = loaded->entries[index];
    uint64_t begin = table->base + (is_over ? entry : entry & INT32_MAX);
    uint64_t end = table->data_end;
    if (index + 1 < table->count) {
        uint32_t next = loaded->entries[index + 1];
        end = table->base + (index + 1 >= loaded->overflow ? next : next & INT32_MAX);
    }
    if (begin < table->base || end <= begin || end - begin > UINT32_MAX)
        return false;
    piece->kind = PIECE_PACKED;
    piece->packing = !is_over && entry > INT32_MAX ? PACKING_ZLIB : PACKING_ADLER32;
    piece->file = placed->file;
    piece->offset = begin;
    // Chunks need not be written in order: what follows in the table may lie far behind.
    uint64_t most = (piece->end - piece->begin) * 2 + 4096;
    piece->packed_bytes = (uint32_t)MIN(end - begin, most);
    return true;
}

static bool find(void *user_data, uint64_t offset, Piece *ret_piece, GError **err)
{
    EwfMedium *ewf = user_data;
    uint64_t chunk = offset / ewf->chunk_bytes;
    unsigned index = find_table(ewf, chunk);
    const Placed *placed =
        index < ewf->tables->len ? &g_array_index(ewf->tables, Placed, index) : NULL;
    if (placed == NULL || placed->first_chunk > chunk) {
        *ret_piece = (Piece){.begin = offset,
                             .end = placed != NULL ? placed->first_chunk * ewf->chunk_bytes
                                                   : ewf->medium_bytes,
                             .kind = PIECE_ZERO};
        return true;
    }
    uint64_t begin = chunk * ewf->chunk_bytes;
    *ret_piece = (Piece){.begin = begin, .end = begin + ewf->chunk_bytes};
    if (ret_piece->end > ewf->medium_bytes)
        ret_piece->least_bytes = ewf->medium_bytes - begin;
    const Loaded *loaded = load_table(ewf, index, placed);
    if (loaded != NULL &&
        find_chunk(loaded, placed, (uint32_t)(chunk - placed->first_chunk), ret_piece))
        return true;
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "the table of its chunks is damaged");
    return false;
}

// Bytes that the last chunk holds behind the medium's last whole sector.
static uint64_t find_rest(EwfMedium *ewf)
{
    Piece piece = {0};
    uint64_t known = ewf->medium_bytes % ewf->chunk_bytes;
    if (!find(ewf, ewf->medium_bytes, &piece, NULL) || piece.kind != PIECE_PACKED)
        return 0;
    g_autofree uint8_t *packed = g_try_malloc(piece.packed_bytes);
    g_autofree uint8_t *chunk = g_try_malloc(ewf->chunk_bytes);
    size_t count = 0;
    bool ok = packed != NULL && chunk != NULL &&
              source_read_exact(piece.file, piece.offset, packed, piece.packed_bytes, NULL) &&
              unpack(piece.packing, packed, piece.packed_bytes, chunk, (size_t)known,
                     ewf->chunk_bytes, &count, NULL);
    // A whole sector more would be padding.
    return ok && count - known < ewf->sector_bytes ? count - known : 0;
}

static void free_map(void *user_data)
{
    ewf_medium_free(user_data);
}

PieceMedium *ewf_medium_finish(EwfMedium *ewf, GArray **ret_gaps)
{
    static const PieceMapOps ops = {find, free_map};
    place_tables(ewf);
    drop_unplaced(ewf);
    *ret_gaps = find_gaps(ewf);
    ewf->medium_bytes += find_rest(ewf);
    return piece_medium_new(&ops, ewf, ewf->medium_bytes);
}
