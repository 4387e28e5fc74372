// SPDX-License-Identifier: Apache-2.0
//
// What timeline_align answers for every way in which one video is made from another: pieces with
// the right seconds on both sides, and none where there is nothing.
#include <math.h>
#include <string.h>

#include "film.h"

#define MINUTES_10 600u

// ---- Builders ---------------------------------------------------------------------------------

static const TimelineOptions usual = {.distance = 31, .min_quality = FRAME_QUALITY_MIN};

static GArray *align(const GArray *ours, const GArray *theirs)
{
    return timeline_align(film_timeline(ours), film_timeline(theirs), usual);
}

// A stretch once a second, as a video of its own.
static GArray *video_of(const Film *film, double from, double to)
{
    GArray *frames = film_frames_new();
    film_cut(film, (FilmCut){.from = from, .to = to, .interval_ms = 1000}, 0, frames);
    return frames;
}

static void say(const GArray *pieces)
{
    for (unsigned i = 0; i < pieces->len; i++) {
        const MatchPiece *piece = &g_array_index(pieces, MatchPiece, i);
        g_test_message("%.2f-%.2f is %.2f-%.2f speed %.4f, %u of %u, distance %u%s", piece->from,
                       piece->to, piece->their_from, piece->their_to, piece->speed, piece->matched,
                       piece->frames, piece->distance, piece->is_static ? ", static" : "");
    }
}

static const MatchPiece *only_piece(const GArray *pieces)
{
    say(pieces);
    g_assert_cmpuint(pieces->len, ==, 1);
    return &g_array_index(pieces, MatchPiece, 0);
}

static void assert_piece(const GArray *pieces, unsigned number, double from, double to,
                         double their_from, double their_to, double tolerance)
{
    g_assert_cmpuint(number, <, pieces->len);
    const MatchPiece *piece = &g_array_index(pieces, MatchPiece, number);
    g_assert_cmpfloat_with_epsilon(piece->from, from, tolerance);
    g_assert_cmpfloat_with_epsilon(piece->to, to, tolerance);
    g_assert_cmpfloat_with_epsilon(piece->their_from, their_from, tolerance);
    g_assert_cmpfloat_with_epsilon(piece->their_to, their_to, tolerance);
}

// ---- Cuts and joins ---------------------------------------------------------------------------

static void a_copy_is_one_piece(void)
{
    g_auto(Film) film = film_new(1, 120);
    g_autoptr(GArray) video = video_of(&film, 0, 120);
    g_autoptr(GArray) pieces = align(video, video);
    const MatchPiece *piece = only_piece(pieces);
    assert_piece(pieces, 0, 0, 119, 0, 119, 0.001);
    g_assert_cmpfloat(piece->speed, ==, 1);
    g_assert_cmpuint(piece->frames, ==, 120);
    g_assert_cmpuint(piece->matched, ==, 120);
    g_assert_cmpuint(piece->distance, ==, 0);
    g_assert_false(piece->is_static);
}

static void a_cut_gives_the_seconds_of_both_sides(void)
{
    g_auto(Film) film = film_new(2, MINUTES_10), other = film_new(3, 60);
    g_autoptr(GArray) theirs = video_of(&film, 0, MINUTES_10);
    g_autoptr(GArray) ours = video_of(&other, 0, 12);
    film_cut(&film, (FilmCut){.from = 185, .to = 221, .interval_ms = 1000, .noise = 8}, 12, ours);
    film_cut(&other, (FilmCut){.from = 12, .to = 40, .interval_ms = 1000}, 48, ours);
    g_autoptr(GArray) pieces = align(ours, theirs);
    const MatchPiece *piece = only_piece(pieces);
    assert_piece(pieces, 0, 12, 47, 185, 220, 0.001);
    g_assert_cmpuint(piece->frames, ==, 36);
    g_assert_cmpuint(piece->matched, ==, 36);
    g_assert_cmpuint(piece->distance, >, 4);
    g_assert_cmpuint(piece->distance, <=, 8);
}

