// SPDX-License-Identifier: Apache-2.0
//
// What video.c and its backends share; nothing outside media/ includes it. A backend is a table of
// functions and the media types it takes, one row in video.c.
//
// open        reads the header, chooses the stream, fills `facts`, `rate` and `state`.
// next        the next frame that the choice asks for. Counts facts->frames_seen and ->damaged.
// picture_at  as the public function.
// close       frees what open made; called once, also after a failed open.
#pragma once

#include "media/video.h"

typedef struct {
    const char *const *media_types; // NULL-terminated
    bool (*open)(Video *video, const char *media_type, GError **err);
    VideoOutcome (*next)(Video *video, VideoPicture *ret_picture, GError **err);
    VideoOutcome (*picture_at)(Video *video, uint32_t milliseconds, VideoPicture *ret_picture,
                               GError **err);
    void (*close)(Video *video);
} VideoBackend;

// Average frames a second as a fraction; 0/1 when not known.
typedef struct {
    int64_t frames, seconds;
} FrameRate;

struct Video {
    const VideoBackend *backend;
    VideoSource source;
    FrameChoice choice;
    FrameRate rate;
    uint32_t step;  // every so many frames one is taken; 1 but for SAMPLING_PER_SECOND
    bool in_colour; // picture_at: whatever the pipeline
    VideoFacts *facts;
    uint8_t *pixels; // of the last picture
    size_t pixels_size;
    void *state; // the backend's own
};

extern const VideoBackend video_ffmpeg, video_vips;

// True with FRAMES_SCALED, but for picture_at.
bool video_is_grey(const Video *video);

// Sets the rate, the facts' copy of it and the step.
void video_set_rate(Video *video, int64_t frames, int64_t seconds);

// number / average frame rate; 0 without a rate. At most LIMIT_VIDEO_SECONDS.
uint32_t video_milliseconds(const Video *video, uint32_t number);

// Counts a frame that was shown or passed over, with its time. False when that makes too many.
bool video_count_frame(Video *video, uint32_t number, GError **err);

// One frame's size against the limits.
bool video_check_size(int64_t width, int64_t height, GError **err);

// Asks the source whether to go on.
bool video_goes_on(const Video *video, GError **err);

// Memory for a picture, kept until the next one. NULL when there is none.
uint8_t *video_pixels(Video *video, size_t size_bytes, GError **err);

const char *video_ffmpeg_versions(void);
void video_ffmpeg_prepare(void);
