// SPDX-License-Identifier: Apache-2.0
//
// The regions that differ are found where they are, with their share; noise, scale and tone are
// none.
#include "compare/difference.h"

#include "compare/tone.h"
#include "test_picture.h"

#define WIDTH 480u
#define HEIGHT 360u

static Difference difference_of(const TestPicture *a, const TestPicture *b)
{
    g_autoptr(Reduced) small_a = test_picture_reduce(a);
    g_autoptr(Reduced) small_b = test_picture_reduce(b);
    Registration registration;
    register_pictures(small_a, small_b, NULL, &registration);
    g_assert_true(registration.is_same);
    Difference difference;
    difference_find(small_a, small_b, &registration, &difference);
    return difference;
}

static double size_of(const Area *area)
{
    return fmax(0, area_width(area)) * fmax(0, area_height(area));
}

// Of what both boxes cover, the share that they have in common.
static double likeness(const Area *a, const Area *b)
{
    const Area both = {fmax(a->left, b->left), fmax(a->top, b->top), fmin(a->right, b->right),
                       fmin(a->bottom, b->bottom)};
    double common = area_width(&both) > 0 ? size_of(&both) : 0;
    return common / (size_of(a) + size_of(b) - common);
}

static void assert_nothing(const TestPicture *a, const TestPicture *b)
{
    Difference difference = difference_of(a, b);
    g_assert_cmpuint(difference.region_count, ==, 0);
    g_assert_cmpuint(difference.tones, ==, TONE_SAME);
    g_assert_false(difference_is_any(&difference));
}

static void assert_one_region(const Difference *difference, unsigned side, Area box, double share)
{
    g_assert_cmpuint(difference->region_count, ==, 1);
    g_assert_cmpfloat(likeness(&difference->regions[0].box[side], &box), >=, 0.7);
    g_assert_cmpfloat_with_epsilon(difference->regions[0].share[side], share, 0.01);
}

static void the_same_picture_does_not_differ(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    assert_nothing(picture, picture);
}

static void noise_is_no_difference(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) noisy = test_picture_copy(picture);
    test_picture_noise(noisy, 20, 5);
    assert_nothing(picture, noisy);
    assert_nothing(noisy, picture);
}

static void scale_is_no_difference(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) small = test_picture_scale(picture, 288, 216);
    assert_nothing(picture, small);
    assert_nothing(small, picture);
}

static void a_replaced_patch_is_found(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) other = test_picture_chart(WIDTH, HEIGHT, 7);
    g_autoptr(TestPicture) patched = test_picture_copy(picture);
    test_picture_paste(patched, other, 130, 200, 120, 86, 100);
    Difference difference = difference_of(picture, patched);
    assert_one_region(&difference, 0, (Area){130, 200, 250, 286}, 0.0597);
    assert_one_region(&difference, 1, (Area){130, 200, 250, 286}, 0.0597);
    g_assert_cmpuint(difference.tones, ==, TONE_SAME);
    g_assert_true(difference_is_any(&difference));
}

static void a_patch_is_found_in_pixels_of_both(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(1600, 1200, 1);
    g_autoptr(TestPicture) plain = test_picture_plain(400, 300, 0x2040ff);
    g_autoptr(TestPicture) crop = test_picture_crop(picture, 200, 0, 1280, 1040);
    test_picture_paste(crop, plain, 500, 500, 300, 250, 100);
    g_autoptr(TestPicture) small = test_picture_scale(crop, 640, 520);
    test_picture_noise(small, 6, 9);
    Difference difference = difference_of(picture, small);
    assert_one_region(&difference, 0, (Area){700, 500, 1000, 750}, 0.0391);
    assert_one_region(&difference, 1, (Area){250, 250, 400, 375}, 0.0563);
}

static void a_logo_in_the_corner_is_found(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) white = test_picture_plain(60, 24, 0xffffff);
    g_autoptr(TestPicture) marked = test_picture_copy(picture);
    test_picture_paste(marked, white, 400, 20, 60, 24, 80);
    Difference difference = difference_of(marked, picture);
    assert_one_region(&difference, 0, (Area){400, 20, 460, 44}, 0.0083);
}

static void a_region_of_another_colour_is_found(void)
{
    g_autoptr(TestPicture) picture = test_picture_plain(WIDTH, HEIGHT, 0x808080);
    g_autoptr(TestPicture) chart = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) red = test_picture_plain(80, 80, 0xc06040);
    g_autoptr(TestPicture) blue = test_picture_plain(80, 80, 0x5a78f8); // as bright as the red
    test_picture_paste(picture, chart, 0, 0, WIDTH, HEIGHT, 100);
    g_autoptr(TestPicture) recoloured = test_picture_copy(picture);
    test_picture_paste(picture, red, 100, 100, 80, 80, 100);
    test_picture_paste(recoloured, blue, 100, 100, 80, 80, 100);
    Difference difference = difference_of(picture, recoloured);
    assert_one_region(&difference, 0, (Area){100, 100, 180, 180}, 0.037);
}