static void a_join_in_another_order_gives_every_part(void)
{
    g_auto(Film) film = film_new(4, MINUTES_10);
    g_autoptr(GArray) theirs = video_of(&film, 0, MINUTES_10);
    g_autoptr(GArray) ours = video_of(&film, 400, 450);
    film_cut(&film, (FilmCut){.from = 100, .to = 130, .interval_ms = 1000}, 50, ours);
    film_cut(&film, (FilmCut){.from = 300, .to = 310, .interval_ms = 1000}, 80, ours);
    g_autoptr(GArray) pieces = align(ours, theirs);
    say(pieces);
    g_assert_cmpuint(pieces->len, ==, 3);
    assert_piece(pieces, 0, 0, 49, 400, 449, 0.001);
    assert_piece(pieces, 1, 50, 79, 100, 129, 0.001);
    assert_piece(pieces, 2, 80, 89, 300, 309, 0.001);
}

static void what_was_left_out_parts_two_pieces(void)
{
    g_auto(Film) film = film_new(5, 300);
    g_autoptr(GArray) theirs = video_of(&film, 0, 300);
    g_autoptr(GArray) ours = video_of(&film, 10, 70);
    film_cut(&film, (FilmCut){.from = 90, .to = 150, .interval_ms = 1000}, 60, ours);
    g_autoptr(GArray) pieces = align(ours, theirs);
    say(pieces);
    g_assert_cmpuint(pieces->len, ==, 2);
    assert_piece(pieces, 0, 0, 59, 10, 69, 0.001);
    assert_piece(pieces, 1, 60, 119, 90, 149, 0.001);
}

// One minute of theirs in which some seconds of ours show another film.
static GArray *with_insert(const Film *film, const Film *other, double seconds)
{
    GArray *ours = video_of(film, 0, 30);
    film_cut(other, (FilmCut){.to = seconds, .interval_ms = 1000}, 30, ours);
    film_cut(film, (FilmCut){.from = 30 + seconds, .to = 90, .interval_ms = 1000}, 30 + seconds,
             ours);
    return ours;
}

static void a_caption_does_not_part_a_piece(void)
{
    g_auto(Film) film = film_new(6, 90), other = film_new(7, 60);
    g_autoptr(GArray) theirs = video_of(&film, 0, 90);
    g_autoptr(GArray) ours = with_insert(&film, &other, 3);
    g_autoptr(GArray) pieces = align(ours, theirs);
    const MatchPiece *piece = only_piece(pieces);
    assert_piece(pieces, 0, 0, 89, 0, 89, 0.001);
    g_assert_cmpuint(piece->frames, ==, 90);
    g_assert_cmpuint(piece->matched, ==, 87);
}

static void a_long_insert_parts_a_piece(void)
{
    g_auto(Film) film = film_new(6, 90), other = film_new(7, 60);
    g_autoptr(GArray) theirs = video_of(&film, 0, 90);
    g_autoptr(GArray) ours = with_insert(&film, &other, 20);
    g_autoptr(GArray) pieces = align(ours, theirs);
    say(pieces);
    g_assert_cmpuint(pieces->len, ==, 2);
    assert_piece(pieces, 0, 0, 29, 0, 29, 0.001);
    assert_piece(pieces, 1, 50, 89, 50, 89, 0.001);
}

// ---- Speed and sampling -----------------------------------------------------------------------

typedef struct {
    double speed, seconds, tolerance;
    unsigned ours_ms, theirs_ms;
} SpeedRow;

