// SPDX-License-Identifier: Apache-2.0
//
// What is promised: a region is complete exactly when all its blocks were loaded and checked, also
// where regions share blocks; what can be read is what the file holds; damage is never readable.
#include "index/blocks.h"
#include "index/offset_table.h"

#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

#define START 8192u
#define SIZE (10u * BLOCK_BYTES + 777u)
#define BLOCK_COUNT 11u

typedef struct {
    int descriptor;
    uint8_t *bytes;
    uint64_t checksums[BLOCK_COUNT];
    Blocks *blocks;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->bytes = g_malloc(SIZE);
    for (uint32_t i = 0; i < SIZE; i++)
        fixture->bytes[i] = (uint8_t)(g_test_rand_int() >> 5);
    for (uint32_t i = 0; i < BLOCK_COUNT; i++)
        fixture->checksums[i] = XXH3_64bits(fixture->bytes + (size_t)i * BLOCK_BYTES,
                                            MIN(BLOCK_BYTES, SIZE - i * BLOCK_BYTES));
    fixture->descriptor = memfd_create("blocks", MFD_CLOEXEC);
    g_assert_cmpint(pwrite(fixture->descriptor, fixture->bytes, SIZE, START), ==, SIZE);
    fixture->blocks = blocks_new(fixture->descriptor, START, SIZE, fixture->checksums);
    g_assert_nonnull(fixture->blocks);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    blocks_free(fixture->blocks);
    close(fixture->descriptor);
    g_free(fixture->bytes);
}

static void damage(Fixture *fixture, uint32_t place)
{
    uint8_t changed = fixture->bytes[place] ^ 1;
    g_assert_cmpint(pwrite(fixture->descriptor, &changed, 1, START + place), ==, 1);
}

