// SPDX-License-Identifier: Apache-2.0
//
// A table search runs in three passes, each of which asks the processor to fetch what the next one
// reads, because nearly all of its time is waiting for memory: (1) bucket starts and ends of all
// tables, which also gives the number of values to look at; (2) value numbers; (3) values.
#include "index/hamming_index.h"

#include <stdlib.h>
#include <string.h>

#define BATCH_QUERIES 32u      // queries that share a scan
#define TILE_VALUES 1024u      // values scanned for all of them before going on
#define CANDIDATES 128u        // values fetched ahead, twice
#define VALUES_PER_SCANNED 16u // values a scan passes in the time a table search looks at one
#define COLD_SCANS 16          // a fresh file reads its tables after so many scans

struct HammingIndex {
    HammingArrays arrays;
    HammingProbes *probes; // NULL without tables
    const HammingKernel *kernel;
    atomic_int cold_scans; // scans left before tables are used on a file not loaded yet
};

// One query on its way.
typedef struct {
    HammingIndex *index;
    uint32_t number;
    uint32_t radius;
    HammingValue value;
    HammingHits *hits;
    IndexFault *fault;
} Search;

typedef struct {
    uint32_t start;
    uint32_t end;
} Range;

// Non-empty buckets of all tables; those of table t are first[t] .. first[t + 1] - 1.
typedef struct {
    uint32_t first[HAMMING_MAX_TABLES + 1];
    uint64_t values;
    Range items[HAMMING_MAX_PROBES];
} Buckets;

// Values of one table that are being fetched, or looked at.
typedef struct {
    uint32_t table;
    uint32_t count;
    uint32_t ids[CANDIDATES];
} Candidates;

// Two batches of candidates take turns: one is being fetched while the other is looked at.
typedef struct {
    Candidates batches[2];
    unsigned turn; // the one being filled
} Pipeline;

bool hamming_hits_add(HammingHits *hits, HammingHit hit, IndexFault *fault)
{
    if (hits->count == hits->capacity) {
        size_t capacity = hits->capacity * 2 + 64;
        HammingHit *items = realloc(hits->items, capacity * sizeof *items);
        if (items == NULL)
            return index_fault_memory(fault);
        hits->items = items;
        hits->capacity = capacity;
    }
    hits->items[hits->count++] = hit;
    return true;
}

void hamming_hits_clear(HammingHits *hits)
{
    free(hits->items);
    *hits = (HammingHits){0};
}

static bool table_fits(const HammingTable *table, HammingSubstring substring, uint32_t count)
{
    const OffsetTable *offsets = &table->offsets;
    uint32_t bits = offsets->group_bits;
    if (offsets->items != count || offsets->buckets != 1u << substring.bits || bits < 3 || bits > 6)
        return false;
    if (offsets->base->size_bytes != offset_table_base_bytes(offsets->buckets, bits) ||
        offsets->within->size_bytes != offset_table_within_bytes(offsets->buckets, bits) ||
        offsets->wide->size_bytes != offset_table_wide_bytes(offsets->wide_groups, bits))
        return false;
    return table->ids == NULL || table->ids->size_bytes == (size_t)count * sizeof(uint32_t);
}

static bool arrays_fit(const HammingArrays *arrays)
{
    size_t half_bytes = (size_t)arrays->count * 16;
    if (arrays->count > OFFSET_TABLE_MAX_ITEMS || !hamming_plan_valid(&arrays->plan) ||
        arrays->first_halves->size_bytes != half_bytes ||
        arrays->second_halves->size_bytes != half_bytes)
        return false;
    for (uint32_t i = 0; i < arrays->plan.table_count; i++) {
        if (!table_fits(&arrays->tables[i], arrays->plan.substrings[i], arrays->count))
            return false;
    }
    return true;
}

static bool needs_loading(const HammingArrays *arrays)
{
    for (uint32_t i = 0; i < arrays->plan.table_count; i++) {
        if (!region_complete(arrays->tables[i].offsets.within))
            return true;
    }
    return false;
}

HammingIndex *hamming_index_attach(const HammingArrays *arrays, IndexFault *fault)
{
    if (!arrays_fit(arrays)) {
        index_fault_malformed(fault, "the tables do not fit their counts");
        return NULL;
    }
    HammingIndex *index = calloc(1, sizeof *index);
    if (index == NULL) {
        index_fault_memory(fault);
        return NULL;
    }
    index->arrays = *arrays;
    index->kernel = hamming_kernel_best();
    atomic_init(&index->cold_scans, needs_loading(arrays) ? COLD_SCANS : 0);
    if (arrays->plan.table_count > 0) {
        index->probes = hamming_probes_new(&arrays->plan, arrays->count);
        if (index->probes == NULL) {
            hamming_index_free(index);
            index_fault_malformed(fault, "the tables ask for too many buckets");
            return NULL;
        }
    }
    return index;
}

void hamming_index_free(HammingIndex *index)
{
    if (index == NULL)
        return;
    hamming_probes_free(index->probes);
    free(index);
}

uint32_t hamming_index_count(const HammingIndex *index)
{
    return index->arrays.count;
}

