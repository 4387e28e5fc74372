// SPDX-License-Identifier: Apache-2.0
//
// Refinement of an affine map between two planes: Gauss-Newton on the difference of brightness,
// for the six numbers of the map and for gain and offset at once. Pixels that differ by more than
// the others do (Tukey's weight, its scale the median) are left out, so that a replaced patch or a
// logo does not pull the map towards itself.
#pragma once

#include <stdbool.h>

#include "compare/plane.h"

typedef struct {
    const Plane *from, *to;
    Area from_inside, to_inside; // what counts of them: without borders
} RefinePair;

// Improves *map (from -> to). False, and *map is of no use, when the planes share too little, or
// what they share says nothing of where it lies.
bool refine(const RefinePair *pair, unsigned rounds, Affine *map);

// How much of what both planes show, laid over each other by the map, is the same: of the blocks of
// 8 x 8 pixels that show anything, those whose brightness goes up and down together.
typedef struct {
    double share;   // of the blocks that show anything in either, 0-1
    double mean;    // correlation of those blocks, on average, -1 to 1
    unsigned shown; // blocks that show anything
    double overlap; // of the smaller of the two insides, 0-1
} Agreement;

Agreement refine_agreement(const RefinePair *pair, const Affine *map);