static void two_patches_are_two_regions_the_larger_first(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) plain = test_picture_plain(200, 200, 0x000000);
    g_autoptr(TestPicture) patched = test_picture_copy(picture);
    test_picture_paste(patched, plain, 40, 40, 60, 60, 100);
    test_picture_paste(patched, plain, 300, 200, 100, 100, 100);
    Difference difference = difference_of(picture, patched);
    g_assert_cmpuint(difference.region_count, ==, 2);
    g_assert_cmpfloat_with_epsilon(difference.regions[0].box[0].left, 300, 6);
    g_assert_cmpfloat_with_epsilon(difference.regions[1].box[0].left, 40, 6);
}

static void a_speck_is_left_out(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) white = test_picture_plain(4, 4, 0xffffff);
    g_autoptr(TestPicture) dusty = test_picture_copy(picture);
    test_picture_paste(dusty, white, 200, 200, 4, 4, 100);
    assert_nothing(picture, dusty);
}

static void a_grey_copy_differs_in_tone_alone(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) grey = test_picture_copy(picture);
    test_picture_grey(grey);
    Difference difference = difference_of(picture, grey);
    g_assert_cmpuint(difference.tones, ==, TONE_B_COLOURLESS);
    g_assert_cmpuint(difference.region_count, ==, 0);
    g_assert_true(difference_is_any(&difference));
    difference = difference_of(grey, picture);
    g_assert_cmpuint(difference.tones, ==, TONE_A_COLOURLESS);
    g_assert_cmpuint(difference.region_count, ==, 0);
}

static void a_patch_in_a_darker_grey_copy_is_found(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) white = test_picture_plain(120, 86, 0xffffff);
    g_autoptr(TestPicture) copy = test_picture_copy(picture);
    test_picture_paste(copy, white, 130, 200, 120, 86, 100);
    test_picture_grey(copy);
    test_picture_tone(copy, 0.7, 0);
    Difference difference = difference_of(copy, picture);
    assert_one_region(&difference, 0, (Area){130, 200, 250, 286}, 0.0597);
    g_assert_cmpuint(difference.tones, ==, TONE_A_COLOURLESS | TONE_BRIGHTER | TONE_MORE_CONTRAST);
}

static void what_one_side_shows_more_is_no_region(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) crop = test_picture_crop(picture, 72, 0, 408, 324);
    Difference difference = difference_of(picture, crop);
    g_assert_cmpuint(difference.region_count, ==, 0);
    g_assert_cmpfloat_with_epsilon(difference.beyond[0][0], 0.15, 0.005);
    g_assert_cmpfloat_with_epsilon(difference.beyond[0][1], 0, 0.001);
    g_assert_cmpfloat_with_epsilon(difference.beyond[0][3], 0.1, 0.005);
    g_assert_cmpfloat_with_epsilon(difference.beyond[1][0], 0, 0.001);
    g_assert_true(difference_is_any(&difference));
}

static void a_border_is_told_and_is_no_region(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) framed = test_picture_border(picture, 0, 60, 0x000000);
    Difference difference = difference_of(picture, framed);
    g_assert_cmpuint(difference.region_count, ==, 0);
    g_assert_false(difference.has_border[0]);
    g_assert_true(difference.has_border[1]);
    g_assert_true(difference_is_any(&difference));
}

static void a_copy_in_many_pieces_has_at_most_so_many_regions(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(512, 512, 1);
    g_autoptr(TestPicture) black = test_picture_plain(24, 24, 0x000000);
    g_autoptr(TestPicture) holed = test_picture_copy(picture);
    for (uint32_t i = 0; i < 100; i++)
        test_picture_paste(holed, black, i % 10 * 50 + 10, i / 10 * 50 + 10, 20, 20, 25);
    Difference difference = difference_of(picture, holed);
    g_assert_cmpuint(difference.region_count, ==, DIFFERENCE_REGIONS_MAX);
    g_assert_true(difference.has_more);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/difference/" #name, name)
    ADD(the_same_picture_does_not_differ);
    ADD(noise_is_no_difference);
    ADD(scale_is_no_difference);
    ADD(a_replaced_patch_is_found);
    ADD(a_patch_is_found_in_pixels_of_both);
    ADD(a_logo_in_the_corner_is_found);
    ADD(a_region_of_another_colour_is_found);
    ADD(two_patches_are_two_regions_the_larger_first);
    ADD(a_speck_is_left_out);
    ADD(a_grey_copy_differs_in_tone_alone);
    ADD(a_patch_in_a_darker_grey_copy_is_found);
    ADD(what_one_side_shows_more_is_no_region);
    ADD(a_border_is_told_and_is_no_region);
    ADD(a_copy_in_many_pieces_has_at_most_so_many_regions);
    return g_test_run();
}
