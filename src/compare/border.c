// SPDX-License-Identifier: Apache-2.0
#include "compare/border.h"

#include <math.h>

enum {
    EVEN = 6,            // levels that a border may vary by
    STEP = 16,           // levels that content must differ by from the border ...
    STEP_SHARE = 8,      // ... in one of so many of its pixels, along the first line of content
    ODD_SHARE = 32,      // one of so many pixels of a border's line may be anything
    EDGE = 3,            // lines of compression noise and of mixed pixels at the true edge
    SMALLEST_SHARE = 64, // a border that is thinner than this share of the side is none
    LEFT_SHARE = 8,      // of a side must remain
};

// A side of the picture, seen from outside: line 0 is the outermost.
typedef struct {
    const Plane *plane;
    bool is_column, from_end;
    uint32_t lines, length;
} Side;

static float side_at(const Side *side, uint32_t line, uint32_t position)
{
    uint32_t index = side->from_end ? side->lines - 1 - line : line;
    return side->is_column ? plane_at(side->plane, index, position)
                           : plane_at(side->plane, position, index);
}

static uint32_t count_unlike(const Side *side, uint32_t line, float value, float steps)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < side->length; i++)
        count += fabsf(side_at(side, line, i) - value) > steps;
    return count;
}

static float mean_of_line(const Side *side, uint32_t line)
{
    float sum = 0;
    for (uint32_t i = 0; i < side->length; i++)
        sum += side_at(side, line, i);
    return sum / (float)side->length;
}

// What is known of one side: lines of one value, and where behind them content begins with a step
// (0: nowhere).
typedef struct {
    float value;
    uint32_t even, depth;
} Reach;

static Reach reach_of(const Side *side)
{
    Reach reach = {.value = mean_of_line(side, 0)};
    while (reach.even < side->lines &&
           count_unlike(side, reach.even, reach.value, EVEN) <= side->length / ODD_SHARE)
        reach.even++;
    if (reach.even == 0 || reach.even == side->lines)
        return reach;
    for (uint32_t i = reach.even; i < side->lines && i <= reach.even + EDGE; i++) {
        if (count_unlike(side, i, reach.value, STEP) > side->length / STEP_SHARE) {
            // A line that content only mixes into is none of it.
            reach.depth = i;
            break;
        }
    }
    return reach;
}

// Dark content against a dark bar shows no step; bars come in pairs.
static uint32_t depth_of(const Reach *side, const Reach *opposite, uint32_t lines)
{
    uint32_t depth = side->depth;
    if (depth == 0 && fabsf(side->value - opposite->value) <= STEP && side->even >= opposite->depth)
        depth = opposite->depth;
    return depth > 1 && depth >= lines / SMALLEST_SHARE ? depth : 0;
}

static void cut(const Plane *luma, bool is_column, double *ret_first, double *ret_end)
{
    uint32_t lines = is_column ? luma->width : luma->height;
    uint32_t length = is_column ? luma->height : luma->width;
    Side near = {luma, is_column, false, lines, length},
         far = {luma, is_column, true, lines, length};
    Reach nears = reach_of(&near), fars = reach_of(&far);
    uint32_t first = depth_of(&nears, &fars, lines), last = depth_of(&fars, &nears, lines);
    *ret_first = 0;
    *ret_end = lines;
    if ((uint64_t)first + last + lines / LEFT_SHARE > lines)
        return;
    *ret_first = first;
    *ret_end = lines - last;
}

Area border_inside(const Plane *luma)
{
    Area inside;
    cut(luma, false, &inside.top, &inside.bottom);
    cut(luma, true, &inside.left, &inside.right);
    return inside;
}
