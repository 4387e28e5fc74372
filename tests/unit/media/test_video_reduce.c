// SPDX-License-Identifier: Apache-2.0
//
// A reduced picture has the hash of the whole one, to a few bits, whatever its sides are.
#include <string.h>

#include "base/limits.h"
#include "media/video_reduce.h"
#include "test_video_source.h"

typedef struct {
    uint32_t width, height;
} Size;

// Shades that change gently, with an edge here and there: rings and bars.
static uint8_t *draw(Size size)
{
    uint8_t *pixels = g_malloc((size_t)size.width * size.height);
    for (uint32_t y = 0; y < size.height; y++)
        for (uint32_t x = 0; x < size.width; x++) {
            uint32_t across = x * 1024 / size.width, down = y * 1024 / size.height;
            uint32_t far = (across - 300) * (across - 300) + (down - 500) * (down - 500);
            uint32_t bar = (across * 3 + down * 5) / 700 % 2;
            pixels[(size_t)y * size.width + x] =
                (uint8_t)((far / 700) % 64 + bar * 90 + across * down / 12000);
        }
    return pixels;
}

static FrameHash hash_of(const uint8_t *pixels, uint32_t width, uint32_t height)
{
    VideoPicture picture = {.width = width, .height = height, .is_grey = true, .pixels = pixels};
    picture.stride = width;
    return video_picture_hash(&picture);
}

// In memory of exactly the size that is promised to be enough.
static uint8_t *reduce(const uint8_t *pixels, const VideoReduction *reduction, bool is_full_range)
{
    size_t count = (size_t)reduction->across.count * reduction->down.count;
    uint8_t *target = g_malloc(count + VIDEO_REDUCE_SLACK);
    video_reduce(pixels, reduction->across.side, reduction, is_full_range, target,
                 reduction->across.count);
    return target;
}

static void keeps_the_hash(void)
{
    static const Size sizes[] = {{1280, 720}, {1920, 1080}, {3840, 2160}, {854, 480},
                                 {640, 360},  {720, 576},   {513, 515},   {701, 997},
                                 {1081, 40},  {320, 240},   {7, 2049}};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree uint8_t *pixels = draw(sizes[i]);
        VideoReduction reduction = video_reduction(sizes[i].width, sizes[i].height);
        g_autofree uint8_t *reduced = reduce(pixels, &reduction, true);
        FrameHash whole = hash_of(pixels, sizes[i].width, sizes[i].height);
        FrameHash small = hash_of(reduced, reduction.across.count, reduction.down.count);
        unsigned distance = video_hash_distance(&whole, &small);
        g_test_message("%ux%u: %u bits, quality %u and %u", sizes[i].width, sizes[i].height,
                       distance, whole.quality, small.quality);
        g_assert_cmpuint(whole.quality, >=, 50);
        g_assert_cmpuint(distance, <=, 6);
    }
}

static void leaves_small_sides_alone(void)
{
    VideoReduction reduction = video_reduction(511, 90);
    g_assert_cmpuint(reduction.across.count, ==, 511);
    g_assert_cmpuint(reduction.down.count, ==, 90);
    g_autofree uint8_t *pixels = draw((Size){511, 90});
    g_autofree uint8_t *same = reduce(pixels, &reduction, true);
    g_assert_cmpmem(same, 511 * 90, pixels, 511 * 90);
}

static void takes_sides_from_one_pixel_to_the_most(void)
{
    static const Size sizes[] = {{1, 1}, {LIMIT_VIDEO_SIDE, 3}, {3, LIMIT_VIDEO_SIDE}, {512, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        size_t size = (size_t)sizes[i].width * sizes[i].height;
        g_autofree uint8_t *pixels = g_malloc(size);
        memset(pixels, 255, size);
        VideoReduction reduction = video_reduction(sizes[i].width, sizes[i].height);
        g_autofree uint8_t *reduced = reduce(pixels, &reduction, true);
        for (size_t k = 0; k < (size_t)reduction.across.count * reduction.down.count; k++)
            g_assert_cmpuint(reduced[k], >=, 254);
    }
}

static void stretches_luma_to_grey(void)
{
    static const struct {
        uint8_t luma, grey;
    } rows[] = {{0, 0}, {16, 0}, {126, 128}, {235, 255}, {255, 255}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree uint8_t *pixels = g_malloc(1280 * 720);
        memset(pixels, rows[i].luma, 1280 * 720);
        VideoReduction reduction = video_reduction(1280, 720);
        g_autofree uint8_t *reduced = reduce(pixels, &reduction, false);
        g_assert_cmpint(ABS((int)reduced[0] - rows[i].grey), <=, 1);
        g_assert_cmpint(ABS((int)reduced[VIDEO_SCALED_SIDE * VIDEO_SCALED_SIDE - 1] - rows[i].grey),
                        <=, 1);
    }
}

// Rounded alike everywhere, a flat picture's shades would be off by up to half of one.
static void rounds_so_that_the_mean_stays(void)
{
    enum { SIDE = 768 };
    g_autofree uint8_t *pixels = g_malloc(SIDE * SIDE);
    for (size_t i = 0; i < SIDE * SIDE; i++)
        pixels[i] = i % 3 == 0 ? 101 : 100; // 100.33
    VideoReduction reduction = video_reduction(SIDE, SIDE);
    g_autofree uint8_t *reduced = reduce(pixels, &reduction, true);
    unsigned sum = 0;
    for (unsigned i = 0; i < VIDEO_SCALED_SIDE * VIDEO_SCALED_SIDE; i++)
        sum += reduced[i];
    g_assert_cmpuint(sum * 100 / (VIDEO_SCALED_SIDE * VIDEO_SCALED_SIDE), >=, 10025);
    g_assert_cmpuint(sum * 100 / (VIDEO_SCALED_SIDE * VIDEO_SCALED_SIDE), <=, 10041);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/video/reduce/hash", keeps_the_hash);
    g_test_add_func("/video/reduce/small", leaves_small_sides_alone);
    g_test_add_func("/video/reduce/sides", takes_sides_from_one_pixel_to_the_most);
    g_test_add_func("/video/reduce/luma", stretches_luma_to_grey);
    g_test_add_func("/video/reduce/rounding", rounds_so_that_the_mean_stays);
    return g_test_run();
}
