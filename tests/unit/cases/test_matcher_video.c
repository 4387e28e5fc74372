// SPDX-License-Identifier: Apache-2.0
//
// What the matcher answers when frames are on either side: known videos with the pieces that an
// item shows of them, mirrored and trimmed ones too; stills that are among the frames; the videos
// that a screenshot is from; and that titles nominate nobody.
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "cases/matcher.h"
#include "film.h"
#include "fixture.h"
#include "store/set_edit.h"

// ---- Builders ---------------------------------------------------------------------------------

static void import_entry(SetStore *store, const char *name, const ListEntry *entry)
{
    g_autoptr(GError) error = NULL;
    SetImportOptions options = {.set_name = name,
                                .mode = SET_IMPORT_MERGE,
                                .has_kind = true,
                                .kind = SET_NOTABLE,
                                .who = "tester"};
    g_autoptr(SetImport) import = set_import_begin(store, &options, &error);
    g_assert_no_error(error);
    g_assert_true(set_import_entry(import, entry, &error));
    SetImportCounts counts;
    g_assert_true(set_import_commit(import, &(SetImportSource){0}, &counts, &error));
}

// A known video; the key tells it from others.
static void import_video(SetStore *store, const char *name, const char *key, const GArray *frames)
{
    ListEntry entry;
    list_entry_init(&entry);
    entry.key = g_strdup(key);
    entry.is_video = true;
    for (unsigned i = 0; i < frames->len; i++)
        g_assert_true(list_entry_add_frame(&entry, &g_array_index(frames, FrameHash, i)));
    import_entry(store, name, &entry);
    list_entry_clear(&entry);
}

static void import_still(SetStore *store, const char *name, const uint8_t value[PDQ_BYTES])
{
    ListEntry entry;
    list_entry_init(&entry);
    list_entry_add_hash(&entry, HASH_PDQ, value, PDQ_BYTES, NULL);
    import_entry(store, name, &entry);
    list_entry_clear(&entry);
}

static Matcher *open_matcher(SetStore *store)
{
    g_autoptr(GError) error = NULL;
    MatcherOptions options = {.distance = MATCHER_DISTANCE, .min_quality = MATCHER_MIN_QUALITY};
    Matcher *matcher = matcher_open(store, options, NULL, NULL, &error);
    g_assert_no_error(error);
    return matcher;
}

static GArray *seconds_of(const Film *film, double from, double to)
{
    GArray *frames = film_frames_new();
    film_cut(film, (FilmCut){.from = from, .to = to, .interval_ms = 1000}, 0, frames);
    return frames;
}

// Takes the frames over, as one variant; the others are unrelated films.
static VideoFrames *video_showing(unsigned variant, GArray *frames)
{
    VideoFrames *video = video_frames_new(FRAMES_SCALED);
    unsigned last = variant < ORIENTATION_COUNT ? ORIENTATION_COUNT : FRAME_VARIANT_COUNT;
    for (unsigned i = 0; i < last; i++) {
        if (i == variant) {
            video->variants[i] = frames;
            continue;
        }
        g_auto(Film) other = film_new(1000 + i, frames->len + 1);
        video->variants[i] = seconds_of(&other, 0, frames->len);
    }
    return video;
}

static GArray *matches_of(Matcher *matcher, const VideoFrames *video)
{
    g_autoptr(GError) error = NULL;
    GArray *matches = g_array_new(FALSE, FALSE, sizeof(Match));
    matcher_video(matcher, video, matches, &error);
    g_assert_no_error(error);
    return matches;
}

static const Match *only_match(const GArray *matches)
{
    g_assert_cmpuint(matches->len, ==, 1);
    return &g_array_index(matches, Match, 0);
}

// ---- A video asks -----------------------------------------------------------------------------

