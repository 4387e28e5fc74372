// SPDX-License-Identifier: Apache-2.0
//
// Sorting ten million ids by 24-bit keys directly would miss the cache on each. They are first
// dealt out to a few thousand parts by their high bits, and each part, which fits the cache, is
// then sorted by counting.
#include "index/hamming_build.h"

#include <stdlib.h>
#include <string.h>

#define READ_VALUES 4096u
#define PART_BITS 13u // low bits of a key, sorted within a part

typedef struct {
    uint64_t first[READ_VALUES][2];
    uint64_t second[READ_VALUES][2];
} ReadBuffer;

static HammingValue value_at(const ReadBuffer *buffer, uint32_t i)
{
    return (HammingValue){
        {buffer->first[i][0], buffer->first[i][1], buffer->second[i][0], buffer->second[i][1]}};
}

static bool read_keys(const HammingSource *source, uint32_t count, HammingSubstring substring,
                      uint32_t *keys)
{
    ReadBuffer *buffer = malloc(sizeof *buffer);
    bool ok = buffer != NULL;
    for (uint32_t done = 0; ok && done < count;) {
        uint32_t part = count - done < READ_VALUES ? count - done : READ_VALUES;
        ok = source->read(source->context, done, part, buffer->first[0], buffer->second[0]);
        for (uint32_t i = 0; ok && i < part; i++) {
            HammingValue value = value_at(buffer, i);
            keys[done + i] = hamming_substring(&value, substring);
        }
        done += part;
    }
    free(buffer);
    return ok;
}

// Keys that ascend already: only the lengths of the runs are wanted.
static bool count_runs(const uint32_t *keys, uint32_t count, OffsetArrays *offsets)
{
    uint32_t next = 0;
    for (uint32_t bucket = 0; bucket < offsets->buckets; bucket++) {
        uint32_t start = next;
        while (next < count && keys[next] == bucket)
            next++;
        if (!offset_arrays_add(offsets, next - start))
            return false;
    }
    return true;
}

// Deals (key, id) pairs out by the high bits of the key; starts gets parts + 1 places.
static void deal_out(const uint32_t *keys, uint32_t count, uint32_t part_bits, uint32_t parts,
                     uint32_t *starts, uint64_t *pairs)
{
    memset(starts, 0, (parts + 1) * sizeof *starts);
    for (uint32_t i = 0; i < count; i++)
        starts[keys[i] >> part_bits]++;
    uint32_t total = 0;
    for (uint32_t part = 0; part <= parts; part++) {
        uint32_t size = starts[part];
        starts[part] = total;
        total += size;
    }
    for (uint32_t i = 0; i < count; i++)
        pairs[starts[keys[i] >> part_bits]++] = (uint64_t)keys[i] << 32 | i;
    memmove(starts + 1, starts, parts * sizeof *starts); // each start had moved on to its end
    starts[0] = 0;
}

// Sorts one part by the low bits and tells the offsets how full each bucket is.
static bool sort_part(const uint64_t *pairs, uint32_t size, uint32_t part_bits, uint32_t *ids,
                      OffsetArrays *offsets)
{
    uint32_t places[1u << PART_BITS] = {0};
    uint32_t mask = (1u << part_bits) - 1;
    for (uint32_t i = 0; i < size; i++)
        places[pairs[i] >> 32 & mask]++;
    uint32_t total = 0;
    for (uint32_t bucket = 0; bucket <= mask; bucket++) {
        uint32_t held = places[bucket];
        places[bucket] = total;
        total += held;
        if (!offset_arrays_add(offsets, held))
            return false;
    }
    for (uint32_t i = 0; i < size; i++)
        ids[places[pairs[i] >> 32 & mask]++] = (uint32_t)pairs[i];
    return true;
}

// Turns the array of keys into the array of ids sorted by key.
static bool sort_by_key(uint32_t *keys, uint32_t count, uint32_t bits, OffsetArrays *offsets)
{
    uint32_t part_bits = bits < PART_BITS ? bits : PART_BITS;
    uint32_t parts = 1u << (bits - part_bits);
    uint32_t *starts = malloc((parts + 1) * sizeof *starts);
    uint64_t *pairs = malloc((size_t)count * sizeof *pairs + 1);
    bool ok = starts != NULL && pairs != NULL;
    if (ok)
        deal_out(keys, count, part_bits, parts, starts, pairs);
    for (uint32_t part = 0; ok && part < parts; part++)
        ok = sort_part(pairs + starts[part], starts[part + 1] - starts[part], part_bits,
                       keys + starts[part], offsets);
    free(pairs);
    free(starts);
    return ok;
}

