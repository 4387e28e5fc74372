// SPDX-License-Identifier: Apache-2.0
#include "evidence/source.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"

// Pieces in which a source is loaded whole.
#define LOAD_STEP_BYTES (4u << 20)

static _Thread_local uint64_t damage_count;

void source_note_damage(void)
{
    damage_count++;
}

uint64_t source_damage_count(void)
{
    return damage_count;
}

struct Source {
    const SourceOps *ops;
    void *user_data;
    uint64_t size_bytes;
    uint8_t *mapped;         // all bytes, once source_map was asked
    const uint8_t *borrowed; // all bytes when they lie in memory anyway
};

Source *source_new(const SourceOps *ops, void *user_data, uint64_t size_bytes)
{
    Source *source = g_new0(Source, 1);
    *source = (Source){.ops = ops, .user_data = user_data, .size_bytes = size_bytes};
    return source;
}

void source_free(Source *source)
{
    if (source == NULL)
        return;
    if (source->ops->free != NULL)
        source->ops->free(source->user_data);
    g_free(source->mapped);
    g_free(source);
}

uint64_t source_size(const Source *source)
{
    return source->size_bytes;
}

// ---- Reading ----------------------------------------------------------------------------------

ssize_t source_read(Source *source, uint64_t offset, void *target, size_t size, GError **err)
{
    if (offset >= source->size_bytes)
        return 0;
    size_t wanted = (size_t)MIN((uint64_t)size, source->size_bytes - offset);
    if (source->borrowed != NULL) {
        memcpy(target, source->borrowed + offset, wanted);
        return (ssize_t)wanted;
    }
    size_t done = 0;
    while (done < wanted) {
        g_autoptr(GError) error = NULL;
        ssize_t count = source->ops->read_at(source->user_data, offset + done,
                                             (uint8_t *)target + done, wanted - done, &error);
        if (count < 0 && done == 0) {
            g_propagate_error(err, g_steal_pointer(&error));
            return -1;
        }
        if (count <= 0)
            break;
        done += (size_t)count;
    }
    return (ssize_t)done;
}

bool source_read_exact(Source *source, uint64_t offset, void *target, size_t size, GError **err)
{
    ssize_t count = source_read(source, offset, target, size, err);
    if (count == (ssize_t)size)
        return true;
    if (count >= 0)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "only %zd of %zu bytes are there at byte %" G_GUINT64_FORMAT, count, size,
                    offset);
    return false;
}

static uint8_t *load(Source *source, GError **err)
{
    if (source->size_bytes > LIMIT_EVIDENCE_MAPPED_BYTES) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "%" G_GUINT64_FORMAT " bytes are more than the %u MiB that are opened in one "
                    "block",
                    source->size_bytes, LIMIT_EVIDENCE_MAPPED_BYTES >> 20);
        return NULL;
    }
    g_autofree uint8_t *bytes = g_try_malloc((size_t)source->size_bytes + 1);
    if (bytes == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "there is no memory for %" G_GUINT64_FORMAT " bytes", source->size_bytes);
        return NULL;
    }
    for (uint64_t offset = 0; offset < source->size_bytes; offset += LOAD_STEP_BYTES) {
        uint64_t left = source->size_bytes - offset;
        size_t step = (size_t)MIN(left, (uint64_t)LOAD_STEP_BYTES);
        if (!source_read_exact(source, offset, bytes + offset, step, err))
            return NULL;
    }
    return g_steal_pointer(&bytes);
}

const uint8_t *source_map(Source *source, size_t *ret_size_bytes, GError **err)
{
    if (source->borrowed == NULL && source->mapped == NULL) {
        source->mapped = load(source, err);
        if (source->mapped == NULL)
            return NULL;
        source->borrowed = source->mapped;
    }
    *ret_size_bytes = (size_t)source->size_bytes;
    return source->borrowed;
}

// ---- A descriptor -----------------------------------------------------------------------------

