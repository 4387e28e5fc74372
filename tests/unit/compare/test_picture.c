// SPDX-License-Identifier: Apache-2.0
#include "test_picture.h"

#include <math.h>
#include <string.h>

void test_picture_free(TestPicture *picture)
{
    if (picture == NULL)
        return;
    g_free(picture->pixels);
    g_free(picture);
}

static TestPicture *picture_new(uint32_t width, uint32_t height)
{
    TestPicture *picture = g_new(TestPicture, 1);
    *picture = (TestPicture){width, height, g_malloc0((size_t)4 * width * height)};
    return picture;
}

static uint8_t *pixel_at(const TestPicture *picture, uint32_t x, uint32_t y)
{
    return picture->pixels + ((size_t)y * picture->width + x) * 4;
}

static void set(uint8_t *pixel, uint32_t rgb)
{
    pixel[0] = (uint8_t)(rgb >> 16);
    pixel[1] = (uint8_t)(rgb >> 8);
    pixel[2] = (uint8_t)rgb;
}

static uint8_t level(double value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5);
}

TestPicture *test_picture_plain(uint32_t width, uint32_t height, uint32_t rgb)
{
    TestPicture *picture = picture_new(width, height);
    for (uint32_t i = 0; i < width * height; i++)
        set(picture->pixels + (size_t)4 * i, rgb);
    return picture;
}

static uint32_t scatter(uint32_t value)
{
    value = (value ^ (value >> 16)) * 0x45d9f3bu;
    value = (value ^ (value >> 16)) * 0x45d9f3bu;
    return value ^ (value >> 16);
}

// A value of 0-1 for each point of a lattice, smoothly in between.
static double texture(double x, double y, unsigned seed)
{
    uint32_t left = (uint32_t)x, top = (uint32_t)y;
    double u = x - left, v = y - top, corners[4];
    for (uint32_t i = 0; i < 4; i++)
        corners[i] = scatter(scatter(left + i % 2 + 977 * seed) + top + i / 2) % 1024 / 1023.0;
    return (corners[0] * (1 - u) + corners[1] * u) * (1 - v) +
           (corners[2] * (1 - u) + corners[3] * u) * v;
}

TestPicture *test_picture_chart(uint32_t width, uint32_t height, unsigned seed)
{
    TestPicture *picture = picture_new(width, height);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            // The chart is the same at every size but for its scale.
            double u = 10.0 * x / width, v = 10.0 * y / height;
            double value = 40 + 8 * u + 60 * texture(u / 2, v / 2, seed) +
                           50 * texture(2 * u, 2 * v, seed + 1) +
                           30 * texture(7 * u, 7 * v, seed + 2);
            double disc = hypot(u - 2 - seed % 5, v - 3 - seed % 3);
            if (disc < 1.5)
                value = 255 - value;
            if (fabs(u + v - 9 - seed % 4) < 0.4)
                value += 60;
            double red = 40 * texture(u / 2, v / 2, seed + 3) - 20;
            double blue = 60 * texture(u / 2, v / 2, seed + 4) - 30;
            uint8_t *pixel = pixel_at(picture, x, y);
            pixel[0] = level(value + red);
            pixel[1] = level(value);
            pixel[2] = level(value + blue);
        }
    }
    return picture;
}

static double sample(const TestPicture *picture, double x, double y, unsigned channel)
{
    double across = CLAMP(x - 0.5, 0, picture->width - 1.0);
    double down = CLAMP(y - 0.5, 0, picture->height - 1.0);
    uint32_t left = (uint32_t)across, top = (uint32_t)down;
    uint32_t right = MIN(left + 1, picture->width - 1), bottom = MIN(top + 1, picture->height - 1);
    double u = across - left, v = down - top;
    return (pixel_at(picture, left, top)[channel] * (1 - u) +
            pixel_at(picture, right, top)[channel] * u) *
               (1 - v) +
           (pixel_at(picture, left, bottom)[channel] * (1 - u) +
            pixel_at(picture, right, bottom)[channel] * u) *
               v;
}

TestPicture *test_picture_warp(const TestPicture *picture, Affine map, uint32_t width,
                               uint32_t height, uint32_t rgb)
{
    TestPicture *warped = test_picture_plain(width, height, rgb);
    const Area whole = {0, 0, picture->width, picture->height};
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            Point at = affine_apply(&map, x + 0.5, y + 0.5);
            for (unsigned i = 0; i < 3 && area_holds(&whole, at); i++)
                pixel_at(warped, x, y)[i] = level(sample(picture, at.x, at.y, i));
        }
    }
    return warped;
}

TestPicture *test_picture_scale(const TestPicture *picture, uint32_t width, uint32_t height)
{
    const Affine map = {.xx = (double)picture->width / width,
                        .yy = (double)picture->height / height};
    return test_picture_warp(picture, map, width, height, 0);
}

TestPicture *test_picture_crop(const TestPicture *picture, uint32_t left, uint32_t top,
                               uint32_t width, uint32_t height)
{
    const Affine map = {.xx = 1, .x0 = left, .yy = 1, .y0 = top};
    return test_picture_warp(picture, map, width, height, 0);
}

TestPicture *test_picture_border(const TestPicture *picture, uint32_t across, uint32_t down,
                                 uint32_t rgb)
{
    const Affine map = {.xx = 1, .x0 = -(double)across, .yy = 1, .y0 = -(double)down};
    return test_picture_warp(picture, map, picture->width + 2 * across, picture->height + 2 * down,
                             rgb);
}

TestPicture *test_picture_copy(const TestPicture *picture)
{
    return test_picture_crop(picture, 0, 0, picture->width, picture->height);
}

void test_picture_paste(TestPicture *picture, const TestPicture *patch, uint32_t left, uint32_t top,
                        uint32_t width, uint32_t height, unsigned percent)
{
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            uint8_t *to = pixel_at(picture, left + x, top + y);
            for (unsigned i = 0; i < 3; i++)
                to[i] =
                    (uint8_t)((to[i] * (100 - percent) + pixel_at(patch, x, y)[i] * percent) / 100);
        }
    }
}

void test_picture_noise(TestPicture *picture, unsigned levels, unsigned seed)
{
    for (uint32_t i = 0; i < 4 * picture->width * picture->height; i++) {
        double noise = (double)(scatter(i + seed) % (2 * levels + 1)) - levels;
        picture->pixels[i] = level(picture->pixels[i] + noise);
    }
}

void test_picture_grey(TestPicture *picture)
{
    for (uint32_t i = 0; i < picture->width * picture->height; i++) {
        uint8_t *pixel = picture->pixels + (size_t)4 * i;
        pixel[0] = level(0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]);
        pixel[1] = pixel[2] = pixel[0];
    }
}

void test_picture_tone(TestPicture *picture, double gain, double offset)
{
    for (uint32_t i = 0; i < 4 * picture->width * picture->height; i++)
        picture->pixels[i] = level(gain * picture->pixels[i] + offset);
}

Reduced *test_picture_reduce(const TestPicture *picture)
{
    g_autoptr(Reducer) reducer = reducer_new(picture->width, picture->height, false);
    for (uint32_t y = 0; y < picture->height; y++)
        reducer_add_row(reducer, pixel_at(picture, 0, y));
    return reducer_finish(reducer);
}
