// SPDX-License-Identifier: Apache-2.0
//
// The video half of clew-media-worker's work: frames of a video in, their hashes out, or a few of
// them as JPEG. Runs in the confined worker; pure but for memory and what the sink does, so that
// tests and fuzzers run it in place too.
#pragma once

#include <stdbool.h>

#include "media/video.h"
#include "wire/media_message.h"

// Where answers go while the work is under way. Each returns false when nobody wants more.
typedef struct {
    bool (*frame)(void *user_data, const MediaFrame *frame);
    bool (*picture)(void *user_data, const MediaPicture *picture);
    void *user_data;
} VideoProbeSink;

// Hashes the frames that the request asks for. Every outcome is a reply: what could not be decoded
// has a status with its reason, beside the facts and frames that came before it. The caller sets
// the item and clears the reply.
void video_probe_run(const VideoSource *source, const MediaRequest *request,
                     const VideoProbeSink *sink, MediaReply *ret_reply);

// Gives frames as JPEG (MEDIA_ASK_PICTURES). Frames that cannot be made small enough are left out
// and counted in a finding.
void video_probe_pictures(const VideoSource *source, const MediaRequest *request,
                          const VideoProbeSink *sink, MediaReply *ret_reply);

// What both begin with: NULL when the reply, which was empty, now says why. A file that holds no
// video has been examined, and a finding says so.
Video *video_probe_open(const VideoSource *source, const char *media_type, FrameChoice choice,
                        MediaReply *reply);
