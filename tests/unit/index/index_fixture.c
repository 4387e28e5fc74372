// SPDX-License-Identifier: Apache-2.0
#include "index_fixture.h"

#include "index/index_builder.h"

#include <glib/gstdio.h>
#include <string.h>

#define CENTRES 5u

uint32_t plain_distance(const uint8_t *a, const uint8_t *b)
{
    uint32_t distance = 0;
    for (uint32_t i = 0; i < HAMMING_BYTES; i += 8) {
        uint64_t left;
        uint64_t right;
        memcpy(&left, a + i, 8);
        memcpy(&right, b + i, 8);
        distance += (uint32_t)__builtin_popcountll(left ^ right);
    }
    return distance;
}

void turn_bits(uint8_t *value, uint32_t distance)
{
    Value turned = {0};
    while (distance > 0) {
        uint32_t bit = (uint32_t)g_test_rand_int_range(0, HAMMING_BITS);
        uint8_t mask = (uint8_t)(1u << bit % 8);
        if ((turned[bit / 8] & mask) != 0)
            continue;
        turned[bit / 8] |= mask;
        value[bit / 8] ^= mask;
        distance--;
    }
}

static void make_random(uint8_t *value, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++) {
        uint32_t bits = (uint32_t)g_test_rand_int();
        memcpy(value + 4 * i, &bits, sizeof bits);
    }
}

static uint32_t ones(const uint8_t *value)
{
    static const Value zero;
    return plain_distance(value, zero);
}

static void balance(uint8_t *value)
{
    while (ones(value) != HAMMING_BITS / 2) {
        uint32_t bit = (uint32_t)g_test_rand_int_range(0, HAMMING_BITS);
        bool is_set = (value[bit / 8] >> bit % 8 & 1) != 0;
        if (is_set == (ones(value) > HAMMING_BITS / 2))
            value[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void make_value(ValueKind kind, const Value *centres, uint8_t *value)
{
    switch (kind) {
    case VALUES_BALANCED:
        make_random(value, 8);
        balance(value);
        break;
    case VALUES_ALIKE:
    case VALUES_SPREAD:
        memcpy(value, centres[g_test_rand_int_range(0, CENTRES)], sizeof(Value));
        turn_bits(value, (uint32_t)g_test_rand_int_range(0, kind == VALUES_ALIKE ? 7 : 41));
        break;
    case VALUES_NARROW:
        make_random(value + 12, 1);
        break;
    default:
        make_random(value, 8);
    }
}

Value *make_values(ValueKind kind, uint32_t count)
{
    Value centres[CENTRES];
    Value *values = g_new0(Value, MAX(count, 1));
    for (uint32_t i = 0; i < CENTRES; i++)
        make_random(centres[i], 8);
    for (uint32_t i = 0; i < count; i++)
        make_value(kind, centres, values[i]);
    return values;
}

void make_query(const Value *values, uint32_t count, Value ret_query)
{
    if (count == 0 || g_test_rand_int_range(0, 16) == 0) {
        make_random(ret_query, 8);
        return;
    }
    memcpy(ret_query, values[(uint32_t)g_test_rand_int() % count], sizeof(Value));
    turn_bits(ret_query, (uint32_t)g_test_rand_int_range(0, 41));
}

char *make_folder(void)
{
    g_autoptr(GError) error = NULL;
    char *folder = g_dir_make_tmp("clew-index-XXXXXX", &error);
    g_assert_no_error(error);
    return folder;
}

void remove_folder(char *folder)
{
    GDir *entries = g_dir_open(folder, 0, NULL);
    g_assert_nonnull(entries);
    for (const char *name = g_dir_read_name(entries); name != NULL;
         name = g_dir_read_name(entries)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_dir_close(entries);
    g_assert_cmpint(g_rmdir(folder), ==, 0);
    g_free(folder);
}

void build_index(const char *path, const IndexRow *rows, size_t count, uint64_t generation)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IndexBuilder) builder = index_builder_new(path, (IndexBuilderOptions){0}, &error);
    g_assert_no_error(error);
    index_builder_add(builder, rows, count, &error);
    g_assert_no_error(error);
    index_builder_write(builder, (IndexStamp){generation, generation * 10}, &error);
    g_assert_no_error(error);
}

IndexRow *make_rows(IndexType type, const Value *values, uint32_t count)
{
    IndexRow *rows = g_new0(IndexRow, MAX(count, 1));
    for (uint32_t i = 0; i < count; i++) {
        rows[i] = (IndexRow){.type = type, .set_id = i % 3 + 1, .entry_id = i + 1u};
        memcpy(rows[i].value, values[i], sizeof(Value));
    }
    return rows;
}
