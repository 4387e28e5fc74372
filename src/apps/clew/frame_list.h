// SPDX-License-Identifier: Apache-2.0
//
// Hashed frames of videos as others hand them on: vPDQ text, read by the confined list reader.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "model/video.h"
#include "wire/worker.h"

typedef struct {
    // One video; `name` NULL when the list gives none. False with err set stops.
    bool (*video)(void *user_data, const char *name, const VideoFrames *frames, GError **err);
    // A line that cannot be read: which, and why.
    void (*refused)(void *user_data, uint64_t line, const char *reason);
    bool (*is_cancelled)(void);
    void *user_data;
} FrameListReceiver;

// Reads the list in the file, or on standard input when it is "-". The zygote is that of
// clew-list-worker. What it gives has frames as they stand only: a list cannot turn them.
bool frame_list_read(Zygote *zygote, const char *path, const FrameListReceiver *receiver,
                     GError **err);