bool hamming_table_build(const HammingSource *source, uint32_t count, HammingSubstring substring,
                         HammingTableArrays *ret_table)
{
    HammingTableArrays table = {0};
    uint32_t *keys = malloc((size_t)count * sizeof *keys + 1);
    bool ok = keys != NULL && offset_arrays_begin(&table.offsets, count, 1u << substring.bits) &&
              read_keys(source, count, substring, keys);
    if (ok && substring.start == 0)
        ok = count_runs(keys, count, &table.offsets);
    else if (ok)
        ok = sort_by_key(keys, count, substring.bits, &table.offsets);
    ok = ok && offset_arrays_end(&table.offsets);
    if (ok && substring.start != 0) {
        table.ids = keys;
        keys = NULL;
    }
    free(keys);
    if (!ok) {
        hamming_table_clear(&table);
        return false;
    }
    *ret_table = table;
    return true;
}

void hamming_table_clear(HammingTableArrays *table)
{
    offset_arrays_clear(&table->offsets);
    free(table->ids);
    table->ids = NULL;
}

static bool read_first_halves(const HammingSource *source, uint32_t count, uint64_t *target)
{
    ReadBuffer *buffer = malloc(sizeof *buffer);
    bool ok = buffer != NULL;
    for (uint32_t done = 0; ok && done < count;) {
        uint32_t part = count - done < READ_VALUES ? count - done : READ_VALUES;
        ok =
            source->read(source->context, done, part, target + 2 * (size_t)done, buffer->second[0]);
        done += part;
    }
    free(buffer);
    return ok;
}

uint64_t *hamming_table_halves(const HammingSource *source, uint32_t count, const uint32_t *ids)
{
    uint64_t *values = malloc((size_t)count * 16 + 1);
    uint64_t *ordered = malloc((size_t)count * 16 + 1);
    bool ok = values != NULL && ordered != NULL && read_first_halves(source, count, values);
    for (uint32_t i = 0; ok && i < count; i++)
        memcpy(ordered + 2 * (size_t)i, values + 2 * (size_t)ids[i], 16);
    free(values);
    if (ok)
        return ordered;
    free(ordered);
    return NULL;
}

struct HammingMemory {
    HammingIndex *index;
    uint64_t *first_halves;
    uint64_t *second_halves;
    uint32_t *order; // id -> place in the caller's array
    BlockRegion half_regions[2];
    HammingTableArrays tables[HAMMING_MAX_TABLES];
    uint64_t *table_halves[HAMMING_MAX_TABLES];
    BlockRegion table_regions[HAMMING_MAX_TABLES][5];
    uint32_t tables_built;
};

typedef struct {
    HammingValue value;
    uint32_t place;
} PlacedValue;

static int by_value(const void *a, const void *b)
{
    const HammingValue *left = &((const PlacedValue *)a)->value;
    const HammingValue *right = &((const PlacedValue *)b)->value;
    for (uint32_t word = 0; word < 4; word++) {
        if (left->words[word] != right->words[word])
            return left->words[word] < right->words[word] ? -1 : 1;
    }
    return 0;
}

static bool sort_values(HammingMemory *memory, const uint8_t (*values)[HAMMING_BYTES],
                        uint32_t count)
{
    PlacedValue *sorted = malloc((size_t)count * sizeof *sorted + 1);
    memory->first_halves = malloc((size_t)count * 16 + 1);
    memory->second_halves = malloc((size_t)count * 16 + 1);
    memory->order = malloc((size_t)count * sizeof *memory->order + 1);
    bool ok = sorted != NULL && memory->first_halves != NULL && memory->second_halves != NULL &&
              memory->order != NULL;
    for (uint32_t i = 0; ok && i < count; i++)
        sorted[i] = (PlacedValue){hamming_permute(values[i]), i};
    if (ok && count > 0)
        qsort(sorted, count, sizeof *sorted, by_value);
    for (uint32_t i = 0; ok && i < count; i++) {
        memcpy(memory->first_halves + 2 * (size_t)i, sorted[i].value.words, 16);
        memcpy(memory->second_halves + 2 * (size_t)i, sorted[i].value.words + 2, 16);
        memory->order[i] = sorted[i].place;
    }
    free(sorted);
    return ok;
}

