// SPDX-License-Identifier: Apache-2.0
#include "index/hamming_plan.h"

#include <stdlib.h>
#include <string.h>

// Position p of a permuted value holds bit (p * STRIDE) mod 256 of the value, counted from the
// highest bit of its first byte. In the 16x16 grid of PDQ a step of 37 goes two rows and five
// columns on. Of the strides and of random permutations tried on photographs none did better.
#define STRIDE 37u

#define MIN_TABLE_BITS 10u
// From here on tables are faster than a scan of values that mostly sit in the processor's cache.
#define MIN_COUNT_FOR_TABLES 20000u
// Where tables have their own copies of first halves; about 200 bytes a value.
#define MIN_COUNT_FOR_HALVES 300000u
#define MAX_COUNT_FOR_HALVES 1600000u
// Relative costs of opening a bucket and of looking at a value: each is a wait for memory. Among 50
// million values without halves a bucket was measured to cost twice what a value does; the more it
// is taken to cost, the more values it is that a million with halves have to look at.
#define BUCKET_COST 15.0
#define VALUE_COST 12.0
#define UNITS (HAMMING_MAX_RADIUS + 1)

struct HammingProbes {
    int8_t radii[HAMMING_MAX_RADIUS + 1][HAMMING_MAX_TABLES];
    uint8_t bits[HAMMING_MAX_TABLES];
    uint32_t *patterns[HAMMING_MAX_TABLE_BITS + 1][HAMMING_MAX_TABLE_RADIUS + 1];
};

// Patterns of `bits` bits with at most `radius` ones: the buckets one search opens.
static uint32_t patterns_within(uint32_t bits, int radius)
{
    uint32_t total = 0;
    uint32_t ways = 1;
    for (int ones = 0; ones <= radius; ones++) {
        total += ways;
        ways = ways * (bits - (uint32_t)ones) / ((uint32_t)ones + 1);
    }
    return total;
}

static double search_cost(uint32_t count, uint32_t bits, int radius)
{
    double strangers = (double)count / (double)(1u << bits);
    return patterns_within(bits, radius) * (BUCKET_COST + VALUE_COST * strangers);
}

static uint32_t longest_table(uint32_t count)
{
    uint32_t bits = MIN_TABLE_BITS;
    while (bits < HAMMING_MAX_TABLE_BITS && (2u << bits) <= (uint64_t)count * 4)
        bits++;
    return bits;
}

// Cheapest way to cover the first `bits` bits with substrings worth `units` in all.
typedef struct {
    double cost;
    uint8_t bits;
    uint8_t units; // radius + 1 of the last substring
} Choice;

typedef Choice ChoiceTable[HAMMING_BITS + 1][UNITS + 1];

static void consider_substrings(ChoiceTable best, uint32_t used, uint32_t units, uint32_t longest,
                                double cost[][HAMMING_MAX_TABLE_RADIUS + 1])
{
    Choice *here = &best[used][units];
    here->cost = 1e300;
    for (uint32_t bits = MIN_TABLE_BITS; bits <= longest && bits <= used; bits++) {
        for (uint32_t worth = 1; worth <= HAMMING_MAX_TABLE_RADIUS + 1 && worth <= units; worth++) {
            double total = best[used - bits][units - worth].cost + cost[bits][worth - 1];
            if (total < here->cost)
                *here = (Choice){total, (uint8_t)bits, (uint8_t)worth};
        }
    }
}

static int by_radius_then_bits(const void *a, const void *b)
{
    const HammingSubstring *left = a;
    const HammingSubstring *right = b;
    if (left->radius != right->radius)
        return (int)right->radius - (int)left->radius;
    return (int)right->bits - (int)left->bits;
}

// Reads the chosen substrings back, longest first, and lays them out from bit 0.
static HammingPlan plan_of_choices(ChoiceTable best)
{
    HammingPlan plan = {0};
    uint32_t used = HAMMING_BITS;
    for (uint32_t units = UNITS; units > 0;) {
        Choice choice = best[used][units];
        if (plan.table_count == HAMMING_MAX_TABLES || choice.bits == 0)
            return (HammingPlan){0};
        plan.substrings[plan.table_count++] =
            (HammingSubstring){.bits = choice.bits, .radius = (uint8_t)(choice.units - 1)};
        used -= choice.bits;
        units -= choice.units;
    }
    qsort(plan.substrings, plan.table_count, sizeof plan.substrings[0], by_radius_then_bits);
    uint8_t start = 0;
    for (uint32_t i = 0; i < plan.table_count; i++) {
        plan.substrings[i].start = start;
        start = (uint8_t)(start + plan.substrings[i].bits);
    }
    return plan;
}

