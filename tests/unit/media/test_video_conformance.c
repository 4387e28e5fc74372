// SPDX-License-Identifier: Apache-2.0
//
// vPDQ as the public reference has it, proved on its own videos: the same number of frames, the
// qualities within 1, the hashes within 31 bits wherever both qualities are good. Reads
// video/expected in the folder CLEW_TEST_MEDIA names; skipped without it.
#include <stdio.h>
#include <string.h>

#include "test_video_source.h"

#define ALLOWED_DISTANCE 31u // another version of FFmpeg: as the media's README has it

static const char *const names[] = {"chair-20-sd-bar",       "chair-22-with-large-logo-bar",
                                    "chair-orig-22-sd-bar",  "doorknob-hd-no-bar",
                                    "pattern-hd-no-bar",     "pattern-longer-no-bar",
                                    "test-padded-dimensions"};

// "frame,quality,hash,seconds".
static FrameHash read_line(const char *line)
{
    FrameHash hash = {0};
    g_auto(GStrv) fields = g_strsplit(line, ",", -1);
    g_assert_cmpuint(g_strv_length(fields), ==, 4);
    g_assert_cmpuint(strlen(fields[2]), ==, 2 * sizeof hash.hash);
    hash.number = (uint32_t)g_ascii_strtoull(fields[0], NULL, 10);
    hash.quality = (uint8_t)g_ascii_strtoull(fields[1], NULL, 10);
    for (size_t i = 0; i < sizeof hash.hash; i++)
        hash.hash[i] = (uint8_t)(g_ascii_xdigit_value(fields[2][2 * i]) << 4 |
                                 g_ascii_xdigit_value(fields[2][2 * i + 1]));
    hash.milliseconds = (uint32_t)(g_ascii_strtod(fields[3], NULL) * 1000 + 0.5);
    return hash;
}

static unsigned check_frame(const FrameHash *frame, const FrameHash *expected)
{
    g_assert_cmpuint(frame->number, ==, expected->number);
    g_assert_cmpuint(frame->milliseconds, ==, expected->milliseconds);
    g_assert_cmpint(ABS(frame->quality - expected->quality), <=, 1);
    if (frame->quality < FRAME_QUALITY_MIN || expected->quality < FRAME_QUALITY_MIN)
        return 0;
    unsigned distance = video_hash_distance(frame, expected);
    g_assert_cmpuint(distance, <=, ALLOWED_DISTANCE);
    return distance;
}

static void hashes_frames_as_the_reference_does(const void *user_data)
{
    const char *media = g_getenv("CLEW_TEST_MEDIA");
    if (media == NULL) {
        g_test_skip("CLEW_TEST_MEDIA is not set");
        return;
    }
    const char *name = user_data;
    g_autofree char *path = g_strdup_printf("%s/video/%s.mp4", media, name);
    g_autofree char *list = g_strdup_printf("%s/video/expected/%s.txt", media, name);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(list, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);

    g_auto(VideoBytes) bytes = video_bytes_read(path);
    g_auto(VideoResult) result = video_result_of(&bytes, "video/mp4", EVERY_FRAME);
    g_assert_no_error(result.error);
    g_assert_cmpuint(result.frames->len, ==, g_strv_length(lines));
    g_assert_cmpuint(result.facts->frames_seen, ==, result.frames->len);
    g_assert_cmpuint(result.facts->damaged, ==, 0);
    g_assert_false(result.facts->is_truncated);
    unsigned farthest = 0, different = 0;
    for (guint i = 0; i < result.frames->len; i++) {
        FrameHash expected = read_line(lines[i]);
        unsigned distance = check_frame(&g_array_index(result.frames, FrameHash, i), &expected);
        farthest = MAX(farthest, distance);
        different += distance > 0;
    }
    g_test_message("%s: %u frames, %u not equal, at most %u bits", name, result.frames->len,
                   different, farthest);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_true(video_prepare(NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strdup_printf("/video/reference/%s", names[i]);
        g_test_add_data_func(path, names[i], hashes_frames_as_the_reference_does);
    }
    return g_test_run();
}
