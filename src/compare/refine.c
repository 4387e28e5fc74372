// SPDX-License-Identifier: Apache-2.0
#include "compare/refine.h"

#include <string.h>

// Of the map (6), gain and offset.
enum { UNKNOWNS = 8 };

#define SAMPLES_MAX 40000u    // pixels that one round looks at
#define OVERLAP_SHARE_MIN 0.2 // of the pixels of `from`
#define SIGMA_MIN 1.5         // levels: rounding and compression
#define TUKEY 4.685           // times sigma: what differs by more has no weight
#define MEDIAN_TO_SIGMA 1.4826
#define GAIN_MIN 0.2 // between the two, as standard deviations say it
#define DAMPING 1e-4
#define SETTLED 0.01 // pixels

enum { RESIDUAL_BINS = 1024, BINS_A_LEVEL = 4 };

typedef struct {
    float x, y;                 // in `from`
    float value;                // of `from`
    float at, slope_x, slope_y; // of `to`, where the map leads
    bool counts;
} Sample;

typedef struct {
    Sample *samples;
    unsigned count, counting;
    double gain, offset;
} Samples;

static void samples_free(Samples *samples)
{
    g_free(samples->samples);
    g_free(samples);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Samples, samples_free)

// Evenly spread over what counts of `from`.
static Samples *samples_new(const RefinePair *pair)
{
    const Area *inside = &pair->from_inside;
    double pixels = area_width(inside) * area_height(inside);
    double step = pixels > SAMPLES_MAX ? sqrt(pixels / SAMPLES_MAX) : 1;
    Samples *samples = g_new0(Samples, 1);
    unsigned across = (unsigned)(area_width(inside) / step);
    unsigned down = (unsigned)(area_height(inside) / step);
    samples->samples = g_new0(Sample, (size_t)across * down + 1);
    for (unsigned i = 0; i < across * down; i++) {
        double x = inside->left + (i % across + 0.5) * step;
        double y = inside->top + (i / across + 0.5) * step;
        samples->samples[samples->count++] =
            (Sample){.x = (float)x, .y = (float)y, .value = plane_sample(pair->from, x, y)};
    }
    return samples;
}

// Looks up where the map leads; false when too little is left.
static bool follow(Samples *samples, const RefinePair *pair, const Affine *map)
{
    samples->counting = 0;
    for (unsigned i = 0; i < samples->count; i++) {
        Sample *sample = &samples->samples[i];
        Point to = affine_apply(map, sample->x, sample->y);
        sample->counts = area_holds(&pair->to_inside, to);
        if (!sample->counts)
            continue;
        samples->counting++;
        sample->at = plane_sample(pair->to, to.x, to.y);
        sample->slope_x =
            (plane_sample(pair->to, to.x + 1, to.y) - plane_sample(pair->to, to.x - 1, to.y)) / 2;
        sample->slope_y =
            (plane_sample(pair->to, to.x, to.y + 1) - plane_sample(pair->to, to.x, to.y - 1)) / 2;
    }
    return samples->counting > 0 && samples->counting >= OVERLAP_SHARE_MIN * samples->count;
}

// Gain and offset to begin with: the same mean, the same spread.
static bool guess_gain(Samples *samples)
{
    double a = 0, b = 0, aa = 0, bb = 0, count = samples->counting;
    for (unsigned i = 0; i < samples->count; i++) {
        const Sample *sample = &samples->samples[i];
        if (!sample->counts)
            continue;
        a += sample->value;
        b += sample->at;
        aa += (double)sample->value * sample->value;
        bb += (double)sample->at * sample->at;
    }
    double spread_a = aa / count - a / count * (a / count);
    double spread_b = bb / count - b / count * (b / count);
    if (spread_a < 1 || spread_b < 1)
        return false;
    samples->gain = sqrt(spread_b / spread_a);
    samples->offset = b / count - samples->gain * (a / count);
    return true;
}

static double residual_of(const Samples *samples, const Sample *sample)
{
    return sample->at - samples->gain * sample->value - samples->offset;
}