static ssize_t descriptor_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                                  GError **err)
{
    int descriptor = GPOINTER_TO_INT(user_data);
    ssize_t count;
    do
        count = pread(descriptor, target, size, (off_t)offset);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        clew_error_set_errno(err, errno, "reading failed at byte %" G_GUINT64_FORMAT, offset);
    return count;
}

static void descriptor_free(void *user_data)
{
    close(GPOINTER_TO_INT(user_data));
}

Source *source_new_descriptor(int descriptor, uint64_t size_bytes)
{
    static const SourceOps ops = {descriptor_read_at, descriptor_free};
    return source_new(&ops, GINT_TO_POINTER(descriptor), size_bytes);
}

// ---- Memory -----------------------------------------------------------------------------------

static ssize_t memory_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                              GError **err)
{
    memcpy(target, (const uint8_t *)user_data + offset, size);
    return (ssize_t)size;
}

Source *source_new_memory(const void *bytes, uint64_t size_bytes)
{
    static const SourceOps ops = {memory_read_at, NULL};
    // An empty block may be NULL, which would read as "not in memory".
    const void *block = bytes != NULL ? bytes : "";
    Source *source = source_new(&ops, (void *)(uintptr_t)block, size_bytes);
    source->borrowed = block;
    return source;
}

static ssize_t bytes_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                             GError **err)
{
    memcpy(target, (const uint8_t *)g_bytes_get_data(user_data, NULL) + offset, size);
    return (ssize_t)size;
}

static void bytes_free(void *user_data)
{
    g_bytes_unref(user_data);
}

Source *source_new_bytes(GBytes *bytes)
{
    static const SourceOps ops = {bytes_read_at, bytes_free};
    Source *source = source_new(&ops, bytes, g_bytes_get_size(bytes));
    const void *data = g_bytes_get_data(bytes, NULL);
    source->borrowed = data != NULL ? data : (const uint8_t *)"";
    return source;
}

// ---- Parts of another source ------------------------------------------------------------------

typedef struct {
    Source *whole;
    uint64_t offset;
} Range;

static ssize_t range_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                             GError **err)
{
    const Range *range = user_data;
    return source_read(range->whole, range->offset + offset, target, size, err);
}

Source *source_new_range(Source *whole, uint64_t offset, uint64_t size_bytes)
{
    static const SourceOps ops = {range_read_at, g_free};
    uint64_t begin = MIN(offset, whole->size_bytes);
    uint64_t size = MIN(size_bytes, whole->size_bytes - begin);
    Range *range = g_new(Range, 1);
    *range = (Range){.whole = whole, .offset = begin};
    Source *source = source_new(&ops, range, size);
    if (whole->borrowed != NULL)
        source->borrowed = whole->borrowed + begin;
    return source;
}

// Pieces laid end to end; `ends` are ascending offsets in the joined source.
typedef struct {
    Source *whole;      // of extents; NULL for joined sources
    GPtrArray *sources; // of joined sources
    uint64_t *begins;   // in the piece's source, for extents
    uint64_t *ends;
    size_t count;
} Pieces;

static void pieces_free(void *user_data)
{
    Pieces *pieces = user_data;
    g_clear_pointer(&pieces->sources, g_ptr_array_unref);
    g_free(pieces->begins);
    g_free(pieces->ends);
    g_free(pieces);
}

// The piece that holds the byte at `offset`.
static size_t find_piece(const Pieces *pieces, uint64_t offset)
{
    size_t low = 0, high = pieces->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pieces->ends[middle] <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static ssize_t pieces_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                              GError **err)
{
    const Pieces *pieces = user_data;
    size_t piece = find_piece(pieces, offset);
    uint64_t begin = piece == 0 ? 0 : pieces->ends[piece - 1];
    uint64_t left = pieces->ends[piece] - offset;
    size_t wanted = (size_t)MIN(left, (uint64_t)size);
    if (pieces->sources != NULL)
        return source_read(pieces->sources->pdata[piece], offset - begin, target, wanted, err);
    return source_read(pieces->whole, pieces->begins[piece] + (offset - begin), target, wanted,
                       err);
}

static const SourceOps pieces_ops = {pieces_read_at, pieces_free};