static bool read_memory(void *context, uint32_t first, uint32_t count, uint64_t *first_halves,
                        uint64_t *second_halves)
{
    const HammingMemory *memory = context;
    memcpy(first_halves, memory->first_halves + 2 * (size_t)first, (size_t)count * 16);
    memcpy(second_halves, memory->second_halves + 2 * (size_t)first, (size_t)count * 16);
    return true;
}

static HammingTable table_of_arrays(const HammingTableArrays *arrays, BlockRegion *regions)
{
    const OffsetArrays *offsets = &arrays->offsets;
    uint32_t bits = offsets->group_bits;
    region_of_memory(&regions[0], offsets->base, offset_table_base_bytes(offsets->buckets, bits));
    region_of_memory(&regions[1], offsets->within,
                     offset_table_within_bytes(offsets->buckets, bits));
    region_of_memory(&regions[2], offsets->wide,
                     offset_table_wide_bytes(offsets->wide_groups, bits));
    region_of_memory(&regions[3], arrays->ids, (size_t)offsets->items * 4);
    return (HammingTable){
        .offsets = {offsets->items, offsets->buckets, bits, offsets->wide_groups, &regions[0],
                    &regions[1], &regions[2]},
        .ids = arrays->ids != NULL ? &regions[3] : NULL,
    };
}

static bool attach_memory(HammingMemory *memory, uint32_t count, const HammingPlan *plan)
{
    HammingSource source = {memory, read_memory};
    HammingArrays arrays = {.count = count, .plan = *plan};
    region_of_memory(&memory->half_regions[0], memory->first_halves, (size_t)count * 16);
    region_of_memory(&memory->half_regions[1], memory->second_halves, (size_t)count * 16);
    arrays.first_halves = &memory->half_regions[0];
    arrays.second_halves = &memory->half_regions[1];
    for (uint32_t i = 0; i < plan->table_count; i++) {
        if (!hamming_table_build(&source, count, plan->substrings[i], &memory->tables[i]))
            return false;
        memory->tables_built++;
        arrays.tables[i] = table_of_arrays(&memory->tables[i], memory->table_regions[i]);
        if (plan->keeps_halves && memory->tables[i].ids != NULL) {
            BlockRegion *region = &memory->table_regions[i][4];
            memory->table_halves[i] = hamming_table_halves(&source, count, memory->tables[i].ids);
            if (memory->table_halves[i] == NULL)
                return false;
            region_of_memory(region, memory->table_halves[i], (size_t)count * 16);
            arrays.tables[i].halves = region;
        }
    }
    IndexFault fault;
    memory->index = hamming_index_attach(&arrays, &fault);
    return memory->index != NULL;
}

HammingMemory *hamming_memory_build(const uint8_t (*values)[HAMMING_BYTES], uint32_t count,
                                    const HammingPlan *plan)
{
    HammingMemory *memory = calloc(1, sizeof *memory);
    if (memory == NULL)
        return NULL;
    if (!sort_values(memory, values, count) || !attach_memory(memory, count, plan)) {
        hamming_memory_free(memory);
        return NULL;
    }
    return memory;
}

void hamming_memory_free(HammingMemory *memory)
{
    if (memory == NULL)
        return;
    hamming_index_free(memory->index);
    for (uint32_t i = 0; i < memory->tables_built; i++)
        hamming_table_clear(&memory->tables[i]);
    for (uint32_t i = 0; i < HAMMING_MAX_TABLES; i++)
        free(memory->table_halves[i]);
    free(memory->first_halves);
    free(memory->second_halves);
    free(memory->order);
    free(memory);
}

bool hamming_memory_query(HammingMemory *memory, const uint8_t (*values)[HAMMING_BYTES],
                          size_t count, uint32_t radius, HammingHits *hits, IndexFault *fault)
{
    size_t before = hits->count;
    bool ok = hamming_index_query(memory->index, values, count, radius, hits, fault);
    for (size_t i = before; i < hits->count; i++)
        hits->items[i].id = memory->order[hits->items[i].id];
    return ok;
}

HammingIndex *hamming_memory_index(HammingMemory *memory)
{
    return memory->index;
}
