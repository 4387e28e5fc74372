// SPDX-License-Identifier: Apache-2.0
#include "timeline/line_guess.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define SPEED_STEP 1.05 // factor between neighbouring speeds

typedef struct {
    int64_t bin;
    uint32_t point; // in order of ours, so ties are decided
} Sorted;

static unsigned strangeness_of(unsigned speed_number)
{
    return (speed_number + 1) / 2;
}

double line_speed(unsigned number)
{
    g_assert(number < LINE_SPEEDS);
    double exponent = strangeness_of(number);
    return pow(SPEED_STEP, number % 2 == 1 ? exponent : -exponent);
}

static int compare_sorted(const void *a, const void *b)
{
    const Sorted *left = a, *right = b;
    if (left->bin != right->bin)
        return left->bin < right->bin ? -1 : 1;
    return left->point < right->point ? -1 : left->point > right->point;
}

static double offset_of(const LinePoint *point, double speed)
{
    return (double)point->theirs_ms - speed * (double)point->ours_ms;
}

// A stretch of points of one bin.
typedef struct {
    unsigned runs, support, best; // best: of the run in hand
    uint32_t run;
    double offsets, weights; // sums
    int32_t from_ms, to_ms;
} Stretch;

static void stretch_add(Stretch *stretch, const LinePoint *point, double speed)
{
    if (stretch->runs == 0) {
        stretch->from_ms = stretch->to_ms = point->ours_ms;
    } else {
        stretch->from_ms = MIN(stretch->from_ms, point->ours_ms);
        stretch->to_ms = MAX(stretch->to_ms, point->ours_ms);
    }
    if (stretch->runs == 0 || stretch->run != point->run) {
        stretch->runs++;
        stretch->best = 0;
        stretch->run = point->run;
    }
    if (point->weight > stretch->best) {
        stretch->support += point->weight - stretch->best;
        stretch->best = point->weight;
    }
    stretch->offsets += offset_of(point, speed) * point->weight;
    stretch->weights += point->weight;
}

static void stretch_close(Stretch *stretch, unsigned speed_number, GArray *guesses)
{
    if (stretch->runs >= 2 && stretch->support >= POINT_WEIGHT_ONE) {
        LineGuess guess = {.line = {line_speed(speed_number), stretch->offsets / stretch->weights},
                           .from_ms = stretch->from_ms,
                           .to_ms = stretch->to_ms,
                           .support = stretch->support,
                           .strangeness = strangeness_of(speed_number)};
        g_array_append_val(guesses, guess);
    }
    *stretch = (Stretch){0};
}

// The bins begin at `shift` widths: a line on the border of two bins lies in the middle of one of
// the other shift.
static void guess_shifted(const LinePoint *points, size_t count, unsigned speed_number,
                          LineGuessOptions options, double shift, GArray *guesses)
{
    double speed = line_speed(speed_number);
    g_autofree Sorted *sorted = g_new(Sorted, count);
    for (size_t i = 0; i < count; i++)
        sorted[i] = (Sorted){(int64_t)floor(offset_of(&points[i], speed) / options.bin_ms + shift),
                             (uint32_t)i};
    if (count > 0)
        qsort(sorted, count, sizeof *sorted, compare_sorted);
    Stretch stretch = {0};
    for (size_t i = 0; i < count; i++) {
        const LinePoint *point = &points[sorted[i].point];
        bool parted = i > 0 && (sorted[i].bin != sorted[i - 1].bin ||
                                (double)point->ours_ms - stretch.to_ms > options.gap_ms);
        if (parted)
            stretch_close(&stretch, speed_number, guesses);
        stretch_add(&stretch, point, speed);
    }
    stretch_close(&stretch, speed_number, guesses);
}

void line_guess(const LinePoint *points, size_t count, unsigned speed_number,
                LineGuessOptions options, GArray *guesses)
{
    guess_shifted(points, count, speed_number, options, 0, guesses);
    guess_shifted(points, count, speed_number, options, 0.5, guesses);
}

static int compare_guesses(const void *a, const void *b)
{
    const LineGuess *left = a, *right = b;
    if (left->support != right->support)
        return left->support > right->support ? -1 : 1;
    if (left->strangeness != right->strangeness)
        return left->strangeness < right->strangeness ? -1 : 1;
    if (left->from_ms != right->from_ms)
        return left->from_ms < right->from_ms ? -1 : 1;
    if (left->line.offset_ms != right->line.offset_ms)
        return left->line.offset_ms < right->line.offset_ms ? -1 : 1;
    return left->to_ms > right->to_ms ? -1 : left->to_ms < right->to_ms;
}

void line_guesses_sort(GArray *guesses)
{
    if (guesses->len > 0)
        qsort(guesses->data, guesses->len, sizeof(LineGuess), compare_guesses);
}