// Ours are `seconds` that show theirs from 40 s on.
static void check_speed(const Film *film, SpeedRow row)
{
    g_autoptr(GArray) theirs = film_frames_new();
    film_cut(film, (FilmCut){.to = 400, .interval_ms = row.theirs_ms, .phase_ms = 310}, 0, theirs);
    g_autoptr(GArray) ours = film_frames_new();
    film_cut(film,
             (FilmCut){.from = 40,
                       .to = 40 + row.seconds * row.speed,
                       .speed = row.speed,
                       .interval_ms = row.ours_ms,
                       .noise = 4},
             0, ours);
    g_autoptr(GArray) pieces = align(ours, theirs);
    g_test_message("speed %g, ours every %u ms, theirs every %u ms", row.speed, row.ours_ms,
                   row.theirs_ms);
    const MatchPiece *piece = only_piece(pieces);
    g_assert_cmpfloat_with_epsilon(piece->speed, row.speed, row.tolerance);
    double ends = (row.ours_ms + row.theirs_ms / row.speed) / 1000 + 0.1;
    g_assert_cmpfloat_with_epsilon(piece->from, 0, ends);
    g_assert_cmpfloat_with_epsilon(piece->to, row.seconds, ends);
    g_assert_cmpfloat_with_epsilon(piece->their_from, 40 + piece->from * row.speed, 0.6);
    g_assert_cmpfloat_with_epsilon(piece->their_to, 40 + piece->to * row.speed, 0.6);
    g_assert_cmpuint(piece->matched * 10, >=, piece->frames * 9);
}

static void speeds_are_told_exactly_however_they_are_sampled(void)
{
    static const SpeedRow rows[] = {
        {25.0 / 24, 60, 0.006, 1000, 1000},
        {24.0 / 25, 60, 0.006, 1000, 1000},
        {25.0 / 24, 60, 0.002, 1000, 40},
        {25.0 / 24, 60, 0.004, 40, 1000},
        {25.0 / 24, 60, 0.0005, 40, 40},
        {30.0 / 29.97, 300, 0.0005, 40, 40},
        {0.5, 120, 0.004, 1000, 1000},
        {2, 60, 0.01, 1000, 1000},
        {1.25, 120, 0.004, 1000, 1000},
        {0.5, 60, 0.002, 40, 40},
        {2, 30, 0.005, 40, 40},
        {1.5, 40, 0.01, 1000, 40},
        {1, 120, 1e-9, 1000, 1000},
        {1, 60, 1e-9, 1000, 40},
        {1, 60, 1e-9, 40, 1000},
        {1, 120, 1e-9, 3000, 1000},
        {1, 200, 1e-9, 1000, 5000},
    };
    g_auto(Film) film = film_new(8, 400);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        check_speed(&film, rows[i]);
}

static void three_seconds_of_one_frame_a_second_are_a_piece(void)
{
    g_auto(Film) film = film_new(9, 3), other = film_new(10, 100);
    g_autoptr(GArray) theirs = video_of(&film, 0, 3);
    g_autoptr(GArray) ours = video_of(&other, 0, 50);
    film_cut(&film, (FilmCut){.to = 3, .interval_ms = 1000, .noise = 3}, 50, ours);
    film_cut(&other, (FilmCut){.from = 50, .to = 100, .interval_ms = 1000}, 53, ours);
    g_autoptr(GArray) pieces = align(ours, theirs);
    const MatchPiece *piece = only_piece(pieces);
    assert_piece(pieces, 0, 50, 52, 0, 2, 0.001);
    g_assert_cmpuint(piece->matched, ==, 3);
}

// ---- What repeats, and what does not move -----------------------------------------------------

static void a_loop_is_one_piece_for_every_round(void)
{
    g_auto(Film) film = film_new(11, 20);
    g_autoptr(GArray) theirs = video_of(&film, 0, 12);
    g_autoptr(GArray) ours = film_frames_new();
    for (unsigned i = 0; i < 4; i++)
        film_cut(&film, (FilmCut){.to = 12, .interval_ms = 1000}, 12.0 * i, ours);
    g_autoptr(GArray) pieces = align(ours, theirs);
    say(pieces);
    g_assert_cmpuint(pieces->len, ==, 4);
    for (unsigned i = 0; i < 4; i++)
        assert_piece(pieces, i, 12.0 * i, 12.0 * i + 11, 0, 11, 0.001);
}

