// SPDX-License-Identifier: Apache-2.0
//
// The ranking of presentation times tells the number of a frame as soon as it is certain, and
// says nothing once the times cannot be trusted.
#include <glib.h>

#include "media/video_rank.h"

#define MISSING INT64_MIN

static void assert_number(const FrameRank *rank, int64_t pts, uint32_t expected)
{
    uint32_t number = UINT32_MAX;
    g_assert_true(frame_rank_of(rank, pts, &number));
    g_assert_cmpuint(number, ==, expected);
}

static void numbers_frames_that_come_in_order(void)
{
    FrameRank rank = {0};
    for (int64_t i = 0; i < 1000; i++) {
        frame_rank_add(&rank, i * 40, i * 40);
        assert_number(&rank, i * 40, (uint32_t)i);
    }
}

static void waits_for_frames_shown_before(void)
{
    FrameRank rank = {0};
    uint32_t number;
    frame_rank_add(&rank, 0, -20);  // I
    frame_rank_add(&rank, 30, -10); // P
    g_assert_false(frame_rank_of(&rank, 30, &number));
    frame_rank_add(&rank, 10, 0); // B
    assert_number(&rank, 0, 0);
    g_assert_false(frame_rank_of(&rank, 10, &number));
    frame_rank_add(&rank, 20, 10); // B
    assert_number(&rank, 10, 1);
    frame_rank_add(&rank, 40, 30);
    assert_number(&rank, 30, 3);
    frame_rank_end(&rank);
    assert_number(&rank, 40, 4);
}

static void trusts_nothing_after(int64_t pts, int64_t dts)
{
    FrameRank rank = {0};
    frame_rank_add(&rank, 0, 0);
    frame_rank_add(&rank, 40, 40);
    g_assert_false(rank.is_broken);
    frame_rank_add(&rank, pts, dts);
    g_assert_true(rank.is_broken);
    uint32_t number;
    g_assert_false(frame_rank_of(&rank, 0, &number));
}

static void trusts_no_times_that_are_missing_double_or_late(void)
{
    trusts_nothing_after(MISSING, 80);
    trusts_nothing_after(40, 40);
    trusts_nothing_after(20, 20);
    trusts_nothing_after(80, 120);
}

static void forgives_missing_decoding_times(void)
{
    FrameRank rank = {0};
    frame_rank_add(&rank, 0, MISSING);
    frame_rank_add(&rank, 80, MISSING);
    frame_rank_add(&rank, 40, 40);
    assert_number(&rank, 40, 1);
    g_assert_false(rank.is_broken);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/video_rank/in_order", numbers_frames_that_come_in_order);
    g_test_add_func("/video_rank/waits", waits_for_frames_shown_before);
    g_test_add_func("/video_rank/no_trust", trusts_no_times_that_are_missing_double_or_late);
    g_test_add_func("/video_rank/missing_dts", forgives_missing_decoding_times);
    return g_test_run();
}
