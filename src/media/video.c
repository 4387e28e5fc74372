// SPDX-License-Identifier: Apache-2.0
#include "media/video.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "media/video_backend.h"

static const VideoBackend *const backends[] = {&video_ffmpeg, &video_vips};

static const VideoBackend *find_backend(const char *media_type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(backends); i++) {
        if (g_strv_contains(backends[i]->media_types, media_type))
            return backends[i];
    }
    return NULL;
}

bool video_prepare(GError **err)
{
    video_ffmpeg_prepare();
    return true;
}

bool video_supports(const char *media_type)
{
    return find_backend(media_type) != NULL;
}

bool video_is_grey(const Video *video)
{
    return video->choice.pipeline == FRAMES_SCALED && !video->in_colour;
}

// vPDQ's rule; a rate that is not known takes every frame.
static uint32_t choose_step(const Video *video)
{
    if (video->choice.sampling != SAMPLING_PER_SECOND)
        return 1;
    double step = video->facts->frame_rate / video->choice.per_second;
    return step >= 1 ? (uint32_t)MIN(step, (double)LIMIT_VIDEO_FRAMES) : 1;
}

void video_set_rate(Video *video, int64_t frames, int64_t seconds)
{
    bool is_known = frames > 0 && seconds > 0;
    video->rate = is_known ? (FrameRate){frames, seconds} : (FrameRate){0, 1};
    video->facts->frame_rate = is_known ? (double)frames / (double)seconds : 0;
    video->step = choose_step(video);
}

uint32_t video_milliseconds(const Video *video, uint32_t number)
{
    if (video->rate.frames == 0)
        return 0;
    double milliseconds = number * 1000.0 / video->facts->frame_rate + 0.5;
    return (uint32_t)MIN(milliseconds, LIMIT_VIDEO_SECONDS * 1000.0);
}

bool video_count_frame(Video *video, uint32_t number, GError **err)
{
    VideoFacts *facts = video->facts;
    facts->frames_seen++;
    double seconds = video_milliseconds(video, number) / 1000.0;
    facts->seconds_seen = MAX(facts->seconds_seen, seconds);
    if (facts->frames_seen > LIMIT_VIDEO_FRAMES) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "more than %u frames", LIMIT_VIDEO_FRAMES);
        return false;
    }
    if (seconds >= LIMIT_VIDEO_SECONDS) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "longer than %u hours",
                    LIMIT_VIDEO_SECONDS / 3600);
        return false;
    }
    return true;
}

bool video_check_size(int64_t width, int64_t height, GError **err)
{
    if (width <= 0 || height <= 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "the frames have no size");
        return false;
    }
    if (width > LIMIT_VIDEO_SIDE || height > LIMIT_VIDEO_SIDE ||
        (uint64_t)width * (uint64_t)height > LIMIT_VIDEO_PIXELS) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "frames of %" G_GINT64_FORMAT "x%" G_GINT64_FORMAT
                    " pixels, more than can be decoded",
                    width, height);
        return false;
    }
    return true;
}

bool video_goes_on(const Video *video, GError **err)
{
    if (video->source.go_on == NULL || video->source.go_on(video->source.user_data))
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CANCELLED, "stopped while decoding");
    return false;
}

uint8_t *video_pixels(Video *video, size_t size_bytes, GError **err)
{
    if (size_bytes <= video->pixels_size)
        return video->pixels;
    g_free(video->pixels);
    video->pixels = g_try_malloc(size_bytes);
    video->pixels_size = video->pixels == NULL ? 0 : size_bytes;
    if (video->pixels == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "no memory for a picture of %zu bytes",
                    size_bytes);
    return video->pixels;
}

Video *video_open(const VideoSource *source, const char *media_type, FrameChoice choice,
                  GError **err)
{
    const VideoBackend *backend = find_backend(media_type);
    if (backend == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "no video decoder for %s", media_type);
        return NULL;
    }
    if (source->size_bytes == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "the file is empty");
        return NULL;
    }
    g_assert(choice.sampling != SAMPLING_PER_SECOND || choice.per_second > 0);
    g_autoptr(Video) video = g_new0(Video, 1);
    video->backend = backend;
    video->source = *source;
    video->choice = choice;
    video->facts = video_facts_new();
    video->facts->choice = choice;
    video_set_rate(video, 0, 1);
    if (!backend->open(video, media_type, err))
        return NULL;
    return g_steal_pointer(&video);
}

VideoOutcome video_next(Video *video, VideoPicture *ret_picture, GError **err)
{
    if (!video_goes_on(video, err))
        return VIDEO_FAILED;
    video->in_colour = false;
    VideoOutcome outcome = video->backend->next(video, ret_picture, err);
    if (outcome == VIDEO_PICTURE)
        video->facts->frames_hashed++;
    return outcome;
}

VideoOutcome video_picture_at(Video *video, uint32_t milliseconds, VideoPicture *ret_picture,
                              GError **err)
{
    if (!video_goes_on(video, err))
        return VIDEO_FAILED;
    video->in_colour = true;
    return video->backend->picture_at(video, milliseconds, ret_picture, err);
}

VideoFacts *video_facts(const Video *video)
{
    return video_facts_copy(video->facts);
}

void video_free(Video *video)
{
    if (video == NULL)
        return;
    video->backend->close(video);
    video_facts_free(video->facts);
    g_free(video->pixels);
    g_free(video);
}

const char *video_versions(void)
{
    return video_ffmpeg_versions();
}