static void a_loop_on_both_sides_is_one_piece(void)
{
    g_auto(Film) film = film_new(11, 20);
    g_autoptr(GArray) ours = film_frames_new();
    for (unsigned i = 0; i < 10; i++)
        film_cut(&film, (FilmCut){.to = 12, .interval_ms = 1000}, 12.0 * i, ours);
    g_autoptr(GArray) pieces = align(ours, ours);
    only_piece(pieces);
    assert_piece(pieces, 0, 0, 119, 0, 119, 0.001);
}

static void a_title_in_common_is_no_piece(void)
{
    g_auto(Film) film = film_new(12, 100), other = film_new(13, 100);
    g_autoptr(GArray) ours = film_frames_new(), theirs = film_frames_new();
    film_still(77, 30, 0, 100, ours);
    film_cut(&film, (FilmCut){.to = 100, .interval_ms = 1000}, 30, ours);
    film_still(77, 30, 0, 100, theirs);
    film_cut(&other, (FilmCut){.to = 100, .interval_ms = 1000}, 30, theirs);
    g_autoptr(GArray) pieces = align(ours, theirs);
    say(pieces);
    g_assert_cmpuint(pieces->len, ==, 0);
}

static void a_title_does_not_drown_what_follows(void)
{
    g_auto(Film) film = film_new(12, 200);
    g_autoptr(GArray) ours = film_frames_new(), theirs = film_frames_new();
    film_still(77, 30, 0, 100, ours);
    film_cut(&film, (FilmCut){.from = 100, .to = 140, .interval_ms = 1000}, 30, ours);
    film_still(77, 30, 0, 100, theirs);
    film_cut(&film, (FilmCut){.to = 200, .interval_ms = 1000}, 30, theirs);
    film_still(77, 300, 230, 100, theirs);
    g_autoptr(GArray) pieces = align(ours, theirs);
    only_piece(pieces);
    assert_piece(pieces, 0, 30, 69, 130, 169, 0.001);
}

static void a_slide_show_is_recognised_by_its_changes(void)
{
    g_autoptr(GArray) ours = film_frames_new(), theirs = film_frames_new();
    for (unsigned i = 0; i < 12; i++)
        film_still(100 + i, 10, 10.0 * i, 100, theirs);
    for (unsigned i = 4; i < 8; i++)
        film_still(100 + i, 10, 10.0 * (i - 4), 100, ours);
    g_autoptr(GArray) pieces = align(ours, theirs);
    const MatchPiece *piece = only_piece(pieces);
    assert_piece(pieces, 0, 0, 39, 40, 79, 0.001);
    g_assert_false(piece->is_static);
}

static void one_static_picture_on_both_sides_is_recognised(void)
{
    g_autoptr(GArray) ours = film_frames_new(), theirs = film_frames_new();
    film_still(42, 60, 0, 100, ours);
    film_still(42, 20, 0, 100, theirs);
    g_autoptr(GArray) pieces = align(ours, theirs);
    const MatchPiece *piece = only_piece(pieces);
    g_assert_true(piece->is_static);
    assert_piece(pieces, 0, 0, 59, 0, 19, 0.001);
}

