// SPDX-License-Identifier: Apache-2.0
//
// Where to begin: maps between two small planes that may be right, found without a guess. Every
// orientation, sizes from half to twice and every shift that leaves most of the smaller one
// covered, by normalised cross-correlation of pictures of about a thousand pixels.
#pragma once

#include <stdbool.h>

#include "compare/refine.h"

#define SEARCH_CANDIDATES 10u

typedef struct {
    Affine map;   // from -> to, in the coordinates of the pair's planes
    double score; // correlation, less for a small overlap
} SearchCandidate;

// The best, best first; returns how many there are, at most SEARCH_CANDIDATES.
unsigned search_maps(const RefinePair *pair, SearchCandidate ret_candidates[SEARCH_CANDIDATES]);
