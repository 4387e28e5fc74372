// SPDX-License-Identifier: Apache-2.0
//
// Affine maps between pictures. Coordinates are continuous: pixel i covers [i, i + 1), so that a
// change of resolution is a multiplication and nothing else.
#pragma once

#include <math.h>
#include <stdbool.h>

typedef struct {
    double xx, xy, x0; // x' = xx x + xy y + x0
    double yx, yy, y0; // y' = yx x + yy y + y0
} Affine;

typedef struct {
    double x, y;
} Point;

// A rectangle of a picture, [left, right) x [top, bottom).
typedef struct {
    double left, top, right, bottom;
} Area;

static inline Point affine_apply(const Affine *map, double x, double y)
{
    return (Point){map->xx * x + map->xy * y + map->x0, map->yx * x + map->yy * y + map->y0};
}

static inline double affine_determinant(const Affine *map)
{
    return map->xx * map->yy - map->xy * map->yx;
}

// How many times longer a line becomes, on average.
static inline double affine_scale(const Affine *map)
{
    return sqrt(fabs(affine_determinant(map)));
}

// The map must not be degenerate.
static inline Affine affine_invert(const Affine *map)
{
    double d = affine_determinant(map);
    Affine inverse = {.xx = map->yy / d, .xy = -map->xy / d, .yx = -map->yx / d, .yy = map->xx / d};
    inverse.x0 = -(inverse.xx * map->x0 + inverse.xy * map->y0);
    inverse.y0 = -(inverse.yx * map->x0 + inverse.yy * map->y0);
    return inverse;
}

// The map between pictures of which the first has another resolution by (from_x, from_y) and the
// second by (to_x, to_y): 0.5 for half as many pixels.
static inline Affine affine_rescale(const Affine *map, double from_x, double from_y, double to_x,
                                    double to_y)
{
    return (Affine){map->xx * to_x / from_x, map->xy * to_x / from_y, map->x0 * to_x,
                    map->yx * to_y / from_x, map->yy * to_y / from_y, map->y0 * to_y};
}

static inline double area_width(const Area *area)
{
    return area->right - area->left;
}

static inline double area_height(const Area *area)
{
    return area->bottom - area->top;
}

static inline bool area_holds(const Area *area, Point point)
{
    return point.x >= area->left && point.x < area->right && point.y >= area->top &&
           point.y < area->bottom;
}

static inline Area area_rescale(const Area *area, double x, double y)
{
    return (Area){area->left * x, area->top * y, area->right * x, area->bottom * y};
}

// The map that puts `from` on `to`, turned or mirrored by `orientation` (0-7, in the order of
// PDQ's: original, rot90 (counter-clockwise), rot180, rot270, flip_x (upside down), flip_y
// (mirrored), flip_plus, flip_minus), whatever that does to the ratio of the sides.
Affine affine_onto(const Area *from, const Area *to, unsigned orientation);

// True when the orientation makes rows of columns.
bool affine_orientation_swaps(unsigned orientation);

// The orientation that the map is nearest to.
unsigned affine_orientation(const Affine *map);
