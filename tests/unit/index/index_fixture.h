// SPDX-License-Identifier: Apache-2.0
//
// Made values for the index tests, random and skewed, and the linear scan everything is held
// against. Random numbers come from g_test_rand_*, so `--seed` repeats a run.
#pragma once

#include "index/hamming_plan.h"
#include "index/index_types.h"

#include <glib.h>
#include <stdbool.h>

typedef uint8_t Value[HAMMING_BYTES];

typedef enum {
    VALUES_RANDOM,
    VALUES_BALANCED, // exactly 128 bits set, as in PDQ
    VALUES_ALIKE,    // a few centres, each with edits of up to 6 bits
    VALUES_SPREAD,   // a few centres, each with edits of up to 40 bits
    VALUES_NARROW,   // random in 32 bits only
    VALUES_KINDS
} ValueKind;

// `count` values of a kind, to be freed with g_free.
Value *make_values(ValueKind kind, uint32_t count);

// Turns exactly `distance` different bits.
void turn_bits(uint8_t *value, uint32_t distance);

uint32_t plain_distance(const uint8_t *a, const uint8_t *b);

// A query near one of the values (at 0..40 bits), or now and then far from all.
void make_query(const Value *values, uint32_t count, Value ret_query);

// A new folder for one test, and its removal with everything in it.
char *make_folder(void);
void remove_folder(char *folder);

// Builds an index file at `path` from rows, which must succeed.
void build_index(const char *path, const IndexRow *rows, size_t count, uint64_t generation);

// `count` rows of a type with entry ids from 1 on, in sets 1..3.
IndexRow *make_rows(IndexType type, const Value *values, uint32_t count);