Source *source_new_extents(Source *whole, const Extent *extents, size_t count)
{
    Pieces *pieces = g_new0(Pieces, 1);
    pieces->whole = whole;
    pieces->begins = g_new0(uint64_t, count + 1);
    pieces->ends = g_new0(uint64_t, count + 1);
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t begin = MIN(extents[i].offset, whole->size_bytes);
        uint64_t size = MIN(extents[i].size_bytes, whole->size_bytes - begin);
        if (size == 0)
            continue;
        total += size;
        pieces->begins[pieces->count] = begin;
        pieces->ends[pieces->count++] = total;
    }
    return source_new(&pieces_ops, pieces, total);
}

static void free_source_void(void *source)
{
    source_free(source);
}

Source *source_new_joined(GPtrArray *sources)
{
    Pieces *pieces = g_new0(Pieces, 1);
    pieces->sources = sources;
    g_ptr_array_set_free_func(sources, free_source_void);
    pieces->ends = g_new0(uint64_t, sources->len + 1);
    pieces->count = sources->len;
    uint64_t total = 0;
    for (unsigned i = 0; i < sources->len; i++) {
        total += source_size(sources->pdata[i]);
        pieces->ends[i] = total;
    }
    return source_new(&pieces_ops, pieces, total);
}

// ---- A cache before something slow ------------------------------------------------------------

typedef struct {
    uint64_t block; // its number; valid when size > 0
    size_t size;
    uint64_t used; // the clock when it was last asked for
    uint8_t *bytes;
} CachedBlock;

typedef struct {
    Source *inner;
    size_t block_bytes, block_count;
    CachedBlock *blocks;
    uint64_t clock;
} Cache;

static void cache_free(void *user_data)
{
    Cache *cache = user_data;
    for (size_t i = 0; i < cache->block_count; i++)
        g_free(cache->blocks[i].bytes);
    g_free(cache->blocks);
    source_free(cache->inner);
    g_free(cache);
}

static CachedBlock *cache_block(Cache *cache, uint64_t number, GError **err)
{
    CachedBlock *oldest = &cache->blocks[0];
    for (size_t i = 0; i < cache->block_count; i++) {
        CachedBlock *block = &cache->blocks[i];
        if (block->size > 0 && block->block == number) {
            block->used = ++cache->clock;
            return block;
        }
        if (block->used < oldest->used)
            oldest = block;
    }
    if (oldest->bytes == NULL)
        oldest->bytes = g_malloc(cache->block_bytes);
    oldest->size = 0;
    oldest->block = number;
    uint64_t damage = source_damage_count();
    ssize_t count = source_read(cache->inner, number * cache->block_bytes, oldest->bytes,
                                cache->block_bytes, err);
    if (count < 0)
        return NULL;
    // Whoever reads the damaged part of a block is to hear of it, and nobody else.
    if (damage_count != damage) {
        damage_count = damage;
        return oldest;
    }
    oldest->size = (size_t)count;
    oldest->used = ++cache->clock;
    return oldest;
}

static ssize_t cache_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                             GError **err)
{
    Cache *cache = user_data;
    if (size >= cache->block_bytes)
        return source_read(cache->inner, offset, target, size, err);
    const CachedBlock *block = cache_block(cache, offset / cache->block_bytes, err);
    if (block == NULL)
        return -1;
    size_t within = (size_t)(offset % cache->block_bytes);
    // Behind a place that cannot be read the source itself says how it goes on.
    if (within >= block->size)
        return source_read(cache->inner, offset, target, size, err);
    size_t count = MIN(size, block->size - within);
    memcpy(target, block->bytes + within, count);
    return (ssize_t)count;
}

Source *source_new_cached(Source *inner, size_t block_bytes, size_t block_count)
{
    static const SourceOps ops = {cache_read_at, cache_free};
    Cache *cache = g_new0(Cache, 1);
    cache->inner = inner;
    cache->block_bytes = block_bytes;
    cache->block_count = block_count;
    cache->blocks = g_new0(CachedBlock, block_count);
    return source_new(&ops, cache, inner->size_bytes);
}