static void a_known_video_is_found_in_another_one(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Film) film = film_new(1, 300), other = film_new(2, 100);
    g_autoptr(GArray) theirs = seconds_of(&film, 0, 300);
    import_video(store, "known", "a", theirs);
    g_autoptr(Matcher) matcher = open_matcher(store);
    GArray *ours = seconds_of(&other, 0, 12);
    film_cut(&film, (FilmCut){.from = 185, .to = 221, .interval_ms = 1000, .noise = 2}, 12, ours);
    g_autoptr(VideoFrames) video = video_showing(0, ours);
    g_autoptr(GArray) matches = matches_of(matcher, video);
    const Match *match = only_match(matches);
    g_assert_cmpstr(match->set_name, ==, "known");
    g_assert_cmpint(match->type, ==, MATCH_NEAR);
    g_assert_cmpint(match->pipeline, ==, PIPELINE_COUNT);
    g_assert_cmpuint(match->orientation, ==, 0);
    g_assert_cmpuint(match->distance, ==, 2);
    g_assert_nonnull(match->video);
    g_assert_true(match->video->item_is_video);
    g_assert_true(match->video->entry_is_video);
    g_assert_false(match->video->is_trimmed);
    g_assert_cmpint(match->video->pipeline, ==, FRAMES_SCALED);
    g_assert_cmpuint(match->video->piece_count, ==, 1);
    const MatchPiece *piece = &match->video->pieces[0];
    g_assert_cmpfloat_with_epsilon(piece->from, 12, 0.001);
    g_assert_cmpfloat_with_epsilon(piece->to, 47, 0.001);
    g_assert_cmpfloat_with_epsilon(piece->their_from, 185, 0.001);
    g_assert_cmpfloat_with_epsilon(piece->their_to, 220, 0.001);
    g_assert_cmpuint(piece->frames, ==, 36);
    g_assert_cmpuint(piece->matched, ==, 36);
    g_assert_cmpfloat_with_epsilon(match->video->item_percent, 75, 0.001);
    g_assert_cmpfloat(match->video->entry_percent, >=, 12);
    g_assert_cmpuint(matcher_hits(matcher, match->entry), ==, 1);
}

static void a_join_names_every_video_it_is_made_of(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Film) film = film_new(3, 100), second = film_new(4, 100), third = film_new(5, 100);
    g_autoptr(GArray) a = seconds_of(&film, 0, 100), b = seconds_of(&second, 0, 100);
    g_autoptr(GArray) c = seconds_of(&third, 0, 100);
    import_video(store, "known", "a", a);
    import_video(store, "known", "b", b);
    import_video(store, "known", "c", c);
    g_autoptr(Matcher) matcher = open_matcher(store);
    GArray *ours = seconds_of(&second, 30, 60);
    film_cut(&film, (FilmCut){.from = 10, .to = 30, .interval_ms = 1000, .noise = 6}, 30, ours);
    g_autoptr(VideoFrames) video = video_showing(0, ours);
    g_autoptr(GArray) matches = matches_of(matcher, video);
    g_assert_cmpuint(matches->len, ==, 2);
    const MatchPiece *first = g_array_index(matches, Match, 0).video->pieces;
    const MatchPiece *next = g_array_index(matches, Match, 1).video->pieces;
    g_assert_cmpfloat_with_epsilon(first->their_from, 30, 0.001);
    g_assert_cmpfloat_with_epsilon(next->from, 30, 0.001);
    g_assert_cmpfloat_with_epsilon(next->their_from, 10, 0.001);
}

// Every variant is found, also those of which only a sample is asked at first.
static void every_variant_finds_its_video(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Film) film = film_new(6, 120);
    g_autoptr(GArray) theirs = seconds_of(&film, 0, 120);
    import_video(store, "known", "a", theirs);
    g_autoptr(Matcher) matcher = open_matcher(store);
    for (unsigned variant = 0; variant < FRAME_VARIANT_COUNT; variant++) {
        g_autoptr(VideoFrames) video = video_showing(variant, seconds_of(&film, 20, 100));
        g_autoptr(GArray) matches = matches_of(matcher, video);
        const Match *match = only_match(matches);
        g_assert_cmpuint(match->orientation, ==, variant % ORIENTATION_COUNT);
        g_assert_cmpint(match->video->is_trimmed, ==, variant >= ORIENTATION_COUNT);
        g_assert_cmpuint(match->video->pieces[0].matched, ==, 80);
    }
}

