// SPDX-License-Identifier: Apache-2.0
//
// Gaps: how many bytes of one evidence file were not examined, added up while its items are
// finished in the order of the walk (what lies inside before what it lies in). When a walk goes on
// behind an item, the containers around that item are walked again and speak only of what came
// later: what came before is known here.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "wire/place.h"

// All-zero: nothing has been finished.
typedef struct {
    Place at; // what was finished last
    // Of what has been finished in the first `depth` containers around `at`, and in no further one.
    uint64_t bytes[LIMIT_EVIDENCE_DEPTH + 1];
} Gaps;

// An item is finished. `is_sum`: its bytes cover those of the items in it; a structure's do not.
void gaps_note(Gaps *gaps, const Place *place, uint64_t bytes, bool is_sum);

// Of what was finished inside `place`, which is around what was finished last; else 0. Depth 0: in
// the whole file.
uint64_t gaps_within(const Gaps *gaps, const Place *place);