static void a_noisy_static_picture_is_recognised(void)
{
    g_autoptr(GArray) ours = film_frames_new(), theirs = film_frames_new();
    GRand *random = g_rand_new_with_seed(14);
    film_still(42, 120, 0, 100, ours);
    for (unsigned i = 0; i < 120; i++) {
        FrameHash frame = g_array_index(ours, FrameHash, i);
        for (unsigned bit = 0; bit < 6; bit++)
            frame.hash[g_rand_int_range(random, 0, PDQ_BYTES)] ^= 4;
        g_array_append_val(theirs, frame);
        frame = g_array_index(ours, FrameHash, i);
        for (unsigned bit = 0; bit < 6; bit++)
            frame.hash[g_rand_int_range(random, 0, PDQ_BYTES)] ^= 8;
        g_array_index(ours, FrameHash, i) = frame;
    }
    g_rand_free(random);
    g_autoptr(GArray) pieces = align(ours, theirs);
    say(pieces);
    g_assert_cmpuint(pieces->len, >=, 1);
    g_assert_true(g_array_index(pieces, MatchPiece, 0).is_static);
}

static void one_template_frame_is_no_piece(void)
{
    g_auto(Film) film = film_new(15, 100), other = film_new(16, 100);
    g_autoptr(GArray) ours = video_of(&film, 0, 100), theirs = video_of(&other, 0, 100);
    g_array_index(ours, FrameHash, 20) = g_array_index(theirs, FrameHash, 70);
    g_array_index(ours, FrameHash, 20).milliseconds = 20000;
    g_autoptr(GArray) pieces = align(ours, theirs);
    say(pieces);
    g_assert_cmpuint(pieces->len, ==, 0);
}

// One frame in ten is one of a few templates that all films have.
static void templates_here_and_there_are_no_piece(void)
{
    GRand *random = g_rand_new_with_seed(25);
    for (unsigned round = 0; round < 10; round++) {
        g_auto(Film) film = film_new(100 + round, 300), other = film_new(200 + round, 300);
        g_autoptr(GArray) ours = video_of(&film, 0, 300), theirs = video_of(&other, 0, 300);
        g_autoptr(GArray) templates = film_frames_new();
        for (unsigned i = 0; i < 8; i++)
            film_still(i, 1, 0, 100, templates);
        for (unsigned i = 0; i < 300; i += 10) {
            unsigned which = (unsigned)g_rand_int_range(random, 0, 8);
            memcpy(g_array_index(ours, FrameHash, i + which).hash,
                   g_array_index(templates, FrameHash, which).hash, PDQ_BYTES);
            which = (unsigned)g_rand_int_range(random, 0, 8);
            memcpy(g_array_index(theirs, FrameHash, i + which / 2).hash,
                   g_array_index(templates, FrameHash, which).hash, PDQ_BYTES);
        }
        g_autoptr(GArray) pieces = align(ours, theirs);
        say(pieces);
        g_assert_cmpuint(pieces->len, ==, 0);
    }
    g_rand_free(random);
}

static void three_of_five_frames_are_no_piece(void)
{
    g_auto(Film) film = film_new(26, 100), other = film_new(27, 100);
    g_autoptr(GArray) ours = video_of(&film, 0, 100), theirs = video_of(&other, 0, 100);
    for (unsigned i = 0; i < 5; i += 2)
        memcpy(g_array_index(ours, FrameHash, 20 + i).hash,
               g_array_index(theirs, FrameHash, 70 + i).hash, PDQ_BYTES);
    g_autoptr(GArray) pieces = align(ours, theirs);
    say(pieces);
    g_assert_cmpuint(pieces->len, ==, 0);
}

static void frames_of_low_quality_are_left_out(void)
{
    g_auto(Film) film = film_new(17, 100);
    g_autoptr(GArray) ours = film_frames_new(), theirs = film_frames_new();
    film_still(3, 20, 0, 10, ours);
    film_cut(&film, (FilmCut){.from = 0, .to = 20, .interval_ms = 1000}, 20, ours);
    film_still(3, 15, 40, 10, ours);
    film_cut(&film, (FilmCut){.from = 20, .to = 40, .interval_ms = 1000}, 55, ours);
    film_still(3, 20, 0, 10, theirs);
    film_cut(&film, (FilmCut){.from = 0, .to = 20, .interval_ms = 1000}, 20, theirs);
    film_still(3, 15, 40, 10, theirs);
    film_cut(&film, (FilmCut){.from = 20, .to = 40, .interval_ms = 1000}, 55, theirs);
    g_autoptr(GArray) pieces = align(ours, theirs);
    const MatchPiece *piece = only_piece(pieces);
    assert_piece(pieces, 0, 20, 74, 20, 74, 0.001);
    g_assert_cmpuint(piece->frames, ==, 40);
    g_autoptr(GArray) black = film_frames_new();
    film_still(3, 20, 0, 10, black);
    g_autoptr(GArray) none = align(black, black);
    g_assert_cmpuint(none->len, ==, 0);
}

