// SPDX-License-Identifier: Apache-2.0
#include "compare/plane.h"

Plane *plane_new(uint32_t width, uint32_t height)
{
    Plane *plane = g_malloc0(sizeof *plane + sizeof(float) * width * height);
    plane->width = width;
    plane->height = height;
    return plane;
}

void plane_free(Plane *plane)
{
    g_free(plane);
}

static double clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

float plane_sample(const Plane *plane, double x, double y)
{
    double across = clamp(x - 0.5, 0, plane->width - 1.0);
    double down = clamp(y - 0.5, 0, plane->height - 1.0);
    uint32_t left = (uint32_t)across, top = (uint32_t)down;
    uint32_t right = left + 1 < plane->width ? left + 1 : left;
    uint32_t bottom = top + 1 < plane->height ? top + 1 : top;
    float u = (float)(across - left), v = (float)(down - top);
    float above = plane_at(plane, left, top) * (1 - u) + plane_at(plane, right, top) * u;
    float below = plane_at(plane, left, bottom) * (1 - u) + plane_at(plane, right, bottom) * u;
    return above * (1 - v) + below * v;
}

// How many samples along one side of a target pixel touch every pixel below it.
static unsigned samples_along(double x, double y)
{
    double length = hypot(x, y);
    return length <= 1.25 ? 1 : (unsigned)ceil(clamp(length, 1, 64));
}

Plane *plane_warp(const Plane *plane, const Affine *target_to_plane, uint32_t width,
                  uint32_t height)
{
    Plane *target = plane_new(width, height);
    unsigned across = samples_along(target_to_plane->xx, target_to_plane->yx);
    unsigned down = samples_along(target_to_plane->xy, target_to_plane->yy);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            float sum = 0;
            for (unsigned i = 0; i < across * down; i++) {
                Point at = affine_apply(target_to_plane, x + (i % across + 0.5) / across,
                                        y + (i / across + 0.5) / down);
                sum += plane_sample(plane, at.x, at.y);
            }
            target->values[(size_t)y * width + x] = sum / (float)(across * down);
        }
    }
    return target;
}

Plane *plane_halve(const Plane *plane)
{
    uint32_t width = plane->width > 1 ? plane->width / 2 : 1;
    uint32_t height = plane->height > 1 ? plane->height / 2 : 1;
    Plane *half = plane_new(width, height);
    for (uint32_t y = 0; y < height; y++) {
        uint32_t below = 2 * y + 1 < plane->height ? 2 * y + 1 : 2 * y;
        for (uint32_t x = 0; x < width; x++) {
            uint32_t right = 2 * x + 1 < plane->width ? 2 * x + 1 : 2 * x;
            half->values[(size_t)y * width + x] =
                (plane_at(plane, 2 * x, 2 * y) + plane_at(plane, right, 2 * y) +
                 plane_at(plane, 2 * x, below) + plane_at(plane, right, below)) /
                4;
        }
    }
    return half;
}

// The mean of three neighbours along one direction, `step` values apart.
static void smooth_line(const float *from, float *to, uint32_t count, size_t step)
{
    for (uint32_t i = 0; i < count; i++) {
        float before = from[step * (i > 0 ? i - 1 : i)];
        float behind = from[step * (i + 1 < count ? i + 1 : i)];
        to[step * i] = (before + from[step * i] + behind) / 3;
    }
}

Plane *plane_smooth(const Plane *plane)
{
    g_autoptr(Plane) rows = plane_new(plane->width, plane->height);
    Plane *smooth = plane_new(plane->width, plane->height);
    for (uint32_t y = 0; y < plane->height; y++) {
        size_t start = (size_t)y * plane->width;
        smooth_line(plane->values + start, rows->values + start, plane->width, 1);
    }
    for (uint32_t x = 0; x < plane->width; x++)
        smooth_line(rows->values + x, smooth->values + x, plane->height, plane->width);
    return smooth;
}
