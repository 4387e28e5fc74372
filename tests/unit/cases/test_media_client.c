// SPDX-License-Identifier: Apache-2.0
//
// The client of the media worker with the real worker: videos from the buffer and from a file, and
// frames for people.
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/media_client.h"

#define VIDEO "video/test-padded-dimensions.mp4" // 150 frames of 30 a second

typedef struct {
    Zygote *zygote;
    MediaClient *client;
    char *video;
    gsize video_bytes;
    char *path;
} Fixture;

static bool is_cancelled;

static bool ask_cancelled(void)
{
    return is_cancelled;
}

static void set_up(Fixture *fixture, const void *unused)
{
    const char *media = g_getenv("CLEW_TEST_MEDIA");
    g_autoptr(GError) error = NULL;
    is_cancelled = false;
    fixture->zygote = zygote_start((ZygoteOptions){.program = MEDIA_WORKER}, &error);
    g_assert_no_error(error);
    fixture->client = media_client_new(fixture->zygote, ask_cancelled, &error);
    g_assert_no_error(error);
    if (media == NULL)
        return;
    fixture->path = g_build_filename(media, VIDEO, NULL);
    g_assert_true(g_file_get_contents(fixture->path, &fixture->video, &fixture->video_bytes, NULL));
}

static void tear_down(Fixture *fixture, const void *unused)
{
    media_client_free(fixture->client);
    zygote_free(fixture->zygote);
    g_free(fixture->video);
    g_free(fixture->path);
}

static bool lacks_media(const Fixture *fixture)
{
    if (fixture->path == NULL)
        g_test_skip("needs a real video: CLEW_TEST_MEDIA is not set");
    return fixture->path == NULL;
}

static MediaItem place(Fixture *fixture, const void *bytes, size_t size_bytes)
{
    g_assert_true(media_client_ready(fixture->client, NULL));
    memcpy(media_client_buffer(fixture->client), bytes, size_bytes);
    return (MediaItem){.size_bytes = size_bytes, .media_type = "video/mp4", .descriptor = -1};
}

static VideoFrames *hash(Fixture *fixture, const MediaItem *item, bool variants,
                         MediaReply *ret_reply)
{
    const FrameChoice choice = {.sampling = SAMPLING_PER_SECOND, .per_second = 1};
    g_autoptr(GError) error = NULL;
    VideoFrames *frames = NULL;
    media_client_video(fixture->client, item, choice, variants, &frames, ret_reply, &error);
    g_assert_no_error(error);
    return frames;
}

// ---- Videos -----------------------------------------------------------------------------------

static void a_video_is_hashed_from_the_buffer(Fixture *fixture, const void *unused)
{
    if (lacks_media(fixture))
        return;
    MediaItem item = place(fixture, fixture->video, fixture->video_bytes);
    MediaReply reply;
    g_autoptr(VideoFrames) frames = hash(fixture, &item, true, &reply);
    g_assert_cmpstr(reply.reason, ==, NULL);
    g_assert_cmpuint(reply.video->frames_seen, ==, 150);
    g_assert_cmpuint(reply.video->frames_hashed, ==, 5);
    for (unsigned orientation = 0; orientation < ORIENTATION_COUNT; orientation++)
        g_assert_cmpuint(frames->variants[frame_variant(orientation, false)]->len, ==, 5);
    const FrameHash *last = &g_array_index(frames->variants[0], FrameHash, 4);
    g_assert_cmpuint(last->number, ==, 120);
    g_assert_cmpuint(last->milliseconds, ==, 4000);
    media_reply_clear(&reply);
}

static void a_file_gives_the_same_as_the_buffer(Fixture *fixture, const void *unused)
{
    if (lacks_media(fixture))
        return;
    MediaItem item = place(fixture, fixture->video, fixture->video_bytes);
    MediaReply first, second;
    g_autoptr(VideoFrames) from_buffer = hash(fixture, &item, false, &first);
    item.descriptor = open(fixture->path, O_RDONLY | O_CLOEXEC);
    g_assert_cmpint(item.descriptor, >=, 0);
    g_autoptr(VideoFrames) from_file = hash(fixture, &item, false, &second);
    close(item.descriptor);
    const GArray *a = from_buffer->variants[0], *b = from_file->variants[0];
    g_assert_cmpuint(a->len, ==, b->len);
    g_assert_cmpint(memcmp(a->data, b->data, a->len * sizeof(FrameHash)), ==, 0);
    g_assert_null(from_file->variants[1]); // nobody asked for it turned
    media_reply_clear(&first);
    media_reply_clear(&second);
}

