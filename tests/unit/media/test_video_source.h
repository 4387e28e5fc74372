// SPDX-License-Identifier: Apache-2.0
//
// For the tests of video: files as sources, small videos made by the `ffmpeg` tool, and all frames
// of a video as hashes.
#pragma once

#include <glib.h>

#include "media/video.h"

// A file in memory.
typedef struct {
    uint8_t *bytes;
    size_t size_bytes;
} VideoBytes;

void video_bytes_clear(VideoBytes *bytes);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VideoBytes, video_bytes_clear)

VideoBytes video_bytes_read(const char *path);

// Runs `ffmpeg ARGUMENTS OUTPUT` with OUTPUT a file of this name in a folder of its own. A pattern
// `{}` is not needed: the arguments are split at blanks.
VideoBytes video_bytes_make(const char *arguments, const char *name);

// The bytes as a source; borrows them.
VideoSource video_bytes_source(VideoBytes *bytes);

extern const FrameChoice EVERY_FRAME, ONE_PER_SECOND, KEY_FRAMES;

// What came out: FrameHash in order, the facts, and the error if one ended it.
typedef struct {
    GArray *frames;
    VideoFacts *facts;
    GError *error;
} VideoResult;

void video_result_clear(VideoResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VideoResult, video_result_clear)

VideoResult video_result_of(VideoBytes *bytes, const char *media_type, FrameChoice choice);

// The hash of one picture, PDQ_FULL.
FrameHash video_picture_hash(const VideoPicture *picture);

unsigned video_hash_distance(const FrameHash *a, const FrameHash *b);
