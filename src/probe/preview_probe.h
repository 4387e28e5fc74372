// SPDX-License-Identifier: Apache-2.0
//
// Previews of a still or a video (MEDIA_ASK_PREVIEWS). Runs in the confined worker; pure but for
// memory and what the sink does.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/video.h"
#include "wire/media_message.h"
#include "wire/media_preview.h"

// Takes one preview: a piece that is the whole of it, borrowed. False when nobody wants more.
typedef struct {
    bool (*preview)(void *user_data, const MediaPreviewPiece *whole);
    void *user_data;
} PreviewSink;

// Every outcome is a reply: what could not be shown has a status with its reason. The caller sets
// the item and clears the reply.
void preview_probe_still(const uint8_t *bytes, const MediaRequest *request, const PreviewSink *sink,
                         MediaReply *ret_reply);

// Frames that could not be shown are counted in a finding.
void preview_probe_video(const VideoSource *source, const MediaRequest *request,
                         const PreviewSink *sink, MediaReply *ret_reply);