static void what_is_no_video_is_an_answer(Fixture *fixture, const void *unused)
{
    static const char bytes[4096] = "\0\0\0\x18"
                                    "ftypisom and nothing of the kind";
    MediaItem item = place(fixture, bytes, sizeof bytes);
    MediaReply reply;
    g_autoptr(VideoFrames) frames = hash(fixture, &item, false, &reply);
    g_assert_cmpint(reply.status, ==, STATUS_CORRUPT);
    g_assert_nonnull(reply.reason);
    g_assert_null(frames->variants[0]);
    media_reply_clear(&reply);
}

static void a_video_can_be_interrupted(Fixture *fixture, const void *unused)
{
    if (lacks_media(fixture))
        return;
    MediaItem item = place(fixture, fixture->video, fixture->video_bytes);
    const FrameChoice choice = {.sampling = SAMPLING_EVERY_FRAME};
    g_autoptr(GError) error = NULL;
    VideoFrames *frames = NULL;
    MediaReply reply;
    is_cancelled = true;
    g_assert_false(
        media_client_video(fixture->client, &item, choice, true, &frames, &reply, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CANCELLED);
    is_cancelled = false;
    item = place(fixture, fixture->video, fixture->video_bytes); // by a fresh worker
    frames = hash(fixture, &item, false, &reply);
    g_assert_cmpuint(frames->variants[0]->len, ==, 5);
    video_frames_free(frames);
    media_reply_clear(&reply);
}

// ---- Frames for people ------------------------------------------------------------------------

static GPtrArray *take_stills(Fixture *fixture, MediaStillsChoice choice)
{
    MediaItem item = place(fixture, fixture->video, fixture->video_bytes);
    g_autoptr(GError) error = NULL;
    GPtrArray *stills = NULL;
    MediaReply reply;
    media_client_stills(fixture->client, &item, choice, &stills, &reply, &error);
    g_assert_no_error(error);
    g_assert_cmpint(reply.status, ==, STATUS_OK);
    media_reply_clear(&reply);
    for (unsigned i = 0; i < stills->len; i++) {
        const MediaStill *still = stills->pdata[i];
        gsize size_bytes;
        const uint8_t *jpeg = g_bytes_get_data(still->jpeg, &size_bytes);
        g_assert_cmpuint(size_bytes, <=, LIMIT_VIDEO_STILL_BYTES);
        g_assert_cmpmem(jpeg, 3, "\xff\xd8\xff", 3);
    }
    return stills;
}

static void scenes_come_in_order_from_the_first_frame_on(Fixture *fixture, const void *unused)
{
    if (lacks_media(fixture))
        return;
    g_autoptr(GPtrArray) stills =
        take_stills(fixture, (MediaStillsChoice){.count = 4, .side = 192});
    g_assert_cmpuint(stills->len, >=, 1);
    g_assert_cmpuint(stills->len, <=, 4);
    g_assert_cmpuint(((MediaStill *)stills->pdata[0])->milliseconds, ==, 0);
    for (unsigned i = 1; i < stills->len; i++)
        g_assert_cmpuint(((MediaStill *)stills->pdata[i])->milliseconds, >,
                         ((MediaStill *)stills->pdata[i - 1])->milliseconds);
}

static void a_given_second_is_shown(Fixture *fixture, const void *unused)
{
    if (lacks_media(fixture))
        return;
    static const uint32_t times[] = {3000, 1000};
    g_autoptr(GPtrArray) stills =
        take_stills(fixture, (MediaStillsChoice){.count = 2, .milliseconds = times, .side = 64});
    g_assert_cmpuint(stills->len, ==, 2);
    g_assert_cmpuint(((MediaStill *)stills->pdata[0])->number, ==, 90);
    g_assert_cmpuint(((MediaStill *)stills->pdata[1])->number, ==, 30);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) g_test_add("/media_client/" #test, Fixture, NULL, set_up, test, tear_down)
    ADD(a_video_is_hashed_from_the_buffer);
    ADD(a_file_gives_the_same_as_the_buffer);
    ADD(what_is_no_video_is_an_answer);
    ADD(a_video_can_be_interrupted);
    ADD(scenes_come_in_order_from_the_first_frame_on);
    ADD(a_given_second_is_shown);
    return g_test_run();
}