static void of_equal_variants_the_first_is_told(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Film) film = film_new(7, 60);
    g_autoptr(GArray) theirs = seconds_of(&film, 0, 60);
    import_video(store, "known", "a", theirs);
    g_autoptr(Matcher) matcher = open_matcher(store);
    g_autoptr(VideoFrames) video = video_showing(9, seconds_of(&film, 0, 60));
    for (unsigned variant = 0; variant < FRAME_VARIANT_COUNT; variant++) {
        g_array_unref(video->variants[variant]);
        video->variants[variant] = seconds_of(&film, 0, 60);
    }
    g_autoptr(GArray) matches = matches_of(matcher, video);
    g_assert_cmpuint(only_match(matches)->orientation, ==, 0);
    g_assert_false(only_match(matches)->video->is_trimmed);
}

static void a_still_among_the_frames_is_found(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Film) film = film_new(8, 60);
    GArray *ours = seconds_of(&film, 0, 30);
    film_still(9, 5, 30, 100, ours);
    film_cut(&film, (FilmCut){.from = 30, .to = 50, .interval_ms = 1000}, 35, ours);
    film_still(9, 3, 55, 100, ours);
    uint8_t value[PDQ_BYTES];
    memcpy(value, g_array_index(ours, FrameHash, 32).hash, PDQ_BYTES);
    value[3] ^= 0x0f;
    import_still(store, "known", value);
    g_autoptr(Matcher) matcher = open_matcher(store);
    g_autoptr(VideoFrames) video = video_showing(0, ours);
    g_autoptr(GArray) matches = matches_of(matcher, video);
    const Match *match = only_match(matches);
    g_assert_true(match->video->item_is_video);
    g_assert_false(match->video->entry_is_video);
    g_assert_cmpuint(match->distance, ==, 4);
    g_assert_cmpfloat(match->video->item_percent, ==, -1);
    g_assert_cmpuint(match->video->piece_count, ==, 2);
    const MatchPiece *pieces = match->video->pieces;
    g_assert_cmpfloat_with_epsilon(pieces[0].from, 30, 0.001);
    g_assert_cmpfloat_with_epsilon(pieces[0].to, 34, 0.001);
    g_assert_cmpuint(pieces[0].frames, ==, 5);
    g_assert_cmpfloat(pieces[0].speed, ==, 0);
    g_assert_cmpfloat(pieces[0].their_to, ==, 0);
    g_assert_cmpfloat_with_epsilon(pieces[1].from, 55, 0.001);
}

static void one_frame_in_common_is_no_match(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Film) film = film_new(10, 60), other = film_new(11, 60);
    g_autoptr(GArray) theirs = seconds_of(&film, 0, 60);
    import_video(store, "known", "a", theirs);
    g_autoptr(Matcher) matcher = open_matcher(store);
    GArray *ours = seconds_of(&other, 0, 60);
    memcpy(g_array_index(ours, FrameHash, 7).hash, g_array_index(theirs, FrameHash, 40).hash,
           PDQ_BYTES);
    g_autoptr(VideoFrames) video = video_showing(0, ours);
    g_autoptr(GArray) matches = matches_of(matcher, video);
    g_assert_cmpuint(matches->len, ==, 0);
}

