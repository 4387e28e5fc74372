// SPDX-License-Identifier: Apache-2.0
//
// Two pictures that show the same are laid over each other to within a pixel, whatever was done to
// one of them; two that do not are refused.
#include "compare/registration.h"

#include "test_picture.h"

#define WIDTH 480u
#define HEIGHT 360u

static Registration registered(const TestPicture *a, const TestPicture *b)
{
    g_autoptr(Reduced) small_a = test_picture_reduce(a);
    g_autoptr(Reduced) small_b = test_picture_reduce(b);
    Registration registration;
    register_pictures(small_a, small_b, NULL, &registration);
    return registration;
}

// The map leads the corners of what both show to within `within` pixels of where `truth` does.
static void assert_map(const Registration *registration, Affine truth, double within)
{
    g_assert_cmpstr(registration->reason, ==, NULL);
    g_assert_true(registration->is_same);
    const Area *shared = &registration->shared[0];
    for (unsigned i = 0; i < 4; i++) {
        double x = i % 2 ? shared->left : shared->right, y = i / 2 ? shared->top : shared->bottom;
        Point is = affine_apply(&registration->map, x, y), should = affine_apply(&truth, x, y);
        g_assert_cmpfloat(hypot(is.x - should.x, is.y - should.y), <, within);
    }
}

static void assert_area(const Area *area, double left, double top, double right, double bottom,
                        double within)
{
    g_assert_cmpfloat_with_epsilon(area->left, left, within);
    g_assert_cmpfloat_with_epsilon(area->top, top, within);
    g_assert_cmpfloat_with_epsilon(area->right, right, within);
    g_assert_cmpfloat_with_epsilon(area->bottom, bottom, within);
}

static void the_same_picture_lies_on_itself(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    Registration registration = registered(picture, picture);
    assert_map(&registration, (Affine){.xx = 1, .yy = 1}, 0.1);
    g_assert_cmpfloat(registration.correlation, >, 0.98);
    g_assert_cmpuint(registration.orientation, ==, 0);
    assert_area(&registration.shared[1], 0, 0, WIDTH, HEIGHT, 0.2);
}

static void a_smaller_copy_is_found(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(1600, 1200, 1);
    g_autoptr(TestPicture) small = test_picture_scale(picture, 960, 720);
    Registration registration = registered(picture, small);
    assert_map(&registration, (Affine){.xx = 0.6, .yy = 0.6}, 1);
}

static void a_squeezed_copy_is_found(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) square = test_picture_scale(picture, 256, 256);
    Registration registration = registered(picture, square);
    assert_map(&registration, (Affine){.xx = 256.0 / WIDTH, .yy = 256.0 / HEIGHT}, 1);
}

static void a_crop_lies_where_it_was_taken(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) crop = test_picture_crop(picture, 60, 20, 408, 306);
    Registration registration = registered(picture, crop);
    assert_map(&registration, (Affine){.xx = 1, .x0 = -60, .yy = 1, .y0 = -20}, 0.5);
    assert_area(&registration.shared[0], 60, 20, 468, 326, 1);
    assert_area(&registration.shared[1], 0, 0, 408, 306, 1);
}

static void either_may_be_the_crop(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) crop = test_picture_crop(picture, 150, 90, 270, 200);
    Registration registration = registered(crop, picture);
    assert_map(&registration, (Affine){.xx = 1, .x0 = 150, .yy = 1, .y0 = 90}, 0.5);
}

static void a_border_is_set_aside(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(400, 300, 1);
    g_autoptr(TestPicture) framed = test_picture_border(picture, 40, 50, 0x101010);
    Registration registration = registered(picture, framed);
    assert_map(&registration, (Affine){.xx = 1, .x0 = 40, .yy = 1, .y0 = 50}, 0.5);
    assert_area(&registration.inside[1], 40, 50, 440, 350, 3);
    assert_area(&registration.shared[0], 0, 0, 400, 300, 3);
}

static void a_tilted_copy_is_found(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    const double angle = 3 * G_PI / 180;
    Affine tilt = {cos(angle), -sin(angle), 12, sin(angle), cos(angle), -9};
    g_autoptr(TestPicture) tilted = test_picture_warp(picture, tilt, WIDTH, HEIGHT, 0);
    Registration registration = registered(tilted, picture);
    assert_map(&registration, tilt, 1);
}

static void every_orientation_is_told(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(320, 240, 1);
    for (unsigned i = 0; i < 8; i++) {
        const Area from = {0, 0, 320, 240};
        const Area to = affine_orientation_swaps(i) ? (Area){0, 0, 240, 320} : from;
        Affine map = affine_onto(&from, &to, i), back = affine_invert(&map);
        g_autoptr(TestPicture) turned =
            test_picture_warp(picture, back, (uint32_t)to.right, (uint32_t)to.bottom, 0);
        Registration registration = registered(picture, turned);
        assert_map(&registration, map, 0.5);
        g_assert_cmpuint(registration.orientation, ==, i);
    }
}

