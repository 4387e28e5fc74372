// SPDX-License-Identifier: Apache-2.0
//
// GrowingIndex finds what a linear scan finds, whatever was added and taken back in between.
#include <string.h>

#include "index/growing_index.h"
#include "index_fixture.h"

#define RADIUS 24u

static unsigned count_hits(const GArray *hits, uint64_t owner)
{
    unsigned count = 0;
    for (unsigned i = 0; i < hits->len; i++)
        count += g_array_index(hits, GrowingHit, i).owner == owner;
    return count;
}

static void compare_with_scan(GrowingIndex *index, const Value *values, uint32_t count)
{
    g_autoptr(GError) error = NULL;
    for (unsigned i = 0; i < 20; i++) {
        Value query[1];
        make_query(values, count, query[0]);
        g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(GrowingHit));
        g_assert_true(growing_index_find(index, (const uint8_t(*)[HAMMING_BYTES])query, 1, RADIUS,
                                         hits, &error));
        unsigned expected = 0;
        for (uint32_t v = 0; v < count; v++) {
            bool is_near = plain_distance(values[v], query[0]) <= RADIUS;
            expected += is_near;
            g_assert_cmpuint(count_hits(hits, v), ==, is_near);
        }
        g_assert_cmpuint(hits->len, ==, expected);
    }
}

static void finds_what_a_linear_scan_finds(void)
{
    for (unsigned kind = 0; kind < VALUES_KINDS; kind++) {
        g_autofree Value *values = make_values((ValueKind)kind, 6000);
        g_autoptr(GrowingIndex) index = growing_index_new();
        for (uint32_t i = 0; i < 6000; i++) {
            growing_index_add(index, values[i], i);
            if (i == 10 || i == 1023 || i == 1024 || i == 3000 || i == 5999)
                compare_with_scan(index, values, i + 1);
        }
    }
}

static void forgets_what_is_taken_back(void)
{
    g_autofree Value *values = make_values(VALUES_SPREAD, 5000);
    g_autoptr(GrowingIndex) index = growing_index_new();
    for (uint32_t i = 0; i < 5000; i++)
        growing_index_add(index, values[i], i);
    compare_with_scan(index, values, 5000);
    growing_index_cut(index, 1500);
    g_assert_cmpuint(growing_index_count(index), ==, 1500);
    compare_with_scan(index, values, 1500);
    for (uint32_t i = 1500; i < 2600; i++)
        growing_index_add(index, values[i], i);
    compare_with_scan(index, values, 2600);
}

static void answers_several_questions_in_one_call(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree Value *values = make_values(VALUES_RANDOM, 3000);
    g_autoptr(GrowingIndex) index = growing_index_new();
    for (uint32_t i = 0; i < 3000; i++)
        growing_index_add(index, values[i], 100 + i);
    Value queries[2];
    memcpy(queries[0], values[7], sizeof(Value));
    memcpy(queries[1], values[2999], sizeof(Value));
    turn_bits(queries[1], 3);
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(GrowingHit));
    g_assert_true(growing_index_find(index, (const uint8_t(*)[HAMMING_BYTES])queries, 2, RADIUS,
                                     hits, &error));
    g_assert_cmpuint(hits->len, ==, 2);
    for (unsigned i = 0; i < hits->len; i++) {
        const GrowingHit *hit = &g_array_index(hits, GrowingHit, i);
        g_assert_cmpuint(hit->owner, ==, hit->query == 0 ? 107 : 3099);
        g_assert_cmpuint(hit->distance, ==, hit->query == 0 ? 0 : 3);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/growing/finds_what_a_linear_scan_finds", finds_what_a_linear_scan_finds);
    g_test_add_func("/growing/forgets_what_is_taken_back", forgets_what_is_taken_back);
    g_test_add_func("/growing/answers_several_questions_in_one_call",
                    answers_several_questions_in_one_call);
    return g_test_run();
}