const HammingPlan *hamming_index_plan(const HammingIndex *index)
{
    return &index->arrays.plan;
}

void hamming_index_use_kernel(HammingIndex *index, const HammingKernel *kernel)
{
    index->kernel = kernel;
}

static const uint64_t *half_at(const BlockRegion *halves, uint32_t id)
{
    return (const uint64_t *)halves->data + 2 * (size_t)id;
}

// Whole distance of a value whose first half is loaded and has passed.
static bool full_distance(const Search *search, uint32_t id, uint32_t *ret_distance)
{
    const HammingArrays *arrays = &search->index->arrays;
    if (!region_need(arrays->second_halves, (size_t)id * 16, 16, search->fault))
        return false;
    *ret_distance =
        hamming_half_distance(half_at(arrays->first_halves, id), search->value.words) +
        hamming_half_distance(half_at(arrays->second_halves, id), search->value.words + 2);
    return true;
}

static bool report(const Search *search, uint32_t id, uint32_t distance)
{
    HammingHit hit = {search->number, id, distance};
    return hamming_hits_add(search->hits, hit, search->fault);
}

// A value stands in one bucket of every table, so several tables may lead to it; the first of them
// reports it. No memory of what was reported is needed.
static bool found_before(const Search *search, uint32_t id, uint32_t table)
{
    const HammingArrays *arrays = &search->index->arrays;
    HammingValue value;
    memcpy(value.words, half_at(arrays->first_halves, id), 16);
    memcpy(value.words + 2, half_at(arrays->second_halves, id), 16);
    for (uint32_t i = 0; i < table; i++) {
        int radius = hamming_probes_radius(search->index->probes, search->radius, i);
        HammingSubstring substring = arrays->plan.substrings[i];
        uint32_t differing =
            hamming_substring(&value, substring) ^ hamming_substring(&search->value, substring);
        if (__builtin_popcount(differing) <= radius)
            return true;
    }
    return false;
}

static bool check_candidates(const Search *search, const Candidates *candidates)
{
    const HammingIndex *index = search->index;
    uint32_t near[CANDIDATES + 8];
    uint32_t count =
        index->kernel->pick((const uint64_t *)index->arrays.first_halves->data, candidates->ids,
                            candidates->count, search->value.words, search->radius, near);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t distance;
        if (!full_distance(search, near[i], &distance))
            return false;
        if (distance <= search->radius && !found_before(search, near[i], candidates->table) &&
            !report(search, near[i], distance))
            return false;
    }
    return true;
}

// Asks for the bucket starts of one table.
static bool prepare_table(const Search *search, uint32_t table)
{
    const HammingIndex *index = search->index;
    int radius = hamming_probes_radius(index->probes, search->radius, table);
    if (radius < 0)
        return true;
    uint32_t count;
    const uint32_t *patterns = hamming_probes_patterns(index->probes, table, radius, &count);
    uint32_t key = hamming_substring(&search->value, index->arrays.plan.substrings[table]);
    const OffsetTable *offsets = &index->arrays.tables[table].offsets;
    for (uint32_t i = 0; i < count; i++) {
        if (!offset_table_prepare(offsets, key ^ patterns[i], search->fault))
            return false;
    }
    return true;
}

// Collects the non-empty buckets of one table and asks for the value numbers in them.
static bool open_table(const Search *search, uint32_t table, Buckets *buckets)
{
    const HammingIndex *index = search->index;
    uint32_t next = buckets->first[table];
    int radius = hamming_probes_radius(index->probes, search->radius, table);
    uint32_t count = 0;
    const uint32_t *patterns = NULL;
    if (radius >= 0)
        patterns = hamming_probes_patterns(index->probes, table, radius, &count);
    uint32_t key = hamming_substring(&search->value, index->arrays.plan.substrings[table]);
    const OffsetTable *offsets = &index->arrays.tables[table].offsets;
    BlockRegion *ids = index->arrays.tables[table].ids;
    for (uint32_t i = 0; i < count; i++) {
        Range range;
        if (!offset_table_range(offsets, key ^ patterns[i], &range.start, &range.end,
                                search->fault))
            return false;
        if (range.start == range.end)
            continue;
        buckets->items[next++] = range;
        buckets->values += range.end - range.start;
        if (ids != NULL)
            __builtin_prefetch(ids->data + (size_t)range.start * 4);
    }
    buckets->first[table + 1] = next;
    return true;
}

static bool open_buckets(const Search *search, Buckets *buckets)
{
    uint32_t tables = search->index->arrays.plan.table_count;
    buckets->values = 0;
    buckets->first[0] = 0;
    if (!prepare_table(search, 0))
        return false;
    for (uint32_t table = 0; table < tables; table++) {
        if (table + 1 < tables && !prepare_table(search, table + 1))
            return false;
        if (!open_table(search, table, buckets))
            return false;
    }
    return true;
}

