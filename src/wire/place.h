// SPDX-License-Identifier: Apache-2.0
//
// Place: where an item lies in the walk through one evidence file. The walk is deterministic
// (evidence/walk.h), so a place names the same item on every run, and places are ordered as the
// walk comes to them.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

// Ordinals of an item's ancestors and itself.
typedef struct {
    unsigned depth; // 0: the evidence file itself
    uint32_t ordinal[LIMIT_EVIDENCE_DEPTH];
} Place;

// Depth-first order, containers before what lies in them: below 0, 0, above 0.
int place_compare(const Place *a, const Place *b);

// Does `inner` lie in `outer`, or is it the same?
bool place_is_within(const Place *inner, const Place *outer);
