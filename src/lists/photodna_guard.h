// SPDX-License-Identifier: Apache-2.0
//
// PhotodnaGuard: finds values that cannot be hashes of pictures. One vendor wrote one constant
// value wherever hashing had failed, and lists of many origins carry it since.
//
// A value of equal bytes is bogus at once. Any other is bogus once more than
// PHOTODNA_REPEATS different MD5s carry it; earlier entries have gone out with it then, which costs
// nothing, since Clew cannot match PhotoDNA. Memory is constant: a table of counters, where a
// newcomer has to wear down what holds its place.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PHOTODNA_REPEATS 256u
#define PHOTODNA_GUARD_SLOTS 1024u

typedef struct {
    struct {
        uint64_t value; // a hash of the text
        uint64_t md5;   // of the last MD5 that carried it
        uint32_t count;
    } slots[PHOTODNA_GUARD_SLOTS];
} PhotodnaGuard;

// Counts one more entry with this value; true when the value is bogus. `md5` is 16 bytes or NULL.
bool photodna_guard_refuses(PhotodnaGuard *guard, const char *photodna, const uint8_t *md5);