static void regions_are_complete_when_their_blocks_are(Fixture *fixture, gconstpointer data)
{
    static const struct {
        uint32_t start;
        uint32_t size;
    } rows[] = {{0, SIZE},
                {0, 0},
                {0, 1},
                {5, BLOCK_BYTES},
                {BLOCK_BYTES, BLOCK_BYTES},
                {BLOCK_BYTES - 1, 2},
                {3 * BLOCK_BYTES + 64, 64},
                {4 * BLOCK_BYTES, 3 * BLOCK_BYTES + 1},
                {SIZE - 1, 1},
                {9 * BLOCK_BYTES, SIZE - 9 * BLOCK_BYTES}};
    BlockRegion *regions[G_N_ELEMENTS(rows)];
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        regions[i] = blocks_region(fixture->blocks, rows[i].start, rows[i].size);
    bool loaded[BLOCK_COUNT] = {false};
    for (uint32_t step = 0; step < 200; step++) {
        uint32_t block = (uint32_t)g_test_rand_int_range(0, BLOCK_COUNT);
        IndexFault fault;
        uint32_t place = MIN(block * BLOCK_BYTES + 300, SIZE - 1);
        g_assert_true(region_need(regions[0], place, 1, &fault));
        loaded[block] = true;
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
            bool complete = true;
            for (uint32_t k = 0; k < BLOCK_COUNT && rows[i].size > 0; k++)
                complete &= loaded[k] || k < rows[i].start / BLOCK_BYTES ||
                            k > (rows[i].start + rows[i].size - 1) / BLOCK_BYTES;
            g_assert_cmpint(region_complete(regions[i]), ==, complete);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(memcmp(regions[i]->data, fixture->bytes + rows[i].start, rows[i].size), ==,
                        0);
    g_assert_cmpuint(blocks_loaded_bytes(fixture->blocks), ==, SIZE);
}

static void needs_load_every_block_they_touch(Fixture *fixture, gconstpointer data)
{
    IndexFault fault;
    BlockRegion *region = blocks_region(fixture->blocks, 100, SIZE - 100);
    g_assert_true(region_need(region, 2 * BLOCK_BYTES - 200, 3 * BLOCK_BYTES, &fault));
    g_assert_cmpuint(blocks_loaded_bytes(fixture->blocks), ==, 4 * BLOCK_BYTES);
    g_assert_cmpint(memcmp(region->data + 2 * BLOCK_BYTES - 200,
                           fixture->bytes + 2 * BLOCK_BYTES - 100, 3 * BLOCK_BYTES),
                    ==, 0);
}

static void damage_is_named_and_stays_unreadable(Fixture *fixture, gconstpointer data)
{
    IndexFault fault;
    BlockRegion *region = blocks_region(fixture->blocks, 0, SIZE);
    damage(fixture, 4 * BLOCK_BYTES + 17);
    for (int again = 0; again < 2; again++) {
        g_assert_false(region_need(region, 4 * BLOCK_BYTES, 1, &fault));
        g_assert_cmpint(fault.kind, ==, INDEX_FAULT_DAMAGED);
        g_assert_cmpuint(fault.block, ==, 4);
        g_assert_cmpuint(fault.offset_bytes, ==, START + 4 * BLOCK_BYTES);
    }
    g_assert_true(region_need(region, 5 * BLOCK_BYTES, 1, &fault));
    g_assert_false(region_need(region, 0, SIZE, &fault));
    g_assert_false(blocks_verify(fixture->blocks, &fault));
    g_assert_cmpuint(fault.block, ==, 4);
}

// What was checked stays as it was checked; only verify reads the file again.
static void later_changes_do_not_reach_loaded_blocks(Fixture *fixture, gconstpointer data)
{
    IndexFault fault;
    BlockRegion *region = blocks_region(fixture->blocks, 0, SIZE);
    g_assert_true(region_need(region, 0, SIZE, &fault));
    damage(fixture, 3);
    g_assert_true(region_need(region, 0, SIZE, &fault));
    g_assert_cmpuint(region->data[3], ==, fixture->bytes[3]);
    g_assert_false(blocks_verify(fixture->blocks, &fault));
}

static void regions_outside_the_area_are_refused(Fixture *fixture, gconstpointer data)
{
    g_assert_null(blocks_region(fixture->blocks, SIZE, 1));
    g_assert_null(blocks_region(fixture->blocks, 1, SIZE));
    g_assert_null(blocks_region(fixture->blocks, SIZE + 1, 0));
    g_assert_null(blocks_region(fixture->blocks, 8, SIZE_MAX - 4));
    g_assert_nonnull(blocks_region(fixture->blocks, SIZE, 0));
}

// Against a plain table of starts, with even, skewed and empty buckets.
static void offset_tables_say_what_plain_ones_do(void)
{
    static const uint32_t most[] = {1, 3, 40, 700};
    enum { BUCKETS = 5000 };
    for (size_t k = 0; k < G_N_ELEMENTS(most); k++) {
        g_autofree uint32_t *starts = g_new0(uint32_t, BUCKETS + 1);
        for (uint32_t i = 0; i < BUCKETS; i++) {
            bool crowded = i % 97 == 0 || i / 500 == 3;
            uint32_t count = crowded ? most[k] * 5 : (uint32_t)g_test_rand_int() % most[k];
            starts[i + 1] = starts[i] + count;
        }
        OffsetArrays arrays;
        g_assert_true(offset_arrays_begin(&arrays, starts[BUCKETS], BUCKETS));
        for (uint32_t i = 0; i < BUCKETS; i++)
            g_assert_true(offset_arrays_add(&arrays, starts[i + 1] - starts[i]));
        g_assert_true(offset_arrays_end(&arrays));
        BlockRegion base;
        BlockRegion within;
        BlockRegion wide;
        uint32_t bits = arrays.group_bits;
        region_of_memory(&base, arrays.base, offset_table_base_bytes(BUCKETS, bits));
        region_of_memory(&within, arrays.within, offset_table_within_bytes(BUCKETS, bits));
        region_of_memory(&wide, arrays.wide, offset_table_wide_bytes(arrays.wide_groups, bits));
        OffsetTable table = {arrays.items, BUCKETS, bits, arrays.wide_groups,
                             &base,        &within, &wide};
        for (uint32_t i = 0; i < BUCKETS; i++) {
            uint32_t start;
            uint32_t end;
            IndexFault fault;
            g_assert_true(offset_table_range(&table, i, &start, &end, &fault));
            g_assert_cmpuint(start, ==, starts[i]);
            g_assert_cmpuint(end, ==, starts[i + 1]);
        }
        offset_arrays_clear(&arrays);
    }
}

static void add(const char *name, void (*test)(Fixture *, gconstpointer))
{
    g_autofree char *path = g_strconcat("/blocks/", name, NULL);
    g_test_add(path, Fixture, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("regions_are_complete_when_their_blocks_are", regions_are_complete_when_their_blocks_are);
    add("needs_load_every_block_they_touch", needs_load_every_block_they_touch);
    add("damage_is_named_and_stays_unreadable", damage_is_named_and_stays_unreadable);
    add("later_changes_do_not_reach_loaded_blocks", later_changes_do_not_reach_loaded_blocks);
    add("regions_outside_the_area_are_refused", regions_outside_the_area_are_refused);
    g_test_add_func("/blocks/offset_tables_say_what_plain_ones_do",
                    offset_tables_say_what_plain_ones_do);
    return g_test_run();
}
