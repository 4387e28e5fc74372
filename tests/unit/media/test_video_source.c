// SPDX-License-Identifier: Apache-2.0
#include "test_video_source.h"

#include <glib/gstdio.h>
#include <string.h>

#include "hash/pdq.h"

const FrameChoice EVERY_FRAME = {FRAMES_VPDQ, SAMPLING_EVERY_FRAME, 0};
const FrameChoice ONE_PER_SECOND = {FRAMES_VPDQ, SAMPLING_PER_SECOND, 1};
const FrameChoice KEY_FRAMES = {FRAMES_VPDQ, SAMPLING_KEY_FRAMES, 0};

void video_bytes_clear(VideoBytes *bytes)
{
    g_clear_pointer(&bytes->bytes, g_free);
    bytes->size_bytes = 0;
}

VideoBytes video_bytes_read(const char *path)
{
    g_autoptr(GError) error = NULL;
    char *text;
    gsize size;
    g_file_get_contents(path, &text, &size, &error);
    g_assert_no_error(error);
    return (VideoBytes){(uint8_t *)text, size};
}

VideoBytes video_bytes_make(const char *arguments, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("clew-video-XXXXXX", &error);
    g_assert_no_error(error);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *command =
        g_strdup_printf("timeout 60 ffmpeg -nostdin -v error -threads 1 %s -y %s", arguments, path);
    int status;
    g_spawn_command_line_sync(command, NULL, NULL, &status, &error);
    g_assert_no_error(error);
    if (status != 0)
        g_error("failed: %s", command);
    VideoBytes bytes = video_bytes_read(path);
    g_remove(path);
    g_rmdir(folder);
    return bytes;
}

static int64_t read_at(void *user_data, uint64_t offset, void *target, size_t size_bytes)
{
    const VideoBytes *bytes = user_data;
    if (offset >= bytes->size_bytes)
        return 0;
    size_t count = MIN(size_bytes, bytes->size_bytes - (size_t)offset);
    memcpy(target, bytes->bytes + offset, count);
    return (int64_t)count;
}

VideoSource video_bytes_source(VideoBytes *bytes)
{
    return (VideoSource){read_at, bytes->size_bytes, NULL, bytes};
}

FrameHash video_picture_hash(const VideoPicture *picture)
{
    PdqOptions options = {.pixels = picture->is_grey ? PDQ_PIXELS_GREY : PDQ_PIXELS_RGBX,
                          .pipelines = PDQ_FULL};
    PdqHasher *hasher = pdq_hasher_new(picture->width, picture->height, &options);
    g_assert_nonnull(hasher);
    pdq_hasher_push(hasher, picture->pixels, picture->stride, picture->height);
    PdqResult result;
    g_assert_true(pdq_hasher_finish(hasher));
    g_assert_true(pdq_hasher_result(hasher, PDQ_FULL, &result));
    pdq_hasher_free(hasher);
    FrameHash hash = {picture->number, picture->milliseconds, (uint8_t)result.quality, {0}};
    memcpy(hash.hash, result.hash.bytes, sizeof hash.hash);
    return hash;
}

unsigned video_hash_distance(const FrameHash *a, const FrameHash *b)
{
    unsigned distance = 0;
    for (size_t i = 0; i < sizeof a->hash; i++)
        distance += (unsigned)__builtin_popcount((unsigned)(a->hash[i] ^ b->hash[i]));
    return distance;
}

void video_result_clear(VideoResult *result)
{
    g_clear_pointer(&result->frames, g_array_unref);
    g_clear_pointer(&result->facts, video_facts_free);
    g_clear_error(&result->error);
}

VideoResult video_result_of(VideoBytes *bytes, const char *media_type, FrameChoice choice)
{
    VideoResult result = {g_array_new(FALSE, FALSE, sizeof(FrameHash)), NULL, NULL};
    VideoSource source = video_bytes_source(bytes);
    g_autoptr(Video) video = video_open(&source, media_type, choice, &result.error);
    if (video == NULL)
        return result;
    VideoPicture picture;
    VideoOutcome outcome;
    while ((outcome = video_next(video, &picture, &result.error)) == VIDEO_PICTURE) {
        FrameHash hash = video_picture_hash(&picture);
        g_array_append_val(result.frames, hash);
    }
    g_assert_true((outcome == VIDEO_FAILED) == (result.error != NULL));
    result.facts = video_facts(video);
    return result;
}
