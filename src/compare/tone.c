// SPDX-License-Identifier: Apache-2.0
//
// Each curve is fitted by repeated weighted least squares: what lies far off has no weight, so that
// a replaced patch does not count as a change of tone.
#include "compare/tone.h"

#include <math.h>
#include <string.h>

enum { TERMS_MAX = TONE_TERMS, ROUNDS = 10 };

#define FAR 2.5            // times the mean distance: no weight beyond
#define FAR_MIN 4.0        // levels
#define BRIGHTNESS 8.0     // levels of a middle grey that are worth telling
#define CONTRAST 0.12      // share of the gain that is
#define COLOUR 0.25        // share of the colours' gain that is
#define COLOURS 4.0        // levels by which colours vary, apart from what luma explains
#define COLOURS_SHARE 0.25 // a side with fewer than that of the other's has lost them
#define MIDDLE 128.0
#define FAR_MAX 96.0 // levels, after the first round
#define RISE_MIN 0.1 // of a curve, everywhere
#define RIDGE 1e-6
#define SINGULAR 1e-12 // a pivot below: the terms say the same, or nothing

void laid_free(Laid *laid)
{
    if (laid == NULL)
        return;
    for (unsigned i = 0; i < 2; i++) {
        plane_free(laid->luma[i]);
        plane_free(laid->blue[i]);
        plane_free(laid->red[i]);
    }
    g_free(laid->counts);
    g_free(laid);
}

// A value told from up to TERMS_MAX others, by a weighted sum.
typedef struct {
    const float *from, *blue, *red; // colours: NULL when they do not count
    const float *to;
    const bool *counts;
    size_t pixels;
    bool is_bent; // the square of `from` counts, too
} Fit;

// About one each, so that the equations are well conditioned. Returns how many there are.
static unsigned terms_at(const Fit *fit, size_t pixel, double *ret_terms)
{
    unsigned count = 0;
    double from = fit->from[pixel] / MIDDLE;
    ret_terms[count++] = 1;
    ret_terms[count++] = from;
    if (fit->is_bent)
        ret_terms[count++] = from * from;
    if (fit->blue != NULL) {
        ret_terms[count++] = fit->blue[pixel] / MIDDLE;
        ret_terms[count++] = fit->red[pixel] / MIDDLE;
    }
    return count;
}

static double add_up(const double *weights, const double *terms, unsigned count)
{
    double sum = 0;
    for (unsigned i = 0; i < count; i++)
        sum += weights[i] * terms[i];
    return sum;
}

typedef double Matrix[TERMS_MAX][TERMS_MAX + 1];

// Gauss's elimination with the diagonal as pivot: the matrix is symmetric and positive, or there is
// no answer.
static bool solve(Matrix matrix, unsigned count, double *ret_weights)
{
    for (unsigned i = 0; i < count; i++) {
        if (!(fabs(matrix[i][i]) > SINGULAR))
            return false;
        for (unsigned j = 0; j < count; j++) {
            if (j == i)
                continue;
            double times = matrix[j][i] / matrix[i][i];
            for (unsigned k = i; k <= count; k++)
                matrix[j][k] -= times * matrix[i][k];
        }
    }
    for (unsigned i = 0; i < count; i++)
        ret_weights[i] = matrix[i][count] / matrix[i][i];
    return true;
}

// One round; `limit` is the distance without weight. Returns the mean distance of what counted, or
// -1 when there is no answer.
static double fit_round(const Fit *fit, double limit, double *weights)
{
    Matrix matrix = {0};
    double far = 0, counted = 0, terms[TERMS_MAX], fitted[TERMS_MAX];
    unsigned count = 0;
    for (size_t i = 0; i < fit->pixels; i++) {
        if (!fit->counts[i])
            continue;
        count = terms_at(fit, i, terms);
        double distance = fabs(fit->to[i] - add_up(weights, terms, count));
        if (distance >= limit)
            continue;
        double weight = isfinite(limit) ? 1 - distance / limit * (distance / limit) : 1;
        far += weight * distance;
        counted += weight;
        for (unsigned j = 0; j < count; j++) {
            for (unsigned k = 0; k < count; k++)
                matrix[j][k] += weight * terms[j] * terms[k];
            matrix[j][count] += weight * terms[j] * fit->to[i];
        }
    }
    // What never varies (the colours of a grey picture) then has no weight rather than any.
    for (unsigned j = 0; j < count; j++)
        matrix[j][j] += RIDGE * counted;
    if (counted < 1 || !solve(matrix, count, fitted))
        return -1;
    memcpy(weights, fitted, sizeof(double) * count);
    return far / counted;
}

static bool fit_curve(const Fit *fit, double *weights)
{
    double limit = INFINITY;
    for (unsigned i = 0; i < ROUNDS; i++) {
        double far = fit_round(fit, limit, weights);
        if (far < 0)
            return false;
        // The first round's distances are those of the guess and say nothing.
        limit = fmin(limit, i == 0 ? FAR_MAX : fmax(FAR * far, FAR_MIN));
    }
    return true;
}

