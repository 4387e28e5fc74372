// SPDX-License-Identifier: Apache-2.0
//
// Video: frames of a video or animated picture, decoded one after another, bounded by the limits in
// base/limits.h. Not thread-safe; one Video at a time in a worker. A reader of this header cannot
// tell which library decodes: video.c holds one table of backends.
//
// One stream, the first of video; no hardware, no threads, no network, nothing but `source` is
// read. Frames come out as coded: neither turned by the file's matrix nor stretched to the aspect
// ratio, which is what vPDQ hashes. A video that is damaged or ends early gives the frames that
// decode, and video_facts says what was lost.
//
//   video_open -> video_next … -> video_facts -> video_free
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/video.h"

typedef struct Video Video;

// FRAMES_SCALED: pixels left along each side of a frame that has at least twice as many; of a
// smaller one all are.
#define VIDEO_SCALED_SIDE 256u

// Where the bytes are. read_at works as pread does: bytes read, 0 at the end, -1 with errno set.
typedef struct {
    int64_t (*read_at)(void *user_data, uint64_t offset, void *target, size_t size_bytes);
    uint64_t size_bytes;
    // Asked now and then while frames are decoded or passed over, so that the caller can show that
    // it is alive; false stops: video_next fails with CLEW_ERROR_CANCELLED. May be NULL.
    bool (*go_on)(void *user_data);
    void *user_data;
} VideoSource;

// A picture of the video; pixels are borrowed until the next call.
typedef struct {
    uint32_t number;       // of the frame, from 0 in the order in which frames are shown
    uint32_t milliseconds; // number / average frame rate, as vPDQ has it; without a rate, the time
                           // that the file gives
    uint32_t width, height;
    bool is_grey; // 1 byte a pixel; else 4: R, G, B, unused
    const uint8_t *pixels;
    size_t stride; // bytes from row to row
} VideoPicture;

typedef enum {
    VIDEO_PICTURE, // there is one
    VIDEO_END,     // no more
    VIDEO_FAILED,  // err is set; what came before stands
} VideoOutcome;

// Once, before the sandbox closes: silences the libraries and loads what they load lazily.
bool video_prepare(GError **err);

// True when a backend decodes this media type. Of stills: those that can be animated.
bool video_supports(const char *media_type);

// Reads the header and chooses the stream. The choice says which frames video_next gives;
// FRAMES_SCALED gives them grey and reduced (VIDEO_SCALED_SIDE), FRAMES_VPDQ at their own size.
// On failure the error's code says which status the record gets: CLEW_ERROR_UNSUPPORTED (a codec,
// or no video stream: CLEW_ERROR_NOT_FOUND), _CORRUPT, _ENCRYPTED, _LIMIT. The source is copied;
// what it points to is borrowed until video_free.
Video *video_open(const VideoSource *source, const char *media_type, FrameChoice choice,
                  GError **err);

VideoOutcome video_next(Video *video, VideoPicture *ret_picture, GError **err);

// The frame shown at this time (or the nearest before it), at its own size in colour, whatever the
// choice. Goes forth and back; afterwards video_next goes on from anywhere, so use one or the
// other.
VideoOutcome video_picture_at(Video *video, uint32_t milliseconds, VideoPicture *ret_picture,
                              GError **err);

// What is known so far; complete after VIDEO_END. Newly allocated.
VideoFacts *video_facts(const Video *video);

// The picture as a JPEG of at most `side` pixels along its longer side and at most `limit_bytes`,
// newly allocated; NULL when it cannot be made that small.
GBytes *video_picture_jpeg(const VideoPicture *picture, unsigned side, size_t limit_bytes);

void video_free(Video *video);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Video, video_free)

// "libavformat 59.27.100; libavcodec 59.37.100 …", for provenance. Static.
const char *video_versions(void);