// ---- Nothing, and too much --------------------------------------------------------------------

static void unrelated_films_have_nothing_in_common(void)
{
    g_auto(Film) film = film_new(18, MINUTES_10), other = film_new(19, MINUTES_10);
    g_autoptr(GArray) ours = video_of(&film, 0, MINUTES_10);
    g_autoptr(GArray) theirs = video_of(&other, 0, MINUTES_10);
    g_autoptr(GArray) pieces = align(ours, theirs);
    g_assert_cmpuint(pieces->len, ==, 0);
    double our_percent, their_percent;
    timeline_bag(film_timeline(ours), film_timeline(theirs), usual, &our_percent, &their_percent);
    g_assert_cmpfloat(our_percent, ==, 0);
    g_assert_cmpfloat(their_percent, ==, 0);
}

static void nothing_against_nothing_is_nothing(void)
{
    g_autoptr(GArray) none = film_frames_new(), one = film_frames_new();
    film_still(1, 1, 0, 100, one);
    g_autoptr(GArray) pieces = align(none, none), left = align(one, none), right = align(none, one);
    g_assert_cmpuint(pieces->len + left->len + right->len, ==, 0);
    g_autoptr(GArray) same = align(one, one);
    g_assert_true(only_piece(same)->is_static);
}

static void times_that_go_backwards_or_stand_still_do_no_harm(void)
{
    g_auto(Film) film = film_new(20, 100);
    g_autoptr(GArray) ours = video_of(&film, 0, 100), theirs = video_of(&film, 0, 100);
    for (unsigned i = 0; i < 100; i++)
        g_array_index(theirs, FrameHash, i).milliseconds = 0;
    g_autoptr(GArray) standing = align(ours, theirs), both = align(theirs, theirs);
    g_assert_cmpuint(standing->len + both->len, <=, 2);
    for (unsigned i = 0; i < 100; i++)
        g_array_index(theirs, FrameHash, i).milliseconds = UINT32_MAX - i * 1000;
    g_autoptr(GArray) backwards = align(ours, theirs);
    g_assert_cmpuint(backwards->len, ==, 0);
}

#define HOURS_10 36000u
#define QUICK_SECONDS 20.0 // under a sanitizer; a fraction of a second as released

static void ten_hours_of_one_picture_are_quick(void)
{
    g_autoptr(GArray) ours = film_frames_new();
    film_still(1, HOURS_10, 0, 100, ours);
    g_autoptr(GTimer) timer = g_timer_new();
    g_autoptr(GArray) pieces = align(ours, ours);
    double our_percent, their_percent;
    timeline_bag(film_timeline(ours), film_timeline(ours), usual, &our_percent, &their_percent);
    g_test_message("%.2f s", g_timer_elapsed(timer, NULL));
    g_assert_cmpfloat(g_timer_elapsed(timer, NULL), <, QUICK_SECONDS);
    g_assert_true(only_piece(pieces)->is_static);
    g_assert_cmpfloat(our_percent, ==, 100);
}

