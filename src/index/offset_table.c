// SPDX-License-Identifier: Apache-2.0
#include "index/offset_table.h"

#include <stdlib.h>
#include <string.h>

#define MIN_GROUP_BITS 3u
#define MAX_GROUP_BITS 6u
#define COMFORTABLE_GROUP_ITEMS 128u // half of what a byte can count

uint32_t offset_table_group_bits(uint32_t items, uint32_t buckets)
{
    uint32_t bits = MAX_GROUP_BITS;
    while (bits > MIN_GROUP_BITS &&
           ((uint64_t)items << bits) > (uint64_t)COMFORTABLE_GROUP_ITEMS * buckets)
        bits--;
    return bits;
}

static size_t group_count(uint32_t buckets, uint32_t group_bits)
{
    return ((size_t)buckets + (1u << group_bits) - 1) >> group_bits;
}

size_t offset_table_base_bytes(uint32_t buckets, uint32_t group_bits)
{
    return (group_count(buckets, group_bits) + 1) * sizeof(uint32_t);
}

size_t offset_table_within_bytes(uint32_t buckets, uint32_t group_bits)
{
    return group_count(buckets, group_bits) << group_bits;
}

size_t offset_table_wide_bytes(uint32_t wide_groups, uint32_t group_bits)
{
    return ((size_t)wide_groups << group_bits) * sizeof(uint32_t);
}

bool offset_arrays_begin(OffsetArrays *arrays, uint32_t items, uint32_t buckets)
{
    uint32_t group_bits = offset_table_group_bits(items, buckets);
    *arrays = (OffsetArrays){.items = items, .buckets = buckets, .group_bits = group_bits};
    arrays->base = malloc(offset_table_base_bytes(buckets, group_bits));
    // Zeroed, so that the unused tail of the last group has a definite value.
    arrays->within = calloc(1, offset_table_within_bytes(buckets, group_bits) + 1);
    if (arrays->base != NULL && arrays->within != NULL)
        return true;
    offset_arrays_clear(arrays);
    return false;
}

// Moves the starts of the group that ends at next_bucket - 1 into `wide`; `starts` are its bytes'
// true values, which no longer fit.
static bool widen_group(OffsetArrays *arrays, uint32_t group)
{
    if (arrays->wide_groups == arrays->wide_capacity) {
        uint32_t capacity = arrays->wide_capacity * 2 + 16;
        uint32_t *wide =
            realloc(arrays->wide, offset_table_wide_bytes(capacity, arrays->group_bits));
        if (wide == NULL)
            return false;
        arrays->wide = wide;
        arrays->wide_capacity = capacity;
    }
    uint32_t size = 1u << arrays->group_bits;
    uint8_t *within = arrays->within + ((size_t)group << arrays->group_bits);
    uint32_t *wide = arrays->wide + ((size_t)arrays->wide_groups << arrays->group_bits);
    for (uint32_t i = 0; i < size; i++)
        wide[i] = arrays->base[group] + within[i];
    memset(within, 0, size);
    memcpy(within, &arrays->wide_groups, sizeof arrays->wide_groups);
    arrays->base[group] |= OFFSET_TABLE_WIDE;
    arrays->wide_groups++;
    return true;
}

bool offset_arrays_add(OffsetArrays *arrays, uint32_t count)
{
    uint32_t bucket = arrays->next_bucket++;
    uint32_t group = bucket >> arrays->group_bits;
    uint32_t place = bucket & ((1u << arrays->group_bits) - 1);
    if (place == 0)
        arrays->base[group] = arrays->next_item;
    uint32_t start = arrays->next_item;
    arrays->next_item += count;
    bool wide = (arrays->base[group] & OFFSET_TABLE_WIDE) != 0;
    if (!wide && start - arrays->base[group] <= UINT8_MAX) {
        arrays->within[bucket] = (uint8_t)(start - arrays->base[group]);
        return true;
    }
    if (!wide && !widen_group(arrays, group))
        return false;
    arrays->wide[((size_t)(arrays->wide_groups - 1) << arrays->group_bits) + place] = start;
    return true;
}

bool offset_arrays_end(OffsetArrays *arrays)
{
    uint32_t group_mask = (1u << arrays->group_bits) - 1;
    while ((arrays->next_bucket & group_mask) != 0) {
        if (!offset_arrays_add(arrays, 0))
            return false;
    }
    arrays->base[group_count(arrays->buckets, arrays->group_bits)] = arrays->next_item;
    return true;
}

void offset_arrays_clear(OffsetArrays *arrays)
{
    free(arrays->base);
    free(arrays->within);
    free(arrays->wide);
    *arrays = (OffsetArrays){0};
}

bool offset_table_wide_range(const OffsetTable *table, uint32_t bucket, uint32_t *ret_start,
                             uint32_t *ret_end, IndexFault *fault)
{
    uint32_t group = bucket >> table->group_bits;
    uint32_t place = bucket & ((1u << table->group_bits) - 1);
    uint32_t number;
    memcpy(&number, table->within->data + ((size_t)group << table->group_bits), sizeof number);
    if (number >= table->wide_groups)
        return index_fault_malformed(fault, "a wide group lies outside its table");
    size_t first = ((size_t)number << table->group_bits) + place;
    size_t group_last = ((size_t)number << table->group_bits) + (1u << table->group_bits) - 1;
    size_t last = first < group_last ? first + 1 : first;
    if (!region_need(table->wide, first * 4, (last - first + 1) * 4, fault))
        return false;
    const uint32_t *wide = (const uint32_t *)table->wide->data;
    const uint32_t *base = (const uint32_t *)table->base->data + group;
    uint32_t start = wide[first];
    uint32_t end = first < group_last ? wide[last] : base[1] & ~OFFSET_TABLE_WIDE;
    if (start > end || end > table->items)
        return index_fault_malformed(fault, "a bucket ends before it starts or past its table");
    *ret_start = start;
    *ret_end = end;
    return true;
}