// From the median of what the pixels differ by.
static double sigma_of(const Samples *samples)
{
    unsigned bins[RESIDUAL_BINS] = {0}, seen = 0, bin = 0;
    for (unsigned i = 0; i < samples->count; i++) {
        if (!samples->samples[i].counts)
            continue;
        double size = fabs(residual_of(samples, &samples->samples[i])) * BINS_A_LEVEL;
        bins[size < RESIDUAL_BINS - 1 ? (unsigned)size : RESIDUAL_BINS - 1]++;
    }
    for (; bin < RESIDUAL_BINS - 1 && seen + bins[bin] < samples->counting / 2; bin++)
        seen += bins[bin];
    double sigma = MEDIAN_TO_SIGMA * (bin + 0.5) / BINS_A_LEVEL;
    return sigma > SIGMA_MIN ? sigma : SIGMA_MIN;
}

// The weighted normal equations: `matrix` is symmetric, its upper half is filled.
typedef struct {
    double matrix[UNKNOWNS][UNKNOWNS], right[UNKNOWNS];
} Equations;

static void gather(const Samples *samples, const RefinePair *pair, double sigma,
                   Equations *ret_equations)
{
    // Coordinates of about one, so that the equations are well conditioned.
    double unit = fmax(area_width(&pair->from_inside), area_height(&pair->from_inside));
    memset(ret_equations, 0, sizeof *ret_equations);
    for (unsigned i = 0; i < samples->count; i++) {
        const Sample *sample = &samples->samples[i];
        if (!sample->counts)
            continue;
        double residual = residual_of(samples, sample);
        double far = residual / (TUKEY * sigma);
        if (fabs(far) >= 1)
            continue;
        double weight = (1 - far * far) * (1 - far * far);
        double x = sample->x / unit, y = sample->y / unit;
        const double row[UNKNOWNS] = {
            sample->slope_x * x, sample->slope_x * y, sample->slope_x,     sample->slope_y * x,
            sample->slope_y * y, sample->slope_y,     -sample->value / 64, -1,
        };
        for (unsigned j = 0; j < UNKNOWNS; j++) {
            double weighted = weight * row[j];
            ret_equations->right[j] -= weighted * residual;
            for (unsigned k = j; k < UNKNOWNS; k++)
                ret_equations->matrix[j][k] += weighted * row[k];
        }
    }
}

// By Cholesky's decomposition, in place; false when the matrix is not positive.
static bool solve(Equations *equations, double *ret_solution)
{
    double(*m)[UNKNOWNS] = equations->matrix;
    for (unsigned j = 0; j < UNKNOWNS; j++)
        m[j][j] += m[j][j] * DAMPING + 1e-9;
    for (unsigned j = 0; j < UNKNOWNS; j++) {
        for (unsigned k = 0; k < j; k++)
            m[j][j] -= m[k][j] * m[k][j];
        if (!(m[j][j] > 1e-12))
            return false;
        m[j][j] = sqrt(m[j][j]);
        for (unsigned i = j + 1; i < UNKNOWNS; i++) {
            for (unsigned k = 0; k < j; k++)
                m[j][i] -= m[k][j] * m[k][i];
            m[j][i] /= m[j][j];
        }
    }
    for (unsigned j = 0; j < UNKNOWNS; j++) {
        double value = equations->right[j];
        for (unsigned k = 0; k < j; k++)
            value -= m[k][j] * ret_solution[k];
        ret_solution[j] = value / m[j][j];
    }
    for (unsigned j = UNKNOWNS; j-- > 0;) {
        for (unsigned k = j + 1; k < UNKNOWNS; k++)
            ret_solution[j] -= m[j][k] * ret_solution[k];
        ret_solution[j] /= m[j][j];
    }
    return true;
}

