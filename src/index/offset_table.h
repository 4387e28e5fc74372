// SPDX-License-Identifier: Apache-2.0
//
// OffsetTable: for each of many buckets, where its items start and end in an array that is sorted
// by bucket. A plain table needs 4 bytes a bucket; this one about 1.1, which is what lets eleven
// tables of 16 million buckets fit in memory, and puts 64 neighbouring buckets into one cache line.
//
// Buckets stand in groups of 8 to 64. `base` holds the start of each group (and the total at the
// end), `within` one byte a bucket: its start counted from the group's. A group in which that does
// not fit a byte is marked by bit 31 of its base; the first four bytes of its `within` are then a
// number k, and `wide` holds its starts as 32-bit values from k * group size on. There are at most
// items / 256 such groups, so skewed data cost one more byte an item at worst.
#pragma once

#include "index/blocks.h"

#define OFFSET_TABLE_MAX_ITEMS 0x7fffffffu
#define OFFSET_TABLE_WIDE 0x80000000u

typedef struct {
    uint32_t items;
    uint32_t buckets;
    uint32_t group_bits; // 3..6
    uint32_t wide_groups;
    BlockRegion *base;
    BlockRegion *within;
    BlockRegion *wide;
} OffsetTable;

// The same arrays while they are made; the caller frees the three with offset_arrays_clear.
typedef struct {
    uint32_t items;
    uint32_t buckets;
    uint32_t group_bits;
    uint32_t *base; // groups + 1
    uint8_t *within;
    uint32_t *wide;
    uint32_t wide_groups;
    uint32_t wide_capacity;
    uint32_t next_bucket;
    uint32_t next_item;
} OffsetArrays;

// Group size that suits the mean number of items in a bucket.
uint32_t offset_table_group_bits(uint32_t items, uint32_t buckets);

// Sizes in bytes of the three arrays.
size_t offset_table_base_bytes(uint32_t buckets, uint32_t group_bits);
size_t offset_table_within_bytes(uint32_t buckets, uint32_t group_bits);
size_t offset_table_wide_bytes(uint32_t wide_groups, uint32_t group_bits);

// Building: begin, add the count of every bucket in order, end. False: no memory.
bool offset_arrays_begin(OffsetArrays *arrays, uint32_t items, uint32_t buckets);
bool offset_arrays_add(OffsetArrays *arrays, uint32_t count);
bool offset_arrays_end(OffsetArrays *arrays);
void offset_arrays_clear(OffsetArrays *arrays);

// Loads what a later offset_table_range of this bucket reads, and asks the processor to fetch it.
static inline bool offset_table_prepare(const OffsetTable *table, uint32_t bucket,
                                        IndexFault *fault)
{
    size_t group = bucket >> table->group_bits;
    if (!region_need(table->base, group * 4, 8, fault) ||
        !region_need(table->within, bucket, 1, fault))
        return false;
    __builtin_prefetch(table->base->data + group * 4, 0, 2);
    __builtin_prefetch(table->within->data + bucket, 0, 2);
    return true;
}

// Slow half of offset_table_range.
bool offset_table_wide_range(const OffsetTable *table, uint32_t bucket, uint32_t *ret_start,
                             uint32_t *ret_end, IndexFault *fault);

// Start and end of a prepared bucket < table->buckets; start <= end <= items, or MALFORMED.
static inline bool offset_table_range(const OffsetTable *table, uint32_t bucket,
                                      uint32_t *ret_start, uint32_t *ret_end, IndexFault *fault)
{
    const uint32_t *base = (const uint32_t *)table->base->data + (bucket >> table->group_bits);
    const uint8_t *within = table->within->data + bucket;
    uint32_t last = (1u << table->group_bits) - 1;
    if (__builtin_expect((base[0] & OFFSET_TABLE_WIDE) != 0, 0))
        return offset_table_wide_range(table, bucket, ret_start, ret_end, fault);
    uint32_t start = base[0] + within[0];
    uint32_t end = (bucket & last) == last ? base[1] & ~OFFSET_TABLE_WIDE : base[0] + within[1];
    if (__builtin_expect(start > end || end > table->items, 0))
        return index_fault_malformed(fault, "a bucket ends before it starts or past its table");
    *ret_start = start;
    *ret_end = end;
    return true;
}
