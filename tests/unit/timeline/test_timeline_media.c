// SPDX-License-Identifier: Apache-2.0
//
// The frame lines of the public reference for its seven videos, against each other: the copies of
// one video are aligned, unrelated ones are not. Needs the media folder: CLEW_TEST_MEDIA.
#include <stdlib.h>
#include <string.h>

#include "film.h"

static const TimelineOptions usual = {.distance = 31, .min_quality = FRAME_QUALITY_MIN};

static void read_frame(const char *line, GArray *frames)
{
    g_auto(GStrv) parts = g_strsplit(line, ",", 4);
    g_assert_cmpuint(g_strv_length(parts), ==, 4);
    FrameHash frame = {.number = (uint32_t)atoi(parts[0]),
                       .milliseconds = (uint32_t)(g_ascii_strtod(parts[3], NULL) * 1000 + 0.5),
                       .quality = (uint8_t)atoi(parts[1])};
    for (unsigned i = 0; i < PDQ_BYTES; i++)
        frame.hash[i] = (uint8_t)(g_ascii_xdigit_value(parts[2][2 * i]) * 16 +
                                  g_ascii_xdigit_value(parts[2][2 * i + 1]));
    g_array_append_val(frames, frame);
}

// Every n-th frame of a video.
static GArray *frames_of(const char *name, unsigned every)
{
    g_autofree char *file = g_strconcat(name, ".txt", NULL);
    g_autofree char *path =
        g_build_filename(g_getenv("CLEW_TEST_MEDIA"), "video", "expected", file, NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GArray *frames = film_frames_new();
    for (unsigned i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
        if (i % every == 0)
            read_frame(lines[i], frames);
    return frames;
}

static GArray *align_every(const char *ours, unsigned our_every, const char *theirs,
                           unsigned their_every)
{
    g_autoptr(GArray) our_frames = frames_of(ours, our_every);
    g_autoptr(GArray) their_frames = frames_of(theirs, their_every);
    GArray *pieces = timeline_align(film_timeline(our_frames), film_timeline(their_frames), usual);
    double our_percent, their_percent;
    timeline_bag(film_timeline(our_frames), film_timeline(their_frames), usual, &our_percent,
                 &their_percent);
    g_test_message("%s every %u, %s every %u: %.1f %% and %.1f %%", ours, our_every, theirs,
                   their_every, our_percent, their_percent);
    for (unsigned i = 0; i < pieces->len; i++) {
        const MatchPiece *piece = &g_array_index(pieces, MatchPiece, i);
        g_test_message("%.3f-%.3f is %.3f-%.3f speed %.4f, %u of %u, distance %u%s", piece->from,
                       piece->to, piece->their_from, piece->their_to, piece->speed, piece->matched,
                       piece->frames, piece->distance, piece->is_static ? ", static" : "");
    }
    return pieces;
}

static const char *const names[] = {"chair-20-sd-bar",       "chair-22-with-large-logo-bar",
                                    "chair-orig-22-sd-bar",  "doorknob-hd-no-bar",
                                    "pattern-hd-no-bar",     "pattern-longer-no-bar",
                                    "test-padded-dimensions"};

static bool skip_without_media(void)
{
    if (g_getenv("CLEW_TEST_MEDIA") != NULL)
        return false;
    g_test_skip("CLEW_TEST_MEDIA is not set");
    return true;
}

// One video at 30 frames a second: every frame, and one a second.
#define EACH 1u
#define PER_SECOND 30u

typedef struct {
    unsigned ours, theirs; // in `names`
    unsigned our_every, their_every;
    double from, to, their_from, their_to;
    double tolerance;
} PairRow;

static void copies_are_aligned(void)
{
    if (skip_without_media())
        return;
    static const PairRow rows[] = {
        // Two seconds were cut off the beginning.
        {0, 2, EACH, EACH, 0, 20.4, 2, 22.4, 0.04},
        {0, 2, PER_SECOND, PER_SECOND, 0, 20, 2, 22, 0.04},
        {0, 2, EACH, PER_SECOND, 0, 20, 2, 22, 0.1},
        {0, 2, PER_SECOND, EACH, 0, 20, 2, 22, 0.1},
        {2, 0, EACH, EACH, 2, 22.4, 0, 20.4, 0.04},
        // Under the large logo only some seconds stay within the distance; the others are kindred.
        {1, 2, EACH, EACH, 0, 22.4, 0, 22.4, 0.04},
        {1, 0, EACH, EACH, 2, 22.4, 0, 20.4, 0.04},
        {1, 2, 15, EACH, 0, 22, 0, 22, 0.1},
        // A second is missing at the end.
        {4, 5, EACH, EACH, 0, 6.833, 0.033, 6.867, 0.04},
        {5, 4, EACH, EACH, 0.033, 6.867, 0, 6.833, 0.04},
        {4, 5, PER_SECOND, PER_SECOND, 0, 6, 0, 6, 0.04},
        {3, 3, EACH, PER_SECOND, 0, 1, 0, 1, 0.1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const PairRow *row = &rows[i];
        g_autoptr(GArray) pieces =
            align_every(names[row->ours], row->our_every, names[row->theirs], row->their_every);
        g_assert_cmpuint(pieces->len, ==, 1);
        const MatchPiece *piece = &g_array_index(pieces, MatchPiece, 0);
        g_assert_cmpfloat_with_epsilon(piece->from, row->from, row->tolerance);
        g_assert_cmpfloat_with_epsilon(piece->to, row->to, row->tolerance);
        g_assert_cmpfloat_with_epsilon(piece->their_from, row->their_from, row->tolerance);
        g_assert_cmpfloat_with_epsilon(piece->their_to, row->their_to, row->tolerance);
        g_assert_cmpfloat(piece->speed, ==, 1);
        g_assert_false(piece->is_static);
    }
}

// The chairs are one family, the patterns another.
static char family_of(const char *name)
{
    return name[0];
}

static void unrelated_videos_have_no_piece(void)
{
    if (skip_without_media())
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(names); j++)
            for (unsigned every = EACH; every <= PER_SECOND; every += PER_SECOND - EACH) {
                g_autoptr(GArray) pieces = align_every(names[i], every, names[j], every);
                if (family_of(names[i]) != family_of(names[j]))
                    g_assert_cmpuint(pieces->len, ==, 0);
                else if (i == j)
                    g_assert_cmpuint(pieces->len, ==, 1);
            }
}

#define TEST(name) g_test_add_func("/timeline_media/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(copies_are_aligned);
    TEST(unrelated_videos_have_no_piece);
    return g_test_run();
}
