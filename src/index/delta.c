// SPDX-License-Identifier: Apache-2.0
//
// One lock, held inside this file only. Rows are never removed, so everything is append-only arrays
// and a table of chains through them; the hash is seeded, so that nobody can choose values that all
// fall into one chain.
#include "index/delta.h"

#include "base/error.h"
#include "index/hamming_kernel.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <xxhash.h>

#define NO_ROW UINT32_MAX
#define FIRST_CHAINS 1024u
#define TILE_VALUES 1024u

struct IndexDelta {
    pthread_rwlock_t lock;
    uint64_t seed;
    IndexRow *rows;
    uint32_t *next; // row -> next row in its chain
    uint32_t row_count;
    uint32_t row_capacity;
    uint32_t *chains;       // hash -> first row
    uint32_t chain_count;   // a power of two, at least row_count / 2
    uint64_t *first_halves; // of permuted PDQ values
    uint64_t *second_halves;
    uint32_t *pdq_rows; // PDQ value -> row
    uint32_t pdq_count;
    uint32_t pdq_capacity;
    GHashTable *withdrawn; // set of uint64_t
    const HammingKernel *kernel;
};

IndexDelta *index_delta_new(void)
{
    IndexDelta *delta = g_new0(IndexDelta, 1);
    pthread_rwlock_init(&delta->lock, NULL);
    if (getrandom(&delta->seed, sizeof delta->seed, 0) != (ssize_t)sizeof delta->seed)
        delta->seed = (uint64_t)g_get_real_time();
    delta->chain_count = FIRST_CHAINS;
    delta->chains = g_new(uint32_t, FIRST_CHAINS);
    memset(delta->chains, 0xff, FIRST_CHAINS * sizeof *delta->chains);
    delta->withdrawn = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    delta->kernel = hamming_kernel_best();
    return delta;
}

void index_delta_free(IndexDelta *delta)
{
    if (delta == NULL)
        return;
    pthread_rwlock_destroy(&delta->lock);
    g_hash_table_unref(delta->withdrawn);
    g_free(delta->rows);
    g_free(delta->next);
    g_free(delta->chains);
    g_free(delta->first_halves);
    g_free(delta->second_halves);
    g_free(delta->pdq_rows);
    g_free(delta);
}

static uint32_t chain_of(const IndexDelta *delta, IndexType type, const uint8_t *value)
{
    uint64_t hash =
        XXH3_64bits_withSeed(value, index_type_width(type), delta->seed + (unsigned)type);
    return (uint32_t)hash & (delta->chain_count - 1);
}

static bool has_value(const IndexRow *row, IndexType type, const uint8_t *value)
{
    return row->type == type && memcmp(row->value, value, index_type_width(type)) == 0;
}

static bool holds_row(const IndexDelta *delta, const IndexRow *row)
{
    uint32_t i = delta->chains[chain_of(delta, row->type, row->value)];
    for (; i != NO_ROW; i = delta->next[i]) {
        const IndexRow *other = &delta->rows[i];
        if (other->entry_id == row->entry_id && other->set_id == row->set_id &&
            has_value(other, row->type, row->value))
            return true;
    }
    return false;
}

static void link_row(IndexDelta *delta, uint32_t number)
{
    const IndexRow *row = &delta->rows[number];
    uint32_t *chain = &delta->chains[chain_of(delta, row->type, row->value)];
    delta->next[number] = *chain;
    *chain = number;
}

static void grow_rows(IndexDelta *delta)
{
    delta->row_capacity = delta->row_capacity * 2 + 256;
    delta->rows = g_renew(IndexRow, delta->rows, delta->row_capacity);
    delta->next = g_renew(uint32_t, delta->next, delta->row_capacity);
}

static void grow_chains(IndexDelta *delta)
{
    delta->chain_count *= 2;
    delta->chains = g_renew(uint32_t, delta->chains, delta->chain_count);
    memset(delta->chains, 0xff, delta->chain_count * sizeof *delta->chains);
    for (uint32_t i = 0; i < delta->row_count; i++)
        link_row(delta, i);
}

static void append_row(IndexDelta *delta, const IndexRow *row)
{
    if (delta->row_count == delta->row_capacity)
        grow_rows(delta);
    delta->rows[delta->row_count] = *row;
    link_row(delta, delta->row_count++);
    if (delta->row_count / 2 > delta->chain_count)
        grow_chains(delta);
}

// Remembers the value of the row added last for scans.
static void append_pdq(IndexDelta *delta, const IndexRow *row)
{
    if (delta->pdq_count == delta->pdq_capacity) {
        delta->pdq_capacity = delta->pdq_capacity * 2 + 256;
        size_t words = (size_t)delta->pdq_capacity * 2;
        delta->first_halves = g_renew(uint64_t, delta->first_halves, words);
        delta->second_halves = g_renew(uint64_t, delta->second_halves, words);
        delta->pdq_rows = g_renew(uint32_t, delta->pdq_rows, delta->pdq_capacity);
    }
    HammingValue value = hamming_permute(row->value);
    memcpy(delta->first_halves + 2 * (size_t)delta->pdq_count, value.words, 16);
    memcpy(delta->second_halves + 2 * (size_t)delta->pdq_count, value.words + 2, 16);
    delta->pdq_rows[delta->pdq_count++] = delta->row_count - 1;
}

