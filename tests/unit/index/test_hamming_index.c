// SPDX-License-Identifier: Apache-2.0
//
// What is promised: whatever the values, their number, the radius, the processor path and the way a
// query goes (tables or scan), the hits are those of a linear scan, with exact distances, each
// value once.
#include "index/hamming_build.h"
#include "index_fixture.h"

#include <stdlib.h>
#include <string.h>

#define MAX_RADIUS 31u

static int by_id(const void *a, const void *b)
{
    const HammingHit *left = a;
    const HammingHit *right = b;
    if (left->query != right->query)
        return left->query < right->query ? -1 : 1;
    return left->id < right->id ? -1 : left->id > right->id;
}

static void sort_hits(HammingHits *hits)
{
    if (hits->count > 0)
        qsort(hits->items, hits->count, sizeof *hits->items, by_id);
}

// The hits must be exactly the values within the radius, in their order.
static void assert_hits_of_scan(const Value *values, uint32_t count, const uint8_t *query,
                                uint32_t radius, const HammingHit *hits, size_t hit_count)
{
    size_t next = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t distance = plain_distance(values[i], query);
        if (distance > radius)
            continue;
        g_assert_cmpuint(next, <, hit_count);
        g_assert_cmpuint(hits[next].id, ==, i);
        g_assert_cmpuint(hits[next].distance, ==, distance);
        next++;
    }
    g_assert_cmpuint(next, ==, hit_count);
}

static void assert_query(HammingMemory *memory, const Value *values, uint32_t count,
                         const uint8_t *query, uint32_t radius)
{
    HammingHits hits = {0};
    IndexFault fault;
    g_assert_true(hamming_memory_query(memory, (const Value *)query, 1, radius, &hits, &fault));
    sort_hits(&hits);
    assert_hits_of_scan(values, count, query, radius, hits.items, hits.count);
    hamming_hits_clear(&hits);
}

static void assert_like_scan(ValueKind kind, uint32_t count, const HammingPlan *plan,
                             uint32_t queries)
{
    g_autofree Value *values = make_values(kind, count);
    HammingMemory *memory = hamming_memory_build((const Value *)values, count, plan);
    g_assert_nonnull(memory);
    for (uint32_t radius = 0; radius <= MAX_RADIUS; radius++) {
        for (uint32_t i = 0; i < queries; i++) {
            Value query;
            make_query((const Value *)values, count, query);
            assert_query(memory, (const Value *)values, count, query, radius);
        }
    }
    hamming_memory_free(memory);
}

static void finds_what_a_scan_finds_at_every_size(void)
{
    static const uint32_t sizes[] = {0, 1, 2, 100, 10000};
    HammingPlan none = {0};
    HammingPlan few = hamming_plan_make(50000);
    HammingPlan many = hamming_plan_make(1000000);
    HammingPlan halves = few;
    halves.keeps_halves = true;
    g_assert_true(many.keeps_halves && !few.keeps_halves);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        for (ValueKind kind = 0; kind < VALUES_KINDS; kind++) {
            assert_like_scan(kind, sizes[i], &none, 3);
            assert_like_scan(kind, sizes[i], &few, 3);
            assert_like_scan(kind, sizes[i], &halves, 3);
        }
    }
    assert_like_scan(VALUES_RANDOM, 100, &many, 3);
    assert_like_scan(VALUES_SPREAD, 2, &many, 3);
}

static void finds_what_a_scan_finds_among_200000(void)
{
    HammingPlan plan = hamming_plan_make(200000);
    g_assert_cmpuint(plan.table_count, >, 0);
    for (ValueKind kind = 0; kind < VALUES_KINDS; kind++) {
        plan.keeps_halves = kind % 2 == 1;
        assert_like_scan(kind, 200000, &plan, 1);
    }
}

static void finds_every_repeat_of_one_value(void)
{
    enum { COUNT = 3000 };
    HammingPlan plan = hamming_plan_make(50000);
    g_autofree Value *values = g_new0(Value, COUNT);
    HammingMemory *memory = hamming_memory_build((const Value *)values, COUNT, &plan);
    Value query = {0};
    assert_query(memory, (const Value *)values, COUNT, query, 0);
    turn_bits(query, 31);
    assert_query(memory, (const Value *)values, COUNT, query, 31);
    assert_query(memory, (const Value *)values, COUNT, query, 30);
    hamming_memory_free(memory);
}

