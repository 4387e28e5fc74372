// SPDX-License-Identifier: Apache-2.0
//
// Video: the first byte picks the media type and the choice of frames, the rest is the file. The
// answer is frames in order and an end, or an error with one of the codes that become a status.
#include "media/video.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "fuzz_target.h"
#include "media/still.h"

#define FRAMES_MAX 40u

static const char *const media_types[] = {"video/mp4",  "video/x-matroska", "video/x-msvideo",
                                          "video/mp2t", "video/mpeg",       "video/x-flv",
                                          "image/gif",  "image/webp",       "video/ogg"};

typedef struct {
    const uint8_t *bytes;
    size_t size;
} Bytes;

static int64_t read_at(void *user_data, uint64_t offset, void *target, size_t size_bytes)
{
    const Bytes *bytes = user_data;
    if (offset >= bytes->size)
        return 0;
    size_t count = MIN(size_bytes, bytes->size - (size_t)offset);
    memcpy(target, bytes->bytes + offset, count);
    return (int64_t)count;
}

static void check_error(const GError *error)
{
    bool is_expected =
        error != NULL && error->domain == CLEW_ERROR &&
        (error->code == CLEW_ERROR_UNSUPPORTED || error->code == CLEW_ERROR_CORRUPT ||
         error->code == CLEW_ERROR_LIMIT || error->code == CLEW_ERROR_ENCRYPTED ||
         error->code == CLEW_ERROR_NOT_FOUND) &&
        g_utf8_validate(error->message, -1, NULL) && strchr(error->message, '\n') == NULL;
    if (!is_expected)
        abort();
}

static void go_through(Video *video)
{
    VideoPicture picture;
    GError *error = NULL;
    VideoOutcome outcome = VIDEO_PICTURE;
    uint8_t sum = 0;
    int64_t last = -1;
    for (unsigned i = 0; i < FRAMES_MAX && outcome == VIDEO_PICTURE; i++) {
        outcome = video_next(video, &picture, &error);
        if (outcome != VIDEO_PICTURE)
            break;
        if ((int64_t)picture.number <= last)
            abort();
        last = picture.number;
        size_t row_bytes = (size_t)picture.width * (picture.is_grey ? 1 : 4);
        sum ^= picture.pixels[(picture.height - 1) * picture.stride + row_bytes - 1];
    }
    (void)sum;
    if ((outcome == VIDEO_FAILED) != (error != NULL))
        abort();
    if (error != NULL)
        check_error(error);
    g_clear_error(&error);
    video_facts_free(video_facts(video));
}

static void prepare(void)
{
    static bool is_prepared;
    if (is_prepared)
        return;
    still_prepare(NULL);
    still_prepare_locked();
    video_prepare(NULL);
    is_prepared = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    prepare();
    if (size == 0)
        return 0;
    Bytes bytes = {data + 1, size - 1};
    VideoSource source = {read_at, bytes.size, NULL, &bytes};
    FrameChoice choice = {(data[0] & 0x10) != 0 ? FRAMES_SCALED : FRAMES_VPDQ,
                          (FrameSampling)((data[0] >> 5) % SAMPLING_COUNT), 1};
    GError *error = NULL;
    Video *video = video_open(&source, media_types[(data[0] & 0x0f) % G_N_ELEMENTS(media_types)],
                              choice, &error);
    if (video == NULL)
        check_error(error);
    else
        go_through(video);
    g_clear_error(&error);
    video_free(video);
    return 0;
}