static void what_an_exact_match_settled_is_not_told_again(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Film) film = film_new(12, 60);
    g_autoptr(GArray) theirs = seconds_of(&film, 0, 60);
    import_video(store, "known", "a", theirs);
    g_autoptr(Matcher) matcher = open_matcher(store);
    g_autoptr(VideoFrames) video = video_showing(0, seconds_of(&film, 0, 60));
    g_autoptr(GArray) matches = matches_of(matcher, video);
    g_autoptr(GError) error = NULL;
    g_assert_true(matcher_video(matcher, video, matches, &error));
    g_assert_cmpuint(matches->len, ==, 1);
}

static void equal_answers_are_kept_once(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Film) film = film_new(12, 60);
    g_autoptr(GArray) theirs = seconds_of(&film, 0, 60);
    import_video(store, "known", "a", theirs);
    g_autoptr(Matcher) matcher = open_matcher(store);
    g_autoptr(VideoFrames) video = video_showing(0, seconds_of(&film, 0, 60));
    g_autoptr(GArray) first = matches_of(matcher, video), second = matches_of(matcher, video);
    g_assert_true(only_match(first)->video == only_match(second)->video);
}

static void a_withdrawn_video_matches_no_more(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Film) film = film_new(13, 60);
    g_autoptr(GArray) theirs = seconds_of(&film, 0, 60);
    import_video(store, "known", "a", theirs);
    g_autoptr(Matcher) matcher = open_matcher(store);
    g_autoptr(VideoFrames) video = video_showing(0, seconds_of(&film, 0, 60));
    g_autoptr(GArray) before = matches_of(matcher, video);
    EntrySelector selector = {.is_id = true, .id = only_match(before)->entry};
    SetEditCounts counts;
    g_assert_true(set_edit_withdraw(store, "known", &selector, 1, "tester", &counts, NULL));
    g_usleep(10000); // the matcher looks at the store again after some milliseconds
    g_autoptr(GArray) after = matches_of(matcher, video);
    g_assert_cmpuint(after->len, ==, 0);
}

static void frames_of_low_quality_ask_nothing(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Film) film = film_new(14, 60);
    g_autoptr(GArray) theirs = seconds_of(&film, 0, 60);
    import_video(store, "known", "a", theirs);
    g_autoptr(Matcher) matcher = open_matcher(store);
    GArray *ours = seconds_of(&film, 0, 60);
    for (unsigned i = 0; i < ours->len; i++)
        g_array_index(ours, FrameHash, i).quality = 49;
    g_autoptr(VideoFrames) video = video_frames_new(FRAMES_VPDQ);
    video->variants[0] = ours;
    g_autoptr(GArray) matches = matches_of(matcher, video);
    g_assert_cmpuint(matches->len, ==, 0);
}

// A title that 1,100 known videos begin with nominates none of them; what follows it does.
static void a_title_of_many_videos_nominates_nobody(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_autoptr(GError) error = NULL;
    SetImportOptions options = {.set_name = "known", .has_kind = true, .who = "tester"};
    g_autoptr(SetImport) import = set_import_begin(store, &options, &error);
    g_assert_no_error(error);
    g_autoptr(GArray) title = film_frames_new();
    film_still(5, 10, 0, 100, title);
    for (unsigned i = 0; i < 1100; i++) {
        ListEntry entry;
        list_entry_init(&entry);
        entry.key = g_strdup_printf("%u", i);
        entry.is_video = true;
        list_entry_add_frame(&entry, &g_array_index(title, FrameHash, 0));
        g_assert_true(set_import_entry(import, &entry, &error));
        list_entry_clear(&entry);
    }
    SetImportCounts counts;
    g_assert_true(set_import_commit(import, &(SetImportSource){0}, &counts, &error));
    g_auto(Film) film = film_new(15, 60);
    g_autoptr(GArray) theirs = seconds_of(&film, 0, 60);
    import_video(store, "more", "a", theirs);
    g_autoptr(Matcher) matcher = open_matcher(store);
    GArray *ours = film_frames_new();
    film_still(5, 10, 0, 100, ours);
    film_cut(&film, (FilmCut){.to = 60, .interval_ms = 1000}, 10, ours);
    g_autoptr(VideoFrames) video = video_showing(0, ours);
    g_autoptr(GArray) matches = matches_of(matcher, video);
    g_assert_cmpstr(only_match(matches)->set_name, ==, "more");
}

