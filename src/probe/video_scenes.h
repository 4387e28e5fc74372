// SPDX-License-Identifier: Apache-2.0
//
// Which frames of a video to show to people: those that resemble one another least.
#pragma once

#include <stdint.h>

#include "base/limits.h"
#include "media/video.h"

typedef struct {
    unsigned count;
    uint32_t milliseconds[LIMIT_VIDEO_STILLS]; // rising
    unsigned telling; // the one that stands for most of the video and shows something
} VideoScenes;

// Up to `count` scenes; fewer when the video has no more, none when nothing of it decodes. Damage
// behind the first frames does not keep them from being found.
void video_scenes_find(const VideoSource *source, const char *media_type, unsigned count,
                       VideoScenes *ret_scenes);
