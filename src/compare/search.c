// SPDX-License-Identifier: Apache-2.0
#include "compare/search.h"

#include <string.h>

enum { ORIENTATIONS = 8, SIZES = 13, MIDDLE_SIZE = 6 };

#define PIXELS 1024.0     // of a small picture
#define SIZE_STEP 1.12246 // 2^(1/6): thirteen of them lead from half to twice
#define COVERED_MIN 0.6   // of the smaller of the two

// A small picture in whole levels.
typedef struct {
    unsigned width, height;
    uint8_t values[]; // rows without padding
} Tile;

static void tile_free(Tile *tile)
{
    g_free(tile);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tile, tile_free)

static Tile *tile_new(const Plane *plane, const Affine *tile_to_plane, unsigned width,
                      unsigned height)
{
    g_autoptr(Plane) small = plane_warp(plane, tile_to_plane, width, height);
    Tile *tile = g_malloc(sizeof *tile + (size_t)width * height);
    tile->width = width;
    tile->height = height;
    for (size_t i = 0; i < (size_t)width * height; i++)
        tile->values[i] = (uint8_t)fminf(255, fmaxf(0, small->values[i] + 0.5F));
    return tile;
}

typedef struct {
    unsigned first, count; // in the one
    unsigned other_first;  // in the other
} Stretch;

// Two lines of these lengths, the first pushed by `shift` along the second.
static Stretch stretch_of(unsigned length, unsigned other_length, int shift)
{
    int first = shift < 0 ? -shift : 0;
    int end = (int)length < (int)other_length - shift ? (int)length : (int)other_length - shift;
    return (Stretch){(unsigned)first, end > first ? (unsigned)(end - first) : 0,
                     (unsigned)(first + shift)};
}

typedef struct {
    uint64_t a, b, aa, bb, ab;
} Sums;

static void add_row(Sums *sums, const uint8_t *a, const uint8_t *b, unsigned count)
{
    uint32_t sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
    for (unsigned i = 0; i < count; i++) {
        sa += a[i];
        sb += b[i];
        saa += (uint32_t)a[i] * a[i];
        sbb += (uint32_t)b[i] * b[i];
        sab += (uint32_t)a[i] * b[i];
    }
    sums->a += sa;
    sums->b += sb;
    sums->aa += saa;
    sums->bb += sbb;
    sums->ab += sab;
}

static double correlate(const Tile *a, const Tile *b, const Stretch *across, const Stretch *down)
{
    Sums sums = {0};
    for (unsigned i = 0; i < down->count; i++)
        add_row(&sums, a->values + (size_t)(down->first + i) * a->width + across->first,
                b->values + (size_t)(down->other_first + i) * b->width + across->other_first,
                across->count);
    double n = (double)across->count * down->count;
    double spread_a = (double)sums.aa - (double)sums.a * (double)sums.a / n;
    double spread_b = (double)sums.bb - (double)sums.b * (double)sums.b / n;
    if (spread_a < n || spread_b < n) // one level of standard deviation
        return 0;
    return ((double)sums.ab - (double)sums.a * (double)sums.b / n) / sqrt(spread_a * spread_b);
}

typedef struct {
    int x, y;
    double score;
} Shift;

// The best shift of `a` over `b`.
static Shift best_shift(const Tile *a, const Tile *b)
{
    Shift best = {.score = -1};
    double smaller = fmin((double)a->width * a->height, (double)b->width * b->height);
    for (int y = 1 - (int)a->height; y < (int)b->height; y++) {
        Stretch down = stretch_of(a->height, b->height, y);
        for (int x = 1 - (int)a->width; x < (int)b->width; x++) {
            Stretch across = stretch_of(a->width, b->width, x);
            double covered = (double)across.count * down.count / smaller;
            if (covered < COVERED_MIN)
                continue;
            double score = correlate(a, b, &across, &down) * pow(covered, 0.25);
            if (score > best.score)
                best = (Shift){x, y, score};
        }
    }
    return best;
}

// Keeps the list sorted and short.
static void keep(SearchCandidate *candidates, unsigned *count, const SearchCandidate *candidate)
{
    unsigned place = *count;
    while (place > 0 && candidates[place - 1].score < candidate->score)
        place--;
    if (place == SEARCH_CANDIDATES)
        return;
    unsigned last = *count < SEARCH_CANDIDATES ? (*count)++ : SEARCH_CANDIDATES - 1;
    memmove(candidates + place + 1, candidates + place, (last - place) * sizeof(SearchCandidate));
    candidates[place] = *candidate;
}

static double unit_of(const Area *area)
{
    return sqrt(PIXELS / (area_width(area) * area_height(area)));
}

static unsigned pixels(double side)
{
    return side < 4 ? 4 : side > 4 * PIXELS ? (unsigned)(4 * PIXELS) : (unsigned)(side + 0.5);
}

// `from`, turned by the orientation and of this size, over the tile of `to`.
static SearchCandidate try_size(const RefinePair *pair, const Tile *to, unsigned orientation,
                                double size)
{
    double unit = unit_of(&pair->from_inside) * size;
    bool swaps = affine_orientation_swaps(orientation);
    double width = area_width(&pair->from_inside), height = area_height(&pair->from_inside);
    unsigned across = pixels((swaps ? height : width) * unit);
    unsigned down = pixels((swaps ? width : height) * unit);
    const Area tile_area = {0, 0, across, down};
    Affine map = affine_onto(&pair->from_inside, &tile_area, orientation);
    Affine back = affine_invert(&map);
    g_autoptr(Tile) tile = tile_new(pair->from, &back, across, down);

    Shift shift = best_shift(tile, to);
    map.x0 += shift.x;
    map.y0 += shift.y;
    double to_x = area_width(&pair->to_inside) / to->width;
    double to_y = area_height(&pair->to_inside) / to->height;
    map = affine_rescale(&map, 1, 1, to_x, to_y);
    map.x0 += pair->to_inside.left;
    map.y0 += pair->to_inside.top;
    return (SearchCandidate){.map = map, .score = shift.score};
}

unsigned search_maps(const RefinePair *pair, SearchCandidate ret_candidates[SEARCH_CANDIDATES])
{
    double unit = unit_of(&pair->to_inside);
    unsigned across = pixels(area_width(&pair->to_inside) * unit);
    unsigned down = pixels(area_height(&pair->to_inside) * unit);
    const Area tile_area = {0, 0, across, down};
    Affine back = affine_onto(&tile_area, &pair->to_inside, 0);
    g_autoptr(Tile) to = tile_new(pair->to, &back, across, down);
    unsigned count = 0;
    for (unsigned orientation = 0; orientation < ORIENTATIONS; orientation++) {
        for (int i = 0; i < SIZES; i++) {
            SearchCandidate candidate =
                try_size(pair, to, orientation, pow(SIZE_STEP, i - MIDDLE_SIZE));
            if (candidate.score > 0)
                keep(ret_candidates, &count, &candidate);
        }
    }
    return count;
}
