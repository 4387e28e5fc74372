// SPDX-License-Identifier: Apache-2.0
//
// What makes a match: the hashes of one medium against one entry of a set. Pure functions over what
// was asked and what the list says.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/hash_list.h"
#include "model/match.h"
#include "model/record.h"

// Digests of one medium, borrowed; those it has are marked in `types`.
typedef struct {
    unsigned types; // bits 1 << HASH_MD5 …
    const uint8_t *values[HASH_PDQ];
} AskedDigests;

#define ASKED_VALUES_MAX (PIPELINE_COUNT * ORIENTATION_COUNT)

// The perceptual values one picture asks with, best first among equals.
typedef struct {
    uint8_t values[ASKED_VALUES_MAX][PDQ_BYTES];
    Pipeline pipelines[ASKED_VALUES_MAX]; // PIPELINE_COUNT: a bare value
    unsigned orientations[ASKED_VALUES_MAX];
    size_t count;
    unsigned distance; // matches up to here
    bool is_thumbnail;
} AskedValues;

void asked_values_add(AskedValues *asked, const uint8_t value[PDQ_BYTES], Pipeline pipeline,
                      unsigned orientation);

// All orientations of every pipeline whose quality suffices.
void asked_values_of_still(AskedValues *asked, const StillFacts *still, unsigned min_quality);

// Completes the match as far as the entry's hashes decide it. False: they do not match. Certain is
// SHA-256, or SHA-1 and MD5 together; a digest of the entry that differs while another agrees makes
// it contradicted. `asked` is an AskedDigests / an AskedValues.
bool match_rules_exact(const ListEntry *entry, const void *asked, Match *match);
bool match_rules_near(const ListEntry *entry, const void *asked, Match *match);

// Whether a person has to look at an item with these matches (of Match): a medium that is not to be
// left out and has no exact match, certain or weak, of a notable or alert entry. A match whose
// other digests contradict it is none: the bytes are not those of the entry.
typedef bool NeedsEyes(const GArray *matches, bool left_out, bool is_media);
NeedsEyes match_rules_needs_eyes;