// Takes value numbers from a bucket, from *position on, until it ends or the candidates are full.
static bool take_candidates(const Search *search, const HammingTable *table, Range range,
                            uint32_t *position, Candidates *candidates)
{
    const HammingArrays *arrays = &search->index->arrays;
    const uint32_t *ids = table->ids != NULL ? (const uint32_t *)table->ids->data : NULL;
    uint32_t start = *position;
    if (ids != NULL &&
        !region_need(table->ids, (size_t)start * 4, (size_t)(range.end - start) * 4, search->fault))
        return false;
    while (*position < range.end && candidates->count < CANDIDATES) {
        uint32_t id = ids != NULL ? ids[*position] : *position;
        if (id >= arrays->count)
            return index_fault_malformed(search->fault, "a table names a value that is not there");
        if (!region_need(arrays->first_halves, (size_t)id * 16, 16, search->fault))
            return false;
        __builtin_prefetch(half_at(arrays->first_halves, id));
        candidates->ids[candidates->count++] = id;
        ++*position;
    }
    return true;
}

// Looks at the batch filled before last, whose values have arrived, and fills it next.
static bool turn_over(const Search *search, Pipeline *pipeline)
{
    pipeline->turn ^= 1;
    Candidates *batch = &pipeline->batches[pipeline->turn];
    bool ok = check_candidates(search, batch);
    batch->count = 0;
    return ok;
}

static bool search_table(const Search *search, const Buckets *buckets, uint32_t table,
                         Pipeline *pipeline)
{
    const HammingTable *from = &search->index->arrays.tables[table];
    for (uint32_t i = buckets->first[table]; i < buckets->first[table + 1]; i++) {
        uint32_t position = buckets->items[i].start;
        while (position < buckets->items[i].end) {
            Candidates *batch = &pipeline->batches[pipeline->turn];
            batch->table = table;
            if (!take_candidates(search, from, buckets->items[i], &position, batch))
                return false;
            if (batch->count == CANDIDATES && !turn_over(search, pipeline))
                return false;
        }
    }
    return turn_over(search, pipeline);
}

static bool look_into_buckets(const Search *search, const Buckets *buckets)
{
    Pipeline pipeline;
    pipeline.turn = 0;
    pipeline.batches[0].count = 0;
    pipeline.batches[1].count = 0;
    for (uint32_t table = 0; table < search->index->arrays.plan.table_count; table++) {
        if (!search_table(search, buckets, table, &pipeline))
            return false;
    }
    return turn_over(search, &pipeline);
}

// True in *ret_answered unless a scan is the better way.
static bool search_tables(const Search *search, bool *ret_answered)
{
    HammingIndex *index = search->index;
    Buckets buckets;
    *ret_answered = false;
    if (index->probes == NULL || search->radius > HAMMING_MAX_RADIUS)
        return true;
    if (atomic_load_explicit(&index->cold_scans, memory_order_relaxed) > 0) {
        atomic_fetch_sub_explicit(&index->cold_scans, 1, memory_order_relaxed);
        return true;
    }
    if (!open_buckets(search, &buckets))
        return false;
    if (buckets.values > index->arrays.count / VALUES_PER_SCANNED)
        return true;
    *ret_answered = true;
    return look_into_buckets(search, &buckets);
}

static bool scan_tile(const Search *search, uint32_t start, uint32_t count)
{
    const HammingIndex *index = search->index;
    uint32_t near[TILE_VALUES + 8];
    uint32_t found = index->kernel->scan(half_at(index->arrays.first_halves, start), count,
                                         search->value.words, search->radius, near);
    for (uint32_t i = 0; i < found; i++) {
        uint32_t distance;
        if (!full_distance(search, start + near[i], &distance))
            return false;
        if (distance <= search->radius && !report(search, start + near[i], distance))
            return false;
    }
    return true;
}

static bool scan_for_all(const Search *searches, uint32_t search_count)
{
    if (search_count == 0)
        return true;
    const HammingArrays *arrays = &searches[0].index->arrays;
    for (uint32_t start = 0; start < arrays->count; start += TILE_VALUES) {
        uint32_t count = arrays->count - start < TILE_VALUES ? arrays->count - start : TILE_VALUES;
        if (!region_need(arrays->first_halves, (size_t)start * 16, (size_t)count * 16,
                         searches[0].fault))
            return false;
        for (uint32_t i = 0; i < search_count; i++) {
            if (!scan_tile(&searches[i], start, count))
                return false;
        }
    }
    searches[0].hits->scans += search_count;
    return true;
}

bool hamming_index_query(HammingIndex *index, const uint8_t (*values)[HAMMING_BYTES], size_t count,
                         uint32_t radius, HammingHits *hits, IndexFault *fault)
{
    Search scans[BATCH_QUERIES];
    uint32_t scan_count = 0;
    for (size_t i = 0; i < count; i++) {
        Search search = {index, (uint32_t)i, radius, hamming_permute(values[i]), hits, fault};
        bool answered;
        if (!search_tables(&search, &answered))
            return false;
        if (!answered)
            scans[scan_count++] = search;
        if (scan_count == BATCH_QUERIES) {
            if (!scan_for_all(scans, scan_count))
                return false;
            scan_count = 0;
        }
    }
    return scan_for_all(scans, scan_count);
}