// ---- A still asks -----------------------------------------------------------------------------

static void a_screenshot_finds_its_video(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Film) film = film_new(16, 60);
    g_autoptr(GArray) theirs = seconds_of(&film, 0, 30);
    film_still(17, 4, 30, 100, theirs);
    film_cut(&film, (FilmCut){.from = 30, .to = 60, .interval_ms = 1000}, 34, theirs);
    import_video(store, "known", "a", theirs);
    g_autoptr(Matcher) matcher = open_matcher(store);
    StillFacts still = {.decoded = true};
    PdqFacts *facts = &still.pdq[PIPELINE_512];
    facts->present = true;
    facts->quality = 100;
    for (unsigned i = 0; i < ORIENTATION_COUNT; i++)
        memset(facts->hash[i], (int)(0x11 * i), PDQ_BYTES);
    memcpy(facts->hash[5], g_array_index(theirs, FrameHash, 31).hash, PDQ_BYTES);
    facts->hash[5][9] ^= 3;
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
    g_assert_true(matcher_near(matcher, &still, false, matches, &error));
    const Match *match = only_match(matches);
    g_assert_cmpuint(match->distance, ==, 2);
    g_assert_cmpuint(match->orientation, ==, 5);
    g_assert_cmpint(match->pipeline, ==, PIPELINE_512);
    g_assert_false(match->video->item_is_video);
    g_assert_true(match->video->entry_is_video);
    g_assert_cmpuint(match->video->piece_count, ==, 1);
    const MatchPiece *piece = &match->video->pieces[0];
    g_assert_cmpfloat(piece->from, ==, 0);
    g_assert_cmpfloat(piece->to, ==, 0);
    g_assert_cmpfloat_with_epsilon(piece->their_from, 30, 0.001);
    g_assert_cmpfloat_with_epsilon(piece->their_to, 33, 0.001);
    g_assert_cmpuint(piece->frames, ==, 4);
    g_assert_cmpfloat(piece->speed, ==, 0);
}

static void a_bare_value_finds_videos_and_stills(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Film) film = film_new(18, 30);
    g_autoptr(GArray) theirs = seconds_of(&film, 0, 30);
    const uint8_t *value = g_array_index(theirs, FrameHash, 12).hash;
    import_video(store, "known", "a", theirs);
    import_still(store, "known", value);
    g_autoptr(Matcher) matcher = open_matcher(store);
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
    g_assert_true(matcher_value(matcher, HASH_PDQ, value, matches, &error));
    g_assert_cmpuint(matches->len, ==, 2);
    unsigned videos = 0;
    for (unsigned i = 0; i < 2; i++) {
        const Match *match = &g_array_index(matches, Match, i);
        g_assert_cmpuint(match->distance, ==, 0);
        videos += match->video != NULL;
    }
    g_assert_cmpuint(videos, ==, 1);
}

#define TEST(name) g_test_add_func("/matcher_video/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(a_known_video_is_found_in_another_one);
    TEST(a_join_names_every_video_it_is_made_of);
    TEST(every_variant_finds_its_video);
    TEST(of_equal_variants_the_first_is_told);
    TEST(a_still_among_the_frames_is_found);
    TEST(one_frame_in_common_is_no_match);
    TEST(what_an_exact_match_settled_is_not_told_again);
    TEST(equal_answers_are_kept_once);
    TEST(a_withdrawn_video_matches_no_more);
    TEST(frames_of_low_quality_ask_nothing);
    TEST(a_title_of_many_videos_nominates_nobody);
    TEST(a_screenshot_finds_its_video);
    TEST(a_bare_value_finds_videos_and_stills);
    return g_test_run();
}