// Neighbours at each distance, differing in bits that stand together as well as apart.
static void finds_planted_neighbours_at_every_distance(void)
{
    enum { COUNT = 60000 };
    HammingPlan plan = hamming_plan_make(COUNT);
    g_autofree Value *values = make_values(VALUES_RANDOM, COUNT);
    Value centre;
    memcpy(centre, values[0], sizeof centre);
    for (uint32_t distance = 0; distance <= 33; distance++) {
        memcpy(values[distance + 1], centre, sizeof centre);
        turn_bits(values[distance + 1], distance);
        memcpy(values[distance + 101], centre, sizeof centre);
        for (uint32_t bit = 0; bit < distance; bit++)
            values[distance + 101][(bit + 7) / 8] ^= (uint8_t)(1u << (bit + 7) % 8);
    }
    HammingMemory *memory = hamming_memory_build((const Value *)values, COUNT, &plan);
    for (uint32_t radius = 0; radius <= MAX_RADIUS; radius++)
        assert_query(memory, (const Value *)values, COUNT, centre, radius);
    hamming_memory_free(memory);
}

static void answers_wider_radii_by_scan_and_says_so(void)
{
    enum { COUNT = 30000 };
    HammingPlan plan = hamming_plan_make(COUNT);
    g_autofree Value *values = make_values(VALUES_SPREAD, COUNT);
    HammingMemory *memory = hamming_memory_build((const Value *)values, COUNT, &plan);
    static const uint32_t radii[] = {32, 64, 128, 256};
    for (size_t i = 0; i < G_N_ELEMENTS(radii); i++) {
        HammingHits hits = {0};
        IndexFault fault;
        g_assert_true(
            hamming_memory_query(memory, (const Value *)values, 1, radii[i], &hits, &fault));
        g_assert_cmpuint(hits.scans, ==, 1);
        sort_hits(&hits);
        assert_hits_of_scan((const Value *)values, COUNT, values[0], radii[i], hits.items,
                            hits.count);
        hamming_hits_clear(&hits);
    }
    hamming_memory_free(memory);
}

// Many alike would make the tables look at nearly all values in every one of a dozen tables.
static void scans_when_many_are_alike(void)
{
    enum { COUNT = 50000 };
    HammingPlan plan = hamming_plan_make(COUNT);
    g_autofree Value *alike = make_values(VALUES_ALIKE, COUNT);
    g_autofree Value *random = make_values(VALUES_RANDOM, COUNT);
    HammingMemory *skewed = hamming_memory_build((const Value *)alike, COUNT, &plan);
    HammingMemory *even = hamming_memory_build((const Value *)random, COUNT, &plan);
    HammingHits hits = {0};
    IndexFault fault;
    g_assert_true(hamming_memory_query(even, (const Value *)random, 1, 31, &hits, &fault));
    g_assert_cmpuint(hits.scans, ==, 0);
    g_assert_true(hamming_memory_query(skewed, (const Value *)alike, 1, 31, &hits, &fault));
    g_assert_cmpuint(hits.scans, ==, 1);
    hamming_hits_clear(&hits);
    hamming_memory_free(skewed);
    hamming_memory_free(even);
}

// More queries than share a scan, tables and scans mixed: each gets its own hits.
static void answers_many_queries_in_one_call(void)
{
    enum { COUNT = 40000, QUERIES = 300 };
    HammingPlan plan = hamming_plan_make(COUNT);
    g_autofree Value *values = make_values(VALUES_RANDOM, COUNT);
    g_autofree Value *alike = make_values(VALUES_ALIKE, COUNT / 4);
    memcpy(values, alike, COUNT / 4 * sizeof *values);
    g_autofree Value *queries = g_new0(Value, QUERIES);
    for (uint32_t i = 0; i < QUERIES; i++)
        make_query((const Value *)values, COUNT, queries[i]);
    HammingMemory *memory = hamming_memory_build((const Value *)values, COUNT, &plan);
    HammingHits hits = {0};
    IndexFault fault;
    g_assert_true(hamming_memory_query(memory, (const Value *)queries, QUERIES, 31, &hits, &fault));
    sort_hits(&hits);
    size_t start = 0;
    for (uint32_t i = 0; i < QUERIES; i++) {
        size_t end = start;
        while (end < hits.count && hits.items[end].query == i)
            end++;
        assert_hits_of_scan((const Value *)values, COUNT, queries[i], 31, hits.items + start,
                            end - start);
        start = end;
    }
    g_assert_cmpuint(start, ==, hits.count);
    hamming_hits_clear(&hits);
    hamming_memory_free(memory);
}