HammingPlan hamming_plan_make(uint32_t count)
{
    if (count < MIN_COUNT_FOR_TABLES)
        return (HammingPlan){0};
    double cost[HAMMING_MAX_TABLE_BITS + 1][HAMMING_MAX_TABLE_RADIUS + 1];
    uint32_t longest = longest_table(count);
    for (uint32_t bits = MIN_TABLE_BITS; bits <= longest; bits++) {
        for (int radius = 0; radius <= (int)HAMMING_MAX_TABLE_RADIUS; radius++)
            cost[bits][radius] = search_cost(count, bits, radius);
    }
    ChoiceTable *best = calloc(1, sizeof *best);
    if (best == NULL)
        return (HammingPlan){0};
    for (uint32_t used = 0; used <= HAMMING_BITS; used++) {
        for (uint32_t units = 1; units <= UNITS; units++)
            consider_substrings(*best, used, units, longest, cost);
    }
    HammingPlan plan = plan_of_choices(*best);
    plan.keeps_halves = count >= MIN_COUNT_FOR_HALVES && count <= MAX_COUNT_FOR_HALVES;
    free(best);
    return hamming_plan_valid(&plan) ? plan : (HammingPlan){0};
}

bool hamming_plan_valid(const HammingPlan *plan)
{
    bool taken[HAMMING_BITS] = {false};
    uint32_t units = 0;
    if (plan->table_count > HAMMING_MAX_TABLES)
        return false;
    for (uint32_t i = 0; i < plan->table_count; i++) {
        HammingSubstring substring = plan->substrings[i];
        if (substring.bits == 0 || substring.bits > HAMMING_MAX_TABLE_BITS ||
            substring.radius > HAMMING_MAX_TABLE_RADIUS || substring.radius >= substring.bits ||
            (uint32_t)substring.start + substring.bits > HAMMING_BITS)
            return false;
        for (uint32_t bit = substring.start; bit < (uint32_t)substring.start + substring.bits;
             bit++) {
            if (taken[bit])
                return false;
            taken[bit] = true;
        }
        units += substring.radius + 1u;
    }
    return plan->table_count == 0 || units >= UNITS;
}

// For every number of units the cheapest way to get them from the tables there are. A table gives
// 0 (left out) to radius + 1 of them.
static void choose_radii(HammingProbes *probes, const HammingPlan *plan, uint32_t count)
{
    double best[HAMMING_MAX_TABLES + 1][UNITS + 1];
    uint8_t given[HAMMING_MAX_TABLES + 1][UNITS + 1] = {{0}};
    for (uint32_t units = 0; units <= UNITS; units++)
        best[0][units] = units == 0 ? 0 : 1e300;
    for (uint32_t table = 0; table < plan->table_count; table++) {
        HammingSubstring substring = plan->substrings[table];
        for (uint32_t units = 0; units <= UNITS; units++) {
            best[table + 1][units] = best[table][units];
            for (uint32_t give = 1; give <= substring.radius + 1u; give++) {
                uint32_t before = give <= units ? units - give : 0;
                double total =
                    best[table][before] + search_cost(count, substring.bits, (int)give - 1);
                if (total < best[table + 1][units]) {
                    best[table + 1][units] = total;
                    given[table + 1][units] = (uint8_t)give;
                }
            }
        }
    }
    for (uint32_t radius = 0; radius <= HAMMING_MAX_RADIUS; radius++) {
        uint32_t units = radius + 1;
        for (uint32_t table = plan->table_count; table > 0; table--) {
            uint32_t give = given[table][units];
            probes->radii[radius][table - 1] = (int8_t)((int)give - 1);
            units = give <= units ? units - give : 0;
        }
    }
}