static void ten_hours_against_ten_hours_are_quick(void)
{
    g_auto(Film) film = film_new(21, HOURS_10);
    g_autoptr(GArray) ours = video_of(&film, 0, HOURS_10);
    g_autoptr(GTimer) timer = g_timer_new();
    g_autoptr(GArray) pieces = align(ours, ours);
    g_test_message("%.2f s", g_timer_elapsed(timer, NULL));
    g_assert_cmpfloat(g_timer_elapsed(timer, NULL), <, QUICK_SECONDS);
    only_piece(pieces);
    assert_piece(pieces, 0, 0, HOURS_10 - 1, 0, HOURS_10 - 1, 0.001);
}

// Every frame resembles every other one, but no two neighbours are one run.
static void ten_hours_of_a_noisy_picture_are_quick(void)
{
    g_autoptr(GArray) ours = film_frames_new();
    film_still(1, HOURS_10, 0, 100, ours);
    GRand *random = g_rand_new_with_seed(22);
    for (unsigned i = 0; i < HOURS_10; i++)
        for (unsigned bit = 0; bit < 12; bit++)
            g_array_index(ours, FrameHash, i).hash[g_rand_int_range(random, 0, PDQ_BYTES)] ^= 2;
    g_rand_free(random);
    g_autoptr(GTimer) timer = g_timer_new();
    g_autoptr(GArray) pieces = align(ours, ours);
    g_test_message("%.2f s", g_timer_elapsed(timer, NULL));
    g_assert_cmpfloat(g_timer_elapsed(timer, NULL), <, QUICK_SECONDS);
    g_assert_cmpuint(pieces->len, >=, 1);
}

// ---- Runs and bags ----------------------------------------------------------------------------

static void neighbours_that_look_the_same_are_one_run(void)
{
    g_autoptr(GArray) frames = film_frames_new();
    film_still(1, 10, 0, 80, frames);
    film_still(2, 5, 10, 80, frames);
    film_still(3, 2, 15, 20, frames);
    film_still(2, 3, 17, 90, frames);
    g_autoptr(GArray) runs = timeline_runs(film_timeline(frames), 50);
    g_assert_cmpuint(runs->len, ==, 2);
    const TimelineRun *first = &g_array_index(runs, TimelineRun, 0);
    const TimelineRun *second = &g_array_index(runs, TimelineRun, 1);
    g_assert_cmpuint(first->first, ==, 0);
    g_assert_cmpuint(first->last, ==, 9);
    g_assert_cmpuint(second->first, ==, 10);
    g_assert_cmpuint(second->last, ==, 19);
    g_assert_cmpuint(second->representative, ==, 17);
}

static void every_frame_of_a_run_is_near_its_representative(void)
{
    g_auto(Film) film = film_new(23, 120);
    g_autoptr(GArray) frames = film_frames_new();
    film_cut(&film, (FilmCut){.to = 120, .interval_ms = 40}, 0, frames);
    for (unsigned i = 0; i < frames->len; i++)
        g_array_index(frames, FrameHash, i).quality = (uint8_t)(50 + i * 7 % 50);
    g_autoptr(GArray) runs = timeline_runs(film_timeline(frames), 50);
    size_t next = 0;
    for (unsigned i = 0; i < runs->len; i++) {
        const TimelineRun *run = &g_array_index(runs, TimelineRun, i);
        const FrameHash *best = &g_array_index(frames, FrameHash, run->representative);
        g_assert_cmpuint(run->first, ==, next);
        for (; next <= run->last; next++) {
            const FrameHash *frame = &g_array_index(frames, FrameHash, next);
            g_assert_cmpuint(pdq_distance(frame->hash, best->hash), <=, 8);
            g_assert_cmpuint(frame->quality, <=, best->quality);
        }
    }
    g_assert_cmpuint(next, ==, frames->len);
}

static double percent_by_scan(const GArray *ours, const GArray *theirs)
{
    unsigned found = 0;
    for (unsigned i = 0; i < ours->len; i++) {
        bool near = false;
        for (unsigned j = 0; !near && j < theirs->len; j++)
            near = pdq_distance(g_array_index(ours, FrameHash, i).hash,
                                g_array_index(theirs, FrameHash, j).hash) < usual.distance;
        found += near;
    }
    return 100.0 * found / ours->len;
}