static void a_large_patch_does_not_pull_the_map(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) other = test_picture_chart(WIDTH, HEIGHT, 7);
    g_autoptr(TestPicture) patched = test_picture_copy(picture);
    test_picture_paste(patched, other, 200, 40, 240, 220, 100); // 31 %
    Registration registration = registered(picture, patched);
    assert_map(&registration, (Affine){.xx = 1, .yy = 1}, 0.3);
}

static void a_darker_noisy_grey_copy_is_found(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) copy = test_picture_crop(picture, 10, 10, WIDTH - 10, HEIGHT - 10);
    test_picture_grey(copy);
    test_picture_tone(copy, 0.6, 10);
    test_picture_noise(copy, 12, 3);
    Registration registration = registered(picture, copy);
    assert_map(&registration, (Affine){.xx = 1, .x0 = -10, .yy = 1, .y0 = -10}, 0.5);
}

static void a_hint_is_as_good_as_a_search(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) crop = test_picture_crop(picture, 150, 90, 270, 200);
    g_autoptr(Reduced) a = test_picture_reduce(picture);
    g_autoptr(Reduced) b = test_picture_reduce(crop);
    Registration first, again;
    register_pictures(a, b, NULL, &first);
    register_pictures(a, b, &first, &again);
    assert_map(&again, first.map, 0.2);
}

static void with_a_hint_alone_nothing_else_is_tried(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    const Affine half_turn = {.xx = -1, .x0 = WIDTH, .yy = -1, .y0 = HEIGHT};
    g_autoptr(TestPicture) turned = test_picture_warp(picture, half_turn, WIDTH, HEIGHT, 0);
    g_autoptr(Reduced) a = test_picture_reduce(picture);
    g_autoptr(Reduced) b = test_picture_reduce(turned);
    Registration first, again;
    register_pictures(a, a, NULL, &first);
    register_pictures(a, b, &first, &again);
    g_assert_false(again.is_same);
    register_pictures(a, b, NULL, &again);
    g_assert_true(again.is_same);
}

// A film that fades to black is the same film all through.
static void what_shows_nothing_lies_as_the_hint_says(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) black = test_picture_plain(WIDTH, HEIGHT, 0);
    g_autoptr(Reduced) a = test_picture_reduce(picture);
    g_autoptr(Reduced) b = test_picture_reduce(black);
    Registration first, again;
    register_pictures(a, a, NULL, &first);
    register_pictures(b, b, &first, &again);
    assert_map(&again, first.map, 0.01);
    register_pictures(a, b, &first, &again);
    g_assert_false(again.is_same);
}

static void unlike_pictures_are_refused(void)
{
    for (unsigned seed = 2; seed < 12; seed++) {
        g_autoptr(TestPicture) a = test_picture_chart(WIDTH, HEIGHT, 5 * seed);
        g_autoptr(TestPicture) b = test_picture_chart(WIDTH, HEIGHT, 5 * seed + 101);
        Registration registration = registered(a, b);
        g_test_message("seed %u: %g %g", seed, registration.agreement, registration.correlation);
        g_assert_false(registration.is_same);
        g_assert_cmpstr(registration.reason, !=, NULL);
    }
}

static void what_shows_nothing_is_refused(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) plain = test_picture_plain(WIDTH, HEIGHT, 0x808080);
    g_assert_false(registered(plain, plain).is_same);
    g_assert_false(registered(picture, plain).is_same);
    g_assert_false(registered(plain, picture).is_same);
}

static void what_is_too_small_or_narrow_is_refused(void)
{
    g_autoptr(TestPicture) picture = test_picture_chart(WIDTH, HEIGHT, 1);
    g_autoptr(TestPicture) line = test_picture_crop(picture, 0, 0, WIDTH, 1);
    g_autoptr(TestPicture) dot = test_picture_crop(picture, 0, 0, 1, 1);
    g_assert_cmpstr(registered(picture, line).reason, ==,
                    "a picture is too small or too narrow to be compared");
    g_assert_false(registered(dot, dot).is_same);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/registration/" #name, name)
    ADD(the_same_picture_lies_on_itself);
    ADD(a_smaller_copy_is_found);
    ADD(a_squeezed_copy_is_found);
    ADD(a_crop_lies_where_it_was_taken);
    ADD(either_may_be_the_crop);
    ADD(a_border_is_set_aside);
    ADD(a_tilted_copy_is_found);
    ADD(every_orientation_is_told);
    ADD(a_large_patch_does_not_pull_the_map);
    ADD(a_darker_noisy_grey_copy_is_found);
    ADD(a_hint_is_as_good_as_a_search);
    ADD(with_a_hint_alone_nothing_else_is_tried);
    ADD(what_shows_nothing_lies_as_the_hint_says);
    ADD(unlike_pictures_are_refused);
    ADD(what_shows_nothing_is_refused);
    ADD(what_is_too_small_or_narrow_is_refused);
    return g_test_run();
}