static bool rises(const double *weights)
{
    return weights[1] > RISE_MIN && weights[1] + 2 * weights[2] * 255 / MIDDLE > RISE_MIN;
}

static Fit luma_fit(const Laid *laid, unsigned from)
{
    return (Fit){.from = laid->luma[from]->values,
                 .to = laid->luma[1 - from]->values,
                 .counts = laid->counts,
                 .pixels = (size_t)laid->width * laid->height};
}

static Fit bent_fit(const Laid *laid, unsigned from)
{
    Fit fit = luma_fit(laid, from);
    fit.is_bent = true;
    fit.blue = laid->blue[from]->values;
    fit.red = laid->red[from]->values;
    return fit;
}

// With A's colours where they help; without any, they have no weight.
static void fit_luma(const Laid *laid, ToneChange *change)
{
    Fit line_fit = luma_fit(laid, 0), fit = bent_fit(laid, change->from);
    double line[TERMS_MAX] = {0, MIDDLE}, curve[TERMS_MAX] = {0, MIDDLE};
    if (!fit_curve(&line_fit, line) || line[1] / MIDDLE <= RISE_MIN)
        memcpy(line, (double[TERMS_MAX]){0, MIDDLE}, sizeof line);
    change->gain = line[1] / MIDDLE;
    change->offset = line[0];
    if (fit_curve(&fit, curve) && rises(curve)) {
        memcpy(change->curve, curve, sizeof change->curve);
        return;
    }
    double gain = change->from == 0 ? change->gain : 1 / change->gain;
    change->curve[0] = change->from == 0 ? change->offset : -change->offset * gain;
    change->curve[1] = gain * MIDDLE;
}

float tone_luma(const ToneChange *change, const Laid *laid, size_t pixel)
{
    double terms[TERMS_MAX];
    Fit fit = bent_fit(laid, change->from);
    unsigned count = terms_at(&fit, pixel, terms);
    double value = add_up(change->curve, terms, count);
    return value < 0 ? 0 : value > 255 ? 255 : (float)value;
}

// By how much a side's colours vary apart from what a curve through its luma explains: grey and
// sepia pictures have nothing left.
static double colours_of(const Laid *laid, unsigned side, const Plane *plane)
{
    Fit fit = luma_fit(laid, side);
    fit.to = plane->values;
    fit.is_bent = true; // what is too bright for its tint turns white
    double line[TERMS_MAX] = {0}, terms[TERMS_MAX], sum = 0;
    if (fit_round(&fit, INFINITY, line) < 0)
        return 0;
    for (size_t i = 0; i < fit.pixels; i++) {
        if (!laid->counts[i])
            continue;
        unsigned count = terms_at(&fit, i, terms);
        double left = plane->values[i] - add_up(line, terms, count);
        sum += left * left;
    }
    return sqrt(sum / fmax(laid->counting, 1));
}

// Whether the sides have colours, and which one is told from the other.
static bool has_colours(const Laid *laid, ToneChange *change)
{
    double a = hypot(colours_of(laid, 0, laid->blue[0]), colours_of(laid, 0, laid->red[0]));
    double b = hypot(colours_of(laid, 1, laid->blue[1]), colours_of(laid, 1, laid->red[1]));
    bool a_less = a < COLOURS || a < COLOURS_SHARE * b;
    bool b_less = b < COLOURS || b < COLOURS_SHARE * a;
    if (a_less != b_less)
        change->tones |= a_less ? TONE_A_COLOURLESS : TONE_B_COLOURLESS;
    change->from = a_less && !b_less ? 1 : 0;
    return !a_less && !b_less;
}

static void fit_colour(const Laid *laid, ToneChange *change)
{
    double gain = 0;
    for (unsigned i = 0; i < 2; i++) {
        Fit fit = luma_fit(laid, 0);
        fit.from = i == 0 ? laid->blue[0]->values : laid->red[0]->values;
        fit.to = i == 0 ? laid->blue[1]->values : laid->red[1]->values;
        double line[TERMS_MAX] = {0, MIDDLE};
        if (!fit_curve(&fit, line))
            return;
        change->colour[i][0] = line[0];
        change->colour[i][1] = line[1] / MIDDLE;
        gain += change->colour[i][1] / 2;
    }
    change->has_colour = true;
    if (gain > 1 + COLOUR)
        change->tones |= TONE_MORE_COLOUR;
    else if (gain < 1 / (1 + COLOUR))
        change->tones |= TONE_LESS_COLOUR;
}

ToneChange tone_change(const Laid *laid)
{
    ToneChange change = {0};
    bool both_have_colours = has_colours(laid, &change);
    fit_luma(laid, &change);
    double brighter = change.gain * MIDDLE + change.offset - MIDDLE;
    if (fabs(brighter) >= BRIGHTNESS)
        change.tones |= brighter > 0 ? TONE_BRIGHTER : TONE_DARKER;
    if (change.gain > 1 + CONTRAST)
        change.tones |= TONE_MORE_CONTRAST;
    else if (change.gain < 1 / (1 + CONTRAST))
        change.tones |= TONE_LESS_CONTRAST;
    if (both_have_colours)
        fit_colour(laid, &change);
    return change;
}
