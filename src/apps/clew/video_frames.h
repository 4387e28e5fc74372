// SPDX-License-Identifier: Apache-2.0
//
// What `clew hash` and `clew scan` share about videos: which frames are hashed, in words, and as
// the lines that vPDQ's reference prints.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "apps/clew/run_scan.h"
#include "model/video.h"

// Of --fps, --keyframes and --scaled; without the first two `sampling`, one frame a second if that
// is by time. CLEW_ERROR_INVALID when they contradict each other or the rate is none.
bool frame_choice_of_options(const WalkOptions *options, FrameSampling sampling,
                             FrameChoice *ret_choice, GError **err);

// "vpdq, 1 frame a second", "pdq_scaled, key frames"; newly allocated.
char *frame_choice_text(const FrameChoice *choice);

// "00:12", "1:02:03"; with tenths below a minute's precision: "00:12.5". Newly allocated.
char *video_time_text(double seconds);

// The first line of a list of frames that are not vPDQ, so that no set takes them for it; nothing
// for vPDQ.
void frame_lines_append_pipeline(GString *text, FramePipeline pipeline);

// A line for each frame: number,quality,hash,seconds. `name`: of the video, on a line before them;
// NULL: none.
void frame_lines_append(GString *text, const VideoFrames *frames, const char *name);
