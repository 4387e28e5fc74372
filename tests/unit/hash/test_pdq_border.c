// SPDX-License-Identifier: Apache-2.0
//
// Promise: a uniform border is found to within a few pixels although the picture was saved as JPEG,
// the trimmed picture hashes as the original does, and soft edges, plain pictures and thin lines
// are left alone.
#include "picture.h"

#include <string.h>

enum { MATCH = 31 };

static bool border_of(const Picture *picture, PdqRect *ret_inside)
{
    PdqHasher *hasher = picture_hash(picture, &(PdqOptions){.find_border = true});
    bool found = pdq_hasher_border(hasher, ret_inside);
    pdq_hasher_free(hasher);
    return found;
}

static void assert_near(uint32_t actual, uint32_t expected, uint32_t slack)
{
    g_assert_cmpuint(actual, >=, expected < slack ? 0 : expected - slack);
    g_assert_cmpuint(actual, <=, expected + slack);
}

static void assert_inside(PdqRect inside, PdqRect expected, uint32_t slack)
{
    assert_near(inside.x, expected.x, slack);
    assert_near(inside.y, expected.y, slack);
    assert_near(inside.x + inside.width, expected.x + expected.width, slack);
    assert_near(inside.y + inside.height, expected.y + expected.height, slack);
}

static void exact_border_is_found_to_the_pixel(void)
{
    for (PdqPixels kind = PDQ_PIXELS_RGBX; kind <= PDQ_PIXELS_GREY; kind++) {
        g_autoptr(Picture) picture = picture_noise(400, 301, kind, 4);
        g_autoptr(Picture) framed = picture_frame(picture, 57, 33, 200);
        PdqRect inside = {0};
        g_assert_true(border_of(framed, &inside));
        assert_inside(inside, (PdqRect){57, 33, 400, 301}, 0);
    }
}

static void border_is_found_through_jpeg_and_the_hash_comes_back(void)
{
    static const struct {
        uint32_t left_right, top_bottom;
        uint8_t value;
        int quality;
    } rows[] = {
        {0, 120, 0, 85},   {0, 120, 0, 50},   {160, 0, 0, 85},     {50, 40, 255, 85},
        {100, 75, 16, 75}, {200, 160, 0, 85}, {200, 160, 128, 60}, {51, 0, 255, 92},
    };
    g_autoptr(Picture) picture = picture_chart(1000, 800, PDQ_PIXELS_RGBX);
    PdqResult original = picture_result(picture, PDQ_FULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Picture) framed =
            picture_frame(picture, rows[i].left_right, rows[i].top_bottom, rows[i].value);
        g_autoptr(Picture) saved = picture_resave(framed, rows[i].quality);
        g_test_message("row %zu", i);
        PdqRect inside = {0};
        g_assert_true(border_of(saved, &inside));
        assert_inside(inside, (PdqRect){rows[i].left_right, rows[i].top_bottom, 1000, 800}, 8);
        g_autoptr(Picture) trimmed = picture_crop(saved, inside);
        PdqResult result = picture_result(trimmed, PDQ_FULL);
        g_assert_cmpint(hash_distance(&result.hash, &original.hash), <=, MATCH);
    }
}

static void border_of_one_side_is_enough(void)
{
    g_autoptr(Picture) picture = picture_noise(400, 300, PDQ_PIXELS_RGBX, 4);
    for (uint32_t y = 270; y < 300; y++)
        memset(picture_at(picture, 0, y), 30, picture_stride(picture));
    PdqRect inside = {0};
    g_assert_true(border_of(picture, &inside));
    assert_inside(inside, (PdqRect){0, 0, 400, 270}, 0);
}

static void bars_of_different_values_are_found(void)
{
    g_autoptr(Picture) picture = picture_noise(400, 300, PDQ_PIXELS_GREY, 4);
    for (uint32_t y = 0; y < 25; y++)
        memset(picture_at(picture, 0, y), 255, 400);
    for (uint32_t y = 280; y < 300; y++)
        memset(picture_at(picture, 0, y), 0, 400);
    PdqRect inside = {0};
    g_assert_true(border_of(picture, &inside));
    assert_inside(inside, (PdqRect){0, 25, 400, 255}, 0);
}

// Night at the foot of the picture: the lower bar shows no step, but the upper one tells its depth.
static void bar_beside_dark_content_is_as_deep_as_the_opposite_one(void)
{
    g_autoptr(Picture) picture = picture_noise(400, 300, PDQ_PIXELS_GREY, 4);
    for (uint32_t y = 200; y < 300; y++)
        memset(picture_at(picture, 0, y), y % 2 ? 8 : 12, 400);
    g_autoptr(Picture) framed = picture_frame(picture, 0, 45, 0);
    PdqRect inside = {0};
    g_assert_true(border_of(framed, &inside));
    assert_inside(inside, (PdqRect){0, 45, 400, 300}, 0);
}

