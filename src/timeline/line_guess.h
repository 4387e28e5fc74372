// SPDX-License-Identifier: Apache-2.0
//
// LineGuess: where a piece may lie, guessed from points. A point says "this moment of ours
// resembles that one of theirs"; points of one piece lie on a line. For a given speed the points
// are sorted by the offset at which a line through them would begin, in bins of a width that allows
// for the sampling; a dense stretch in one bin is a guess.
#pragma once

#include <glib.h>
#include <stdint.h>

// Weights are in this many parts of one.
#define POINT_WEIGHT_ONE 256u

typedef struct {
    int32_t ours_ms, theirs_ms;
    uint32_t run;    // of ours, that it belongs to; points are in order of it
    uint32_t weight; // POINT_WEIGHT_ONE: resembles nothing else
} LinePoint;

// theirs = speed * ours + offset_ms.
typedef struct {
    double speed, offset_ms;
} TimeLine;

typedef struct {
    TimeLine line;
    int32_t from_ms, to_ms; // ours
    unsigned support;       // summed weights of the best point of each run
    unsigned strangeness;   // how far the speed is from 1, in steps
} LineGuess;

typedef struct {
    double bin_ms; // width of a bin, theirs
    double gap_ms; // ours: points further apart are not one stretch
} LineGuessOptions;

// Speeds from 1/2 to 2 in steps of a twentieth: within one, a piece stays in a bin for ten times
// the width of it.
#define LINE_SPEED_STEPS 15
// 1, then one step faster, one slower, two steps faster …; `number` below LINE_SPEEDS.
#define LINE_SPEEDS (2u * LINE_SPEED_STEPS + 1u)
double line_speed(unsigned number);

// Appends the guesses (LineGuess) of one speed, of at least two runs and the support of one point
// of full weight.
void line_guess(const LinePoint *points, size_t count, unsigned speed_number,
                LineGuessOptions options, GArray *guesses);

// Most support first; of equals the least strange, then the first in our time.
void line_guesses_sort(GArray *guesses);
