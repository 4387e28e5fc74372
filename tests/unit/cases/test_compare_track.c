// SPDX-License-Identifier: Apache-2.0
//
// Regions over time out of what single pairs of frames showed.
#include "cases/compare_track.h"

#define FRAME (1.0 / 25)

static const CompareBox patch = {100, 100, 200, 200};
static const CompareBox elsewhere = {300, 20, 340, 60};

static void see(Sightings *sightings, double time, const CompareBox *boxes, unsigned count)
{
    g_autofree CompareAnswer *answer = g_new0(CompareAnswer, 1);
    answer->is_same = true;
    answer->region_count = count;
    for (unsigned i = 0; i < count; i++) {
        CompareRegion *region = &answer->regions[i];
        region->box[0] = region->box[1] = boxes[i];
        region->share[0] = region->share[1] =
            (boxes[i].right - boxes[i].left) * (boxes[i].bottom - boxes[i].top) / 1e6;
    }
    sightings_add(sightings, (const double[2]){time, time + 10}, answer);
}

static void see_stretch(Sightings *sightings, double from, double to, const CompareBox *box)
{
    for (double time = from; time < to - 0.01; time += 0.5)
        see(sightings, time, box, box != NULL ? 1 : 0);
}

static GArray *regions_of(const Sightings *sightings, unsigned *ret_unsteady)
{
    return sightings_regions(sightings, ret_unsteady);
}

static void assert_region(const GArray *regions, unsigned index, double from, double to)
{
    const TimedRegion *region = &g_array_index(regions, TimedRegion, index);
    g_assert_cmpfloat_with_epsilon(region->from[0], from, 0.001);
    g_assert_cmpfloat_with_epsilon(region->to[0], to, 0.001);
    g_assert_cmpfloat_with_epsilon(region->from[1], from + 10, 0.001);
    g_assert_cmpfloat_with_epsilon(region->to[1], to + 10, 0.001);
}

static void a_patch_in_the_middle_is_one_region(void)
{
    g_autoptr(Sightings) sightings = sightings_new();
    see_stretch(sightings, 0, 3, NULL);
    see_stretch(sightings, 3, 6, &patch);
    see_stretch(sightings, 6, 8, NULL);
    unsigned unsteady;
    g_autoptr(GArray) regions = regions_of(sightings, &unsteady);
    g_assert_cmpuint(regions->len, ==, 1);
    g_assert_cmpuint(unsteady, ==, 0);
    assert_region(regions, 0, 3, 5.5);
    g_assert_cmpuint(g_array_index(regions, TimedRegion, 0).pairs, ==, 6);
}

static void two_places_are_two_regions(void)
{
    g_autoptr(Sightings) sightings = sightings_new();
    const CompareBox both[] = {patch, elsewhere};
    see(sightings, 0, both, 1);
    for (unsigned i = 1; i < 6; i++)
        see(sightings, i * 0.5, both, 2);
    unsigned unsteady;
    g_autoptr(GArray) regions = regions_of(sightings, &unsteady);
    g_assert_cmpuint(regions->len, ==, 2);
    assert_region(regions, 0, 0, 2.5);
    assert_region(regions, 1, 0.5, 2.5);
}

static void pairs_may_come_in_any_order(void)
{
    g_autoptr(Sightings) sightings = sightings_new();
    see_stretch(sightings, 2, 4, &patch);
    see_stretch(sightings, 0, 2, NULL);
    see(sightings, 1.75, &patch, 1);
    unsigned unsteady;
    g_autoptr(GArray) regions = regions_of(sightings, &unsteady);
    g_assert_cmpuint(regions->len, ==, 1);
    assert_region(regions, 0, 1.75, 3.5);
}

static void a_region_that_one_pair_misses_goes_on(void)
{
    g_autoptr(Sightings) sightings = sightings_new();
    see_stretch(sightings, 0, 2, &patch);
    see(sightings, 2, NULL, 0);
    see_stretch(sightings, 2.5, 4, &patch);
    unsigned unsteady;
    g_autoptr(GArray) regions = regions_of(sightings, &unsteady);
    g_assert_cmpuint(regions->len, ==, 1);
    assert_region(regions, 0, 0, 3.5);
}

static void a_region_that_comes_back_later_is_another(void)
{
    g_autoptr(Sightings) sightings = sightings_new();
    see_stretch(sightings, 0, 2, &patch);
    see_stretch(sightings, 2, 5, NULL);
    see_stretch(sightings, 5, 7, &patch);
    unsigned unsteady;
    g_autoptr(GArray) regions = regions_of(sightings, &unsteady);
    g_assert_cmpuint(regions->len, ==, 2);
    assert_region(regions, 0, 0, 1.5);
    assert_region(regions, 1, 5, 6.5);
}