static int by_number(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

// Appends every pattern that adds `ones` more bits, all below `limit`, to `pattern`.
static uint32_t *append_patterns(uint32_t *target, uint32_t pattern, uint32_t limit, int ones)
{
    *target++ = pattern;
    if (ones == 0)
        return target;
    for (uint32_t bit = 0; bit < limit; bit++)
        target = append_patterns(target, pattern | 1u << bit, bit, ones - 1);
    return target;
}

static bool make_patterns(HammingProbes *probes, HammingSubstring substring)
{
    for (int radius = 0; radius <= substring.radius; radius++) {
        uint32_t **slot = &probes->patterns[substring.bits][radius];
        if (*slot != NULL)
            continue;
        uint32_t count = patterns_within(substring.bits, radius);
        *slot = malloc(count * sizeof **slot);
        if (*slot == NULL)
            return false;
        append_patterns(*slot, 0, substring.bits, radius);
        qsort(*slot, count, sizeof **slot, by_number);
    }
    return true;
}

static uint32_t count_probes(const HammingPlan *plan)
{
    uint32_t total = 0;
    for (uint32_t i = 0; i < plan->table_count; i++)
        total += patterns_within(plan->substrings[i].bits, plan->substrings[i].radius);
    return total;
}

HammingProbes *hamming_probes_new(const HammingPlan *plan, uint32_t count)
{
    if (!hamming_plan_valid(plan) || count_probes(plan) > HAMMING_MAX_PROBES)
        return NULL;
    HammingProbes *probes = calloc(1, sizeof *probes);
    if (probes == NULL)
        return NULL;
    choose_radii(probes, plan, count);
    for (uint32_t i = 0; i < plan->table_count; i++) {
        probes->bits[i] = plan->substrings[i].bits;
        if (!make_patterns(probes, plan->substrings[i])) {
            hamming_probes_free(probes);
            return NULL;
        }
    }
    return probes;
}

void hamming_probes_free(HammingProbes *probes)
{
    if (probes == NULL)
        return;
    for (uint32_t bits = 0; bits <= HAMMING_MAX_TABLE_BITS; bits++) {
        for (uint32_t radius = 0; radius <= HAMMING_MAX_TABLE_RADIUS; radius++)
            free(probes->patterns[bits][radius]);
    }
    free(probes);
}

int hamming_probes_radius(const HammingProbes *probes, uint32_t radius, uint32_t table)
{
    return probes->radii[radius][table];
}

const uint32_t *hamming_probes_patterns(const HammingProbes *probes, uint32_t table,
                                        int table_radius, uint32_t *ret_count)
{
    *ret_count = patterns_within(probes->bits[table], table_radius);
    return probes->patterns[probes->bits[table]][table_radius];
}

static void set_bit(HammingValue *value, uint32_t position)
{
    value->words[position / 64] |= 1ull << (63 - position % 64);
}

HammingValue hamming_permute(const uint8_t value[HAMMING_BYTES])
{
    HammingValue permuted;
    uint32_t source = 0;
    for (uint32_t word = 0; word < 4; word++) {
        uint64_t bits = 0;
        for (uint32_t bit = 0; bit < 64; bit++) {
            bits = bits << 1 | (value[source / 8] >> (7 - source % 8) & 1u);
            source = (source + STRIDE) % HAMMING_BITS;
        }
        permuted.words[word] = bits;
    }
    return permuted;
}

struct HammingPermuter {
    HammingValue parts[HAMMING_BYTES][256];
};

HammingPermuter *hamming_permuter_new(void)
{
    HammingPermuter *permuter = calloc(1, sizeof *permuter);
    if (permuter == NULL)
        return NULL;
    for (uint32_t position = 0; position < HAMMING_BITS; position++) {
        uint32_t source = position * STRIDE % HAMMING_BITS;
        for (uint32_t byte = 0; byte < 256; byte++) {
            if ((byte >> (7 - source % 8) & 1) != 0)
                set_bit(&permuter->parts[source / 8][byte], position);
        }
    }
    return permuter;
}

void hamming_permuter_free(HammingPermuter *permuter)
{
    free(permuter);
}

HammingValue hamming_permuter_apply(const HammingPermuter *permuter,
                                    const uint8_t value[HAMMING_BYTES])
{
    HammingValue permuted = {{0}};
    for (uint32_t i = 0; i < HAMMING_BYTES; i++) {
        const HammingValue *part = &permuter->parts[i][value[i]];
        for (uint32_t word = 0; word < 4; word++)
            permuted.words[word] |= part->words[word];
    }
    return permuted;
}
