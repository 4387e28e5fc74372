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
// Of the values that a scan is quicker for, a sink that may have enough is shown so large a part
// of those in the buckets first: where buckets are that full, most are near-duplicates.
#define TRIAL_PART 4u

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
    HammingSink *sink;
    IndexFault *fault;
    bool enough;       // the sink wants no more of this query
    uint64_t may_look; // values left to look at in the tables
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

// Values of one table that are being fetched, or looked at: places among the table's own halves if
// it has them, else ids.
typedef struct {
    uint32_t table;
    uint32_t count;
    uint32_t places[CANDIDATES];
} Candidates;

// Two batches of candidates take turns: one is being fetched while the other is looked at.
typedef struct {
    Candidates batches[2];
    unsigned turn; // the one being filled
} Pipeline;

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
    if (table->halves != NULL && table->halves->size_bytes != (size_t)count * 16)
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
    for (uint32_t i = 0; i < arrays->plan.table_count; i++) {
        if (arrays->tables[i].ids == NULL) // values are in the table's order
            index->arrays.tables[i].halves = arrays->first_halves;
    }
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

static bool report(Search *search, uint32_t id, uint32_t distance)
{
    HammingHit hit = {search->number, id, distance};
    HammingVerdict verdict = search->sink->found(search->sink->context, &hit, search->fault);
    search->enough = verdict == HAMMING_ENOUGH;
    return verdict != HAMMING_FAILED;
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

static bool check_id(const Search *search, uint32_t id)
{
    const HammingArrays *arrays = &search->index->arrays;
    if (id >= arrays->count)
        return index_fault_malformed(search->fault, "a table names a value that is not there");
    return region_need(arrays->first_halves, (size_t)id * 16, 16, search->fault);
}

// The id at a place of a table that has halves of its own.
static bool id_at(const Search *search, const HammingTable *table, uint32_t place, uint32_t *ret_id)
{
    *ret_id = place;
    if (table->ids == NULL)
        return true;
    if (!region_need(table->ids, (size_t)place * 4, 4, search->fault))
        return false;
    *ret_id = ((const uint32_t *)table->ids->data)[place];
    return check_id(search, *ret_id);
}

static bool check_value(Search *search, uint32_t id, uint32_t table)
{
    uint32_t distance;
    if (!full_distance(search, id, &distance))
        return false;
    return distance > search->radius || found_before(search, id, table) ||
           report(search, id, distance);
}

static bool check_candidates(Search *search, const Candidates *candidates)
{
    const HammingIndex *index = search->index;
    if (candidates->count == 0 || search->enough) // without any, `table` is not set yet
        return true;
    const HammingTable *table = &index->arrays.tables[candidates->table];
    const BlockRegion *halves = table->halves != NULL ? table->halves : index->arrays.first_halves;
    uint32_t near[CANDIDATES + 8];
    uint32_t count =
        index->kernel->pick((const uint64_t *)halves->data, candidates->places, candidates->count,
                            search->value.words, search->radius, near);
    for (uint32_t i = 0; i < count && !search->enough; i++) {
        uint32_t id = near[i];
        if (table->halves != NULL && !id_at(search, table, near[i], &id))
            return false;
        if (!check_value(search, id, candidates->table))
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
        if (i > 0 && (patterns[i] ^ patterns[i - 1]) >> offsets->group_bits == 0)
            continue; // in the group asked for last
        if (!offset_table_prepare(offsets, key ^ patterns[i], search->fault))
            return false;
    }
    return true;
}

// Asks for what the next pass reads of a bucket. Always inline: gcc takes a function of prefetches
// alone for one without effect and drops the calls.
__attribute__((always_inline)) static inline void prefetch_bucket(const HammingTable *table,
                                                                  Range range)
{
    if (table->halves != NULL) {
        __builtin_prefetch(table->halves->data + (size_t)range.start * 16, 0, 2);
        __builtin_prefetch(table->halves->data + (size_t)range.end * 16 - 1, 0, 2);
    } else {
        __builtin_prefetch(table->ids->data + (size_t)range.start * 4, 0, 2);
    }
}

// Collects the non-empty buckets of one table.
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
    for (uint32_t i = 0; i < count; i++) {
        Range range;
        if (!offset_table_range(offsets, key ^ patterns[i], &range.start, &range.end,
                                search->fault))
            return false;
        if (range.start == range.end)
            continue;
        buckets->items[next++] = range;
        buckets->values += range.end - range.start;
        prefetch_bucket(&index->arrays.tables[table], range);
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

// Takes values from a bucket, from *position on, until it ends or the candidates are full. This is
// the loop that waits for memory most, so that it keeps to a few instructions an id.
static bool take_ids(const Search *search, const HammingTable *table, Range range,
                     uint32_t *position, Candidates *candidates)
{
    const BlockRegion *halves = search->index->arrays.first_halves;
    const uint32_t *ids = (const uint32_t *)table->ids->data + *position;
    uint32_t room = CANDIDATES - candidates->count;
    uint32_t taken = range.end - *position < room ? range.end - *position : room;
    uint32_t *places = candidates->places + candidates->count;
    uint32_t safe = region_complete(halves) ? search->index->arrays.count : 0;
    if (!region_need(table->ids, (size_t)*position * 4, (size_t)taken * 4, search->fault))
        return false;
    for (uint32_t i = 0; i < taken; i++) {
        uint32_t id = ids[i];
        if (__builtin_expect(id >= safe, 0) && !check_id(search, id))
            return false;
        __builtin_prefetch(half_at(halves, id), 0, 2);
        places[i] = id;
    }
    candidates->count += taken;
    *position += taken;
    return true;
}

// The same from a table that has halves of its own; they were asked for when the bucket was opened.
static bool take_places(const Search *search, const HammingTable *table, Range range,
                        uint32_t *position, Candidates *candidates)
{
    if (!region_need(table->halves, (size_t)*position * 16, (size_t)(range.end - *position) * 16,
                     search->fault))
        return false;
    while (*position < range.end && candidates->count < CANDIDATES)
        candidates->places[candidates->count++] = (*position)++;
    return true;
}

// Looks at the batch filled before last, whose values have arrived, and fills it next.
static bool turn_over(Search *search, Pipeline *pipeline)
{
    pipeline->turn ^= 1;
    Candidates *batch = &pipeline->batches[pipeline->turn];
    bool ok = check_candidates(search, batch);
    search->may_look -= batch->count < search->may_look ? batch->count : search->may_look;
    batch->count = 0;
    return ok;
}

static bool search_table(Search *search, const Buckets *buckets, uint32_t table, Pipeline *pipeline)
{
    const HammingTable *from = &search->index->arrays.tables[table];
    for (uint32_t i = buckets->first[table]; i < buckets->first[table + 1]; i++) {
        uint32_t position = buckets->items[i].start;
        while (position < buckets->items[i].end) {
            if (search->enough || search->may_look == 0)
                return true;
            Candidates *batch = &pipeline->batches[pipeline->turn];
            batch->table = table;
            bool taken = from->halves != NULL
                             ? take_places(search, from, buckets->items[i], &position, batch)
                             : take_ids(search, from, buckets->items[i], &position, batch);
            if (!taken)
                return false;
            if (batch->count == CANDIDATES && !turn_over(search, pipeline))
                return false;
        }
    }
    return turn_over(search, pipeline);
}

static bool look_into_buckets(Search *search, const Buckets *buckets)
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

// The first part of what is in the buckets, for a sink that may have enough of it.
static bool try_buckets(Search *search, const Buckets *buckets, bool *ret_answered)
{
    search->may_look = search->index->arrays.count / VALUES_PER_SCANNED / TRIAL_PART;
    if (!look_into_buckets(search, buckets))
        return false;
    *ret_answered = search->enough;
    if (!search->enough)
        search->sink->again(search->sink->context, search->number);
    return true;
}

// True in *ret_answered unless a scan is the better way.
static bool search_tables(Search *search, bool *ret_answered)
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
        return search->sink->again == NULL || try_buckets(search, &buckets, ret_answered);
    *ret_answered = true;
    return look_into_buckets(search, &buckets);
}

static bool scan_tile(Search *search, uint32_t start, uint32_t count)
{
    const HammingIndex *index = search->index;
    uint32_t near[TILE_VALUES + 8];
    uint32_t found = index->kernel->scan(half_at(index->arrays.first_halves, start), count,
                                         search->value.words, search->radius, near);
    for (uint32_t i = 0; i < found && !search->enough; i++) {
        uint32_t distance;
        if (!full_distance(search, start + near[i], &distance))
            return false;
        if (distance <= search->radius && !report(search, start + near[i], distance))
            return false;
    }
    return true;
}

static bool scan_for_all(Search *searches, uint32_t search_count)
{
    if (search_count == 0)
        return true;
    const HammingArrays *arrays = &searches[0].index->arrays;
    uint32_t waiting = search_count;
    for (uint32_t start = 0; start < arrays->count && waiting > 0; start += TILE_VALUES) {
        uint32_t count = arrays->count - start < TILE_VALUES ? arrays->count - start : TILE_VALUES;
        if (!region_need(arrays->first_halves, (size_t)start * 16, (size_t)count * 16,
                         searches[0].fault))
            return false;
        waiting = 0;
        for (uint32_t i = 0; i < search_count; i++) {
            if (!searches[i].enough && !scan_tile(&searches[i], start, count))
                return false;
            waiting += !searches[i].enough;
        }
    }
    searches[0].sink->scans += search_count;
    return true;
}

bool hamming_index_search(HammingIndex *index, const uint8_t (*values)[HAMMING_BYTES], size_t count,
                          uint32_t radius, HammingSink *sink, IndexFault *fault)
{
    Search scans[BATCH_QUERIES];
    uint32_t scan_count = 0;
    for (size_t i = 0; i < count; i++) {
        Search search = {
            .index = index,
            .number = (uint32_t)i,
            .radius = radius,
            .value = hamming_permute(values[i]),
            .sink = sink,
            .fault = fault,
            .may_look = UINT64_MAX,
        };
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