static void what_is_seen_once_is_counted_not_listed(void)
{
    g_autoptr(Sightings) sightings = sightings_new();
    see_stretch(sightings, 0, 2, NULL);
    see(sightings, 2, &patch, 1);
    see_stretch(sightings, 2.5, 4, NULL);
    unsigned unsteady;
    g_autoptr(GArray) regions = regions_of(sightings, &unsteady);
    g_assert_cmpuint(regions->len, ==, 0);
    g_assert_cmpuint(unsteady, ==, 1);
}

static void what_jumps_is_counted_not_listed(void)
{
    g_autoptr(Sightings) sightings = sightings_new();
    for (unsigned i = 0; i < 8; i++) {
        double aside = i % 2 == 0 ? 0 : 40;
        const CompareBox box = {100 + aside, 100, 200 + aside, 200};
        see(sightings, i * 0.5, &box, 1);
    }
    unsigned unsteady;
    g_autoptr(GArray) regions = regions_of(sightings, &unsteady);
    g_assert_cmpuint(regions->len, ==, 0);
    g_assert_cmpuint(unsteady, ==, 1);
}

static void the_box_is_that_of_the_middle_share(void)
{
    g_autoptr(Sightings) sightings = sightings_new();
    const CompareBox larger = {90, 90, 210, 210};
    see_stretch(sightings, 0, 3, &patch);
    see(sightings, 3, &larger, 1);
    unsigned unsteady;
    g_autoptr(GArray) regions = regions_of(sightings, &unsteady);
    g_assert_cmpuint(regions->len, ==, 1);
    g_assert_cmpfloat(g_array_index(regions, TimedRegion, 0).region.box[0].left, ==, 100);
}

static void pairs_that_are_not_the_same_say_nothing(void)
{
    g_autoptr(Sightings) sightings = sightings_new();
    g_autofree CompareAnswer *unlike = g_new0(CompareAnswer, 1);
    sightings_add(sightings, (const double[2]){1, 1}, unlike);
    g_assert_cmpuint(sightings_count(sightings), ==, 0);
}

static void ends_are_looked_for_halfway(void)
{
    g_autoptr(Sightings) sightings = sightings_new();
    see_stretch(sightings, 0, 3, NULL);
    see_stretch(sightings, 3, 5, &patch);
    see_stretch(sightings, 5, 6, NULL);
    g_autoptr(GArray) moments = sightings_moments(sightings, FRAME);
    g_assert_cmpuint(moments->len, ==, 2);
    g_assert_cmpfloat_with_epsilon(g_array_index(moments, double, 0), 2.75, 0.001);
    g_assert_cmpfloat_with_epsilon(g_array_index(moments, double, 1), 4.75, 0.001);
}

static void between_neighbouring_frames_nothing_is_looked_for(void)
{
    g_autoptr(Sightings) sightings = sightings_new();
    see_stretch(sightings, 0, 3, NULL);
    see(sightings, 2.96, NULL, 0);
    see_stretch(sightings, 3, 5, &patch);
    g_autoptr(GArray) moments = sightings_moments(sightings, FRAME);
    g_assert_cmpuint(moments->len, ==, 0);
}

static void the_tone_is_what_most_pairs_say(void)
{
    g_autoptr(Sightings) sightings = sightings_new();
    g_autofree CompareAnswer *answer = g_new0(CompareAnswer, 1);
    answer->is_same = true;
    const unsigned tones[] = {COMPARE_DARKER, COMPARE_DARKER | COMPARE_LESS_COLOUR, 0};
    for (unsigned i = 0; i < G_N_ELEMENTS(tones); i++) {
        answer->tones = tones[i];
        sightings_add(sightings, (const double[2]){i, i}, answer);
    }
    g_assert_cmpuint(sightings_tones(sightings), ==, COMPARE_DARKER);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/compare_track/" #name, name)
    ADD(a_patch_in_the_middle_is_one_region);
    ADD(two_places_are_two_regions);
    ADD(pairs_may_come_in_any_order);
    ADD(a_region_that_one_pair_misses_goes_on);
    ADD(a_region_that_comes_back_later_is_another);
    ADD(what_is_seen_once_is_counted_not_listed);
    ADD(what_jumps_is_counted_not_listed);
    ADD(the_box_is_that_of_the_middle_share);
    ADD(pairs_that_are_not_the_same_say_nothing);
    ADD(ends_are_looked_for_halfway);
    ADD(between_neighbouring_frames_nothing_is_looked_for);
    ADD(the_tone_is_what_most_pairs_say);
    return g_test_run();
}