// Applies a step and says by how many pixels it moved a corner at most.
static double move(Affine *map, Samples *samples, const RefinePair *pair, const double *step)
{
    double unit = fmax(area_width(&pair->from_inside), area_height(&pair->from_inside));
    map->xx += step[0] / unit;
    map->xy += step[1] / unit;
    map->x0 += step[2];
    map->yx += step[3] / unit;
    map->yy += step[4] / unit;
    map->y0 += step[5];
    samples->gain += step[6] / 64;
    samples->offset += step[7];
    return fmax(fabs(step[0]) + fabs(step[1]) + fabs(step[2]),
                fabs(step[3]) + fabs(step[4]) + fabs(step[5]));
}

bool refine(const RefinePair *pair, unsigned rounds, Affine *map)
{
    g_autoptr(Samples) samples = samples_new(pair);
    double side = fmax(area_width(&pair->to_inside), area_height(&pair->to_inside));
    double before = affine_determinant(map);
    for (unsigned i = 0; i < rounds; i++) {
        Equations equations;
        double step[UNKNOWNS];
        if (!follow(samples, pair, map) || (i == 0 && !guess_gain(samples)))
            return false;
        double spread_gain = samples->gain;
        gather(samples, pair, sigma_of(samples), &equations);
        if (!solve(&equations, step))
            return false;
        double moved = move(map, samples, pair, step);
        double grown = affine_determinant(map) / before;
        if (!(moved < side) || !(grown > 0.25 && grown < 4))
            return false;
        if (samples->gain < GAIN_MIN * spread_gain)
            return false;
        if (moved < SETTLED)
            break;
    }
    return true;
}

// ---- Agreement ----------------------------------------------------------------------------------

enum { BLOCK = 8, SHOWS = 4 }; // pixels; levels of standard deviation
#define SAME 0.6               // correlation of a block that shows the same

typedef struct {
    double a, b, aa, bb, ab, count;
} Moments;

static void moments_add(Moments *moments, double a, double b)
{
    moments->a += a;
    moments->b += b;
    moments->aa += a * a;
    moments->bb += b * b;
    moments->ab += a * b;
    moments->count++;
}

static void judge_block(const Moments *moments, Agreement *agreement)
{
    double n = moments->count;
    if (n < BLOCK * BLOCK)
        return;
    double spread_a = moments->aa / n - moments->a / n * (moments->a / n);
    double spread_b = moments->bb / n - moments->b / n * (moments->b / n);
    if (spread_a < SHOWS * SHOWS && spread_b < SHOWS * SHOWS)
        return;
    double both = moments->ab / n - moments->a / n * (moments->b / n);
    // A little more below, so that two faint blocks need not agree in their noise.
    double correlation = both / (sqrt(fmax(spread_a, 0) * fmax(spread_b, 0)) + 1);
    agreement->shown++;
    agreement->mean += correlation;
    agreement->share += correlation >= SAME;
}

Agreement refine_agreement(const RefinePair *pair, const Affine *map)
{
    Agreement agreement = {0};
    double overlapping = 0;
    g_autoptr(Plane) warped = plane_warp(pair->to, map, pair->from->width, pair->from->height);
    for (uint32_t top = 0; top + BLOCK <= warped->height; top += BLOCK) {
        for (uint32_t left = 0; left + BLOCK <= warped->width; left += BLOCK) {
            Moments moments = {0};
            for (unsigned i = 0; i < BLOCK * BLOCK; i++) {
                uint32_t x = left + i % BLOCK, y = top + i / BLOCK;
                Point to = affine_apply(map, x + 0.5, y + 0.5);
                if (area_holds(&pair->from_inside, (Point){x + 0.5, y + 0.5}) &&
                    area_holds(&pair->to_inside, to))
                    moments_add(&moments, plane_at(pair->from, x, y), plane_at(warped, x, y));
            }
            overlapping += moments.count;
            judge_block(&moments, &agreement);
        }
    }
    double from = area_width(&pair->from_inside) * area_height(&pair->from_inside);
    double to = area_width(&pair->to_inside) * area_height(&pair->to_inside) /
                fmax(fabs(affine_determinant(map)), 1e-9);
    agreement.overlap = fmin(1, overlapping / fmax(fmin(from, to), 1));
    if (agreement.shown > 0) {
        agreement.share /= agreement.shown;
        agreement.mean /= agreement.shown;
    }
    return agreement;
}