static void bar_of_another_value_is_no_hint(void)
{
    g_autoptr(Picture) picture = picture_noise(400, 300, PDQ_PIXELS_GREY, 4);
    for (uint32_t y = 0; y < 300; y++)
        memset(picture_at(picture, 0, y), y < 30 ? 0 : (int)y / 2 + 60,
               y < 30 || y > 150 ? 400 : 0);
    PdqRect inside = {0};
    g_assert_true(border_of(picture, &inside));
    assert_inside(inside, (PdqRect){0, 30, 400, 270}, 0);
}

static void pictures_without_border_are_left_alone(void)
{
    PdqRect inside;
    g_autoptr(Picture) chart = picture_chart(800, 600, PDQ_PIXELS_RGBX);
    g_autoptr(Picture) noise = picture_noise(300, 200, PDQ_PIXELS_GREY, 6);
    g_autoptr(Picture) tiny = picture_noise(3, 2, PDQ_PIXELS_RGBX, 6);
    g_autoptr(Picture) one = picture_noise(1, 1, PDQ_PIXELS_RGBX, 6);
    g_assert_false(border_of(chart, &inside));
    g_assert_false(border_of(noise, &inside));
    g_assert_false(border_of(tiny, &inside));
    g_assert_false(border_of(one, &inside));
}

static void uniform_picture_has_no_border(void)
{
    PdqRect inside;
    g_autoptr(Picture) picture = picture_new(500, 400, PDQ_PIXELS_RGBX);
    g_assert_false(border_of(picture, &inside));
}

// A sky: uniform along each row, but it never steps.
static void soft_slope_is_no_border(void)
{
    PdqRect inside;
    g_autoptr(Picture) picture = picture_new(600, 512, PDQ_PIXELS_GREY);
    for (uint32_t y = 0; y < 512; y++)
        memset(picture_at(picture, 0, y), (int)(y / 2), 600);
    g_assert_false(border_of(picture, &inside));
}

static void thin_line_is_no_border(void)
{
    PdqRect inside;
    g_autoptr(Picture) picture = picture_noise(1000, 900, PDQ_PIXELS_GREY, 4);
    g_autoptr(Picture) framed = picture_frame(picture, 8, 8, 0);
    g_assert_false(border_of(framed, &inside));
}

// What would be left is too little to be compared.
static void speck_in_the_middle_is_not_trimmed_to(void)
{
    PdqRect inside;
    g_autoptr(Picture) speck = picture_noise(40, 40, PDQ_PIXELS_GREY, 4);
    g_autoptr(Picture) framed = picture_frame(speck, 180, 180, 255);
    g_assert_false(border_of(framed, &inside));
}

static void border_is_only_looked_for_when_asked(void)
{
    PdqRect inside;
    g_autoptr(Picture) picture = picture_noise(400, 301, PDQ_PIXELS_RGBX, 4);
    g_autoptr(Picture) framed = picture_frame(picture, 57, 33, 200);
    PdqHasher *hasher = picture_hash(framed, NULL);
    g_assert_false(pdq_hasher_border(hasher, &inside));
    pdq_hasher_free(hasher);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hash/pdq_border/exact_border_is_found_to_the_pixel",
                    exact_border_is_found_to_the_pixel);
    g_test_add_func("/hash/pdq_border/border_is_found_through_jpeg_and_the_hash_comes_back",
                    border_is_found_through_jpeg_and_the_hash_comes_back);
    g_test_add_func("/hash/pdq_border/border_of_one_side_is_enough", border_of_one_side_is_enough);
    g_test_add_func("/hash/pdq_border/bars_of_different_values_are_found",
                    bars_of_different_values_are_found);
    g_test_add_func("/hash/pdq_border/bar_beside_dark_content_is_as_deep_as_the_opposite_one",
                    bar_beside_dark_content_is_as_deep_as_the_opposite_one);
    g_test_add_func("/hash/pdq_border/bar_of_another_value_is_no_hint",
                    bar_of_another_value_is_no_hint);
    g_test_add_func("/hash/pdq_border/pictures_without_border_are_left_alone",
                    pictures_without_border_are_left_alone);
    g_test_add_func("/hash/pdq_border/uniform_picture_has_no_border",
                    uniform_picture_has_no_border);
    g_test_add_func("/hash/pdq_border/soft_slope_is_no_border", soft_slope_is_no_border);
    g_test_add_func("/hash/pdq_border/thin_line_is_no_border", thin_line_is_no_border);
    g_test_add_func("/hash/pdq_border/speck_in_the_middle_is_not_trimmed_to",
                    speck_in_the_middle_is_not_trimmed_to);
    g_test_add_func("/hash/pdq_border/border_is_only_looked_for_when_asked",
                    border_is_only_looked_for_when_asked);
    return g_test_run();
}
