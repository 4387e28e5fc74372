// SPDX-License-Identifier: Apache-2.0
#include "compare/affine.h"

#define ORIENTATIONS 8u

// Signs of the linear part; y goes down.
static const struct {
    int xx, xy, yx, yy;
} turns[ORIENTATIONS] = {
    {1, 0, 0, 1},  {0, 1, -1, 0}, {-1, 0, 0, -1}, {0, -1, 1, 0},
    {1, 0, 0, -1}, {-1, 0, 0, 1}, {0, 1, 1, 0},   {0, -1, -1, 0},
};

bool affine_orientation_swaps(unsigned orientation)
{
    return turns[orientation].xx == 0;
}

Affine affine_onto(const Area *from, const Area *to, unsigned orientation)
{
    bool swaps = affine_orientation_swaps(orientation);
    double across = area_width(to) / (swaps ? area_height(from) : area_width(from));
    double down = area_height(to) / (swaps ? area_width(from) : area_height(from));
    Affine map = {.xx = turns[orientation].xx * across,
                  .xy = turns[orientation].xy * across,
                  .yx = turns[orientation].yx * down,
                  .yy = turns[orientation].yy * down};
    Point middle =
        affine_apply(&map, (from->left + from->right) / 2, (from->top + from->bottom) / 2);
    map.x0 = (to->left + to->right) / 2 - middle.x;
    map.y0 = (to->top + to->bottom) / 2 - middle.y;
    return map;
}

unsigned affine_orientation(const Affine *map)
{
    unsigned best = 0;
    double most = -INFINITY;
    for (unsigned i = 0; i < ORIENTATIONS; i++) {
        double likeness = turns[i].xx * map->xx + turns[i].xy * map->xy + turns[i].yx * map->yx +
                          turns[i].yy * map->yy;
        if (likeness > most) {
            most = likeness;
            best = i;
        }
    }
    return best;
}