bool index_delta_add(IndexDelta *delta, const IndexRow *row, GError **err)
{
    if ((unsigned)row->type >= INDEX_TYPE_COUNT) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "cannot index a value of unknown type %d",
                    (int)row->type);
        return false;
    }
    pthread_rwlock_wrlock(&delta->lock);
    bool full = delta->row_count == INDEX_DELTA_MAX_ROWS;
    if (!full && !holds_row(delta, row)) {
        append_row(delta, row);
        if (row->type == INDEX_PDQ)
            append_pdq(delta, row);
    }
    pthread_rwlock_unlock(&delta->lock);
    if (full)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "cannot add to the index: it has %u rows beside its file and must be rebuilt",
                    INDEX_DELTA_MAX_ROWS);
    return !full;
}

void index_delta_withdraw(IndexDelta *delta, uint64_t entry_id)
{
    gint64 *key = g_new(gint64, 1);
    *key = (gint64)entry_id;
    pthread_rwlock_wrlock(&delta->lock);
    g_hash_table_add(delta->withdrawn, key);
    pthread_rwlock_unlock(&delta->lock);
}

void index_delta_reinstate(IndexDelta *delta, uint64_t entry_id)
{
    gint64 key = (gint64)entry_id;
    pthread_rwlock_wrlock(&delta->lock);
    g_hash_table_remove(delta->withdrawn, &key);
    pthread_rwlock_unlock(&delta->lock);
}

size_t index_delta_rows(IndexDelta *delta)
{
    pthread_rwlock_rdlock(&delta->lock);
    size_t rows = delta->row_count;
    pthread_rwlock_unlock(&delta->lock);
    return rows;
}

size_t index_delta_withdrawn(IndexDelta *delta)
{
    pthread_rwlock_rdlock(&delta->lock);
    size_t count = g_hash_table_size(delta->withdrawn);
    pthread_rwlock_unlock(&delta->lock);
    return count;
}

static bool report(const IndexDelta *delta, uint32_t row, size_t query, uint32_t distance,
                   IndexHits *hits)
{
    IndexHit hit = {
        .entry_id = delta->rows[row].entry_id,
        .set_id = delta->rows[row].set_id,
        .query = (uint32_t)query,
        .distance = distance,
    };
    return index_hits_add(hits, hit);
}

bool index_delta_find(IndexDelta *delta, const IndexDigest *digests, size_t count, IndexHits *hits)
{
    bool ok = true;
    pthread_rwlock_rdlock(&delta->lock);
    for (size_t i = 0; ok && i < count && delta->row_count > 0; i++) {
        const IndexDigest *digest = &digests[i];
        uint32_t row = delta->chains[chain_of(delta, digest->type, digest->value)];
        for (; ok && row != NO_ROW; row = delta->next[row]) {
            if (has_value(&delta->rows[row], digest->type, digest->value))
                ok = report(delta, row, i, 0, hits);
        }
    }
    pthread_rwlock_unlock(&delta->lock);
    return ok;
}

typedef struct {
    const IndexDelta *delta;
    const IndexDeltaQuery *query;
    HammingValue value;
    uint64_t may_find;
    IndexHits *hits;
} DeltaScan;

static bool scan_tile(DeltaScan *scan, uint32_t start, uint32_t count)
{
    const IndexDelta *delta = scan->delta;
    uint32_t radius = scan->query->radius;
    uint32_t near[TILE_VALUES + 8];
    const uint64_t *halves = delta->first_halves + 2 * (size_t)start;
    uint32_t found = delta->kernel->scan(halves, count, scan->value.words, radius, near);
    for (uint32_t i = 0; i < found && scan->may_find > 0; i++) {
        uint32_t number = start + near[i];
        const uint64_t *second = delta->second_halves + 2 * (size_t)number;
        uint32_t distance = hamming_half_distance(halves + 2 * (size_t)near[i], scan->value.words) +
                            hamming_half_distance(second, scan->value.words + 2);
        if (distance > radius)
            continue;
        if (!report(delta, delta->pdq_rows[number], scan->query->number, distance, scan->hits))
            return false;
        scan->may_find--;
    }
    return true;
}

bool index_delta_near(IndexDelta *delta, const IndexDeltaQuery *query, IndexHits *hits)
{
    bool ok = true;
    DeltaScan scan = {delta, query, hamming_permute(query->value), query->max_rows, hits};
    pthread_rwlock_rdlock(&delta->lock);
    for (uint32_t start = 0; ok && scan.may_find > 0 && start < delta->pdq_count;
         start += TILE_VALUES)
        ok = scan_tile(&scan, start, MIN(TILE_VALUES, delta->pdq_count - start));
    pthread_rwlock_unlock(&delta->lock);
    return ok;
}

void index_delta_hide_withdrawn(IndexDelta *delta, IndexHits *hits, size_t first)
{
    pthread_rwlock_rdlock(&delta->lock);
    if (g_hash_table_size(delta->withdrawn) > 0) {
        size_t kept = first;
        for (size_t i = first; i < hits->count; i++) {
            gint64 key = (gint64)hits->items[i].entry_id;
            if (!g_hash_table_contains(delta->withdrawn, &key))
                hits->items[kept++] = hits->items[i];
        }
        hits->count = kept;
    }
    pthread_rwlock_unlock(&delta->lock);
}