static void bag_percentages_equal_a_scan(void)
{
    g_auto(Film) film = film_new(24, 300);
    g_autoptr(GArray) theirs = video_of(&film, 50, 200), ours = film_frames_new();
    film_cut(&film, (FilmCut){.to = 300, .interval_ms = 480, .noise = 20}, 0, ours);
    double our_percent, their_percent;
    timeline_bag(film_timeline(ours), film_timeline(theirs), usual, &our_percent, &their_percent);
    g_test_message("%.2f %% of ours, %.2f %% of theirs", our_percent, their_percent);
    g_assert_cmpfloat(our_percent, >, 20);
    g_assert_cmpfloat(our_percent, <, 80);
    g_assert_cmpfloat(our_percent, ==, percent_by_scan(ours, theirs));
    g_assert_cmpfloat(their_percent, ==, percent_by_scan(theirs, ours));
}

static void a_bag_wants_less_than_the_distance(void)
{
    g_autoptr(GArray) ours = film_frames_new(), theirs = film_frames_new();
    film_still(1, 1, 0, 100, ours);
    film_still(1, 1, 0, 100, theirs);
    FrameHash *frame = &g_array_index(theirs, FrameHash, 0);
    for (unsigned bit = 0; bit < 30; bit++)
        frame->hash[bit / 8] = (uint8_t)(frame->hash[bit / 8] ^ 1u << bit % 8);
    double our_percent, their_percent;
    timeline_bag(film_timeline(ours), film_timeline(theirs), usual, &our_percent, &their_percent);
    g_assert_cmpfloat(our_percent, ==, 100);
    frame->hash[31] ^= 1;
    timeline_bag(film_timeline(ours), film_timeline(theirs), usual, &our_percent, &their_percent);
    g_assert_cmpfloat(our_percent, ==, 0);
    g_assert_cmpfloat(their_percent, ==, 0);
}

#define TEST(name) g_test_add_func("/timeline/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(a_copy_is_one_piece);
    TEST(a_cut_gives_the_seconds_of_both_sides);
    TEST(a_join_in_another_order_gives_every_part);
    TEST(what_was_left_out_parts_two_pieces);
    TEST(a_caption_does_not_part_a_piece);
    TEST(a_long_insert_parts_a_piece);
    TEST(speeds_are_told_exactly_however_they_are_sampled);
    TEST(three_seconds_of_one_frame_a_second_are_a_piece);
    TEST(a_loop_is_one_piece_for_every_round);
    TEST(a_loop_on_both_sides_is_one_piece);
    TEST(a_title_in_common_is_no_piece);
    TEST(a_title_does_not_drown_what_follows);
    TEST(a_slide_show_is_recognised_by_its_changes);
    TEST(one_static_picture_on_both_sides_is_recognised);
    TEST(a_noisy_static_picture_is_recognised);
    TEST(one_template_frame_is_no_piece);
    TEST(templates_here_and_there_are_no_piece);
    TEST(three_of_five_frames_are_no_piece);
    TEST(frames_of_low_quality_are_left_out);
    TEST(unrelated_films_have_nothing_in_common);
    TEST(nothing_against_nothing_is_nothing);
    TEST(times_that_go_backwards_or_stand_still_do_no_harm);
    TEST(ten_hours_of_one_picture_are_quick);
    TEST(ten_hours_against_ten_hours_are_quick);
    TEST(ten_hours_of_a_noisy_picture_are_quick);
    TEST(neighbours_that_look_the_same_are_one_run);
    TEST(every_frame_of_a_run_is_near_its_representative);
    TEST(bag_percentages_equal_a_scan);
    TEST(a_bag_wants_less_than_the_distance);
    return g_test_run();
}