static void agrees_on_every_processor_path(void)
{
    enum { COUNT = 21003 }; // not a multiple of any vector
    HammingPlan tables = hamming_plan_make(COUNT);
    HammingPlan none = {0};
    g_autofree Value *values = make_values(VALUES_SPREAD, COUNT);
    uint32_t tried = 0;
    for (const HammingKernel *const *kernel = hamming_kernels(); *kernel != NULL; kernel++) {
        if (!(*kernel)->supported()) {
            g_test_message("this processor does not have %s", (*kernel)->name);
            continue;
        }
        tried++;
        for (int with_tables = 0; with_tables < 2; with_tables++) {
            HammingMemory *memory =
                hamming_memory_build((const Value *)values, COUNT, with_tables ? &tables : &none);
            hamming_index_use_kernel(hamming_memory_index(memory), *kernel);
            for (uint32_t radius = 0; radius <= 64; radius += 8) {
                Value query;
                make_query((const Value *)values, COUNT, query);
                assert_query(memory, (const Value *)values, COUNT, query, radius);
            }
            hamming_memory_free(memory);
        }
    }
    g_assert_cmpuint(tried, >, 0);
}

static void plans_cover_their_radius(void)
{
    static const uint32_t counts[] = {20000, 65536, 200000, 1000000, 10000000, 50000000, 100000000};
    g_assert_cmpuint(hamming_plan_make(1000).table_count, ==, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        HammingPlan plan = hamming_plan_make(counts[i]);
        g_assert_cmpuint(plan.table_count, >, 0);
        g_assert_true(hamming_plan_valid(&plan));
        HammingProbes *probes = hamming_probes_new(&plan, counts[i]);
        g_assert_nonnull(probes);
        for (uint32_t radius = 0; radius <= MAX_RADIUS; radius++) {
            int units = 0;
            for (uint32_t table = 0; table < plan.table_count; table++)
                units += hamming_probes_radius(probes, radius, table) + 1;
            g_assert_cmpint(units, >=, (int)radius + 1);
        }
        hamming_probes_free(probes);
    }
}

// A plan read from a file decides what is found, so a wrong one must not pass.
static void refuses_plans_that_would_miss(void)
{
    HammingPlan plan = hamming_plan_make(1000000);
    HammingPlan narrower = plan;
    narrower.substrings[0].radius--;
    g_assert_false(hamming_plan_valid(&narrower));
    HammingPlan overlapping = plan;
    overlapping.substrings[1].start--;
    g_assert_false(hamming_plan_valid(&overlapping));
    HammingPlan outside = plan;
    outside.substrings[plan.table_count - 1].start = 250;
    g_assert_false(hamming_plan_valid(&outside));
    HammingPlan shorter = plan;
    shorter.table_count--;
    g_assert_false(hamming_plan_valid(&shorter));
    g_assert_null(hamming_probes_new(&shorter, 1000000));
}

static void permuting_keeps_distances_and_both_ways_agree(void)
{
    HammingPermuter *permuter = hamming_permuter_new();
    for (uint32_t i = 0; i < 200; i++) {
        g_autofree Value *values = make_values(VALUES_SPREAD, 2);
        HammingValue a = hamming_permute(values[0]);
        HammingValue b = hamming_permute(values[1]);
        HammingValue c = hamming_permuter_apply(permuter, values[0]);
        g_assert_cmpmem(&a, sizeof a, &c, sizeof c);
        uint32_t distance = 0;
        for (uint32_t word = 0; word < 4; word++)
            distance += (uint32_t)__builtin_popcountll(a.words[word] ^ b.words[word]);
        g_assert_cmpuint(distance, ==, plain_distance(values[0], values[1]));
    }
    hamming_permuter_free(permuter);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hamming/finds_what_a_scan_finds_at_every_size",
                    finds_what_a_scan_finds_at_every_size);
    g_test_add_func("/hamming/finds_what_a_scan_finds_among_200000",
                    finds_what_a_scan_finds_among_200000);
    g_test_add_func("/hamming/finds_every_repeat_of_one_value", finds_every_repeat_of_one_value);
    g_test_add_func("/hamming/finds_planted_neighbours_at_every_distance",
                    finds_planted_neighbours_at_every_distance);
    g_test_add_func("/hamming/answers_wider_radii_by_scan_and_says_so",
                    answers_wider_radii_by_scan_and_says_so);
    g_test_add_func("/hamming/scans_when_many_are_alike", scans_when_many_are_alike);
    g_test_add_func("/hamming/answers_many_queries_in_one_call", answers_many_queries_in_one_call);
    g_test_add_func("/hamming/agrees_on_every_processor_path", agrees_on_every_processor_path);
    g_test_add_func("/hamming/plans_cover_their_radius", plans_cover_their_radius);
    g_test_add_func("/hamming/refuses_plans_that_would_miss", refuses_plans_that_would_miss);
    g_test_add_func("/hamming/permuting_keeps_distances_and_both_ways_agree",
                    permuting_keeps_distances_and_both_ways_agree);
    return g_test_run();
}
