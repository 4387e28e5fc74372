// SPDX-License-Identifier: Apache-2.0
//
// What comparing two videos is made of: the worker that holds both sides, and the choice of frames
// to lay over each other. Used by cases/compare.c.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cases/compare.h"
#include "model/video.h"

// The confined worker that compares.
typedef struct {
    Zygote *zygote;             // borrowed
    bool (*is_cancelled)(void); // may be NULL
    Worker *worker;             // NULL before compare_worker_start
} CompareWorker;

bool compare_worker_start(CompareWorker *worker, GError **err);
// A worker that falls is an outcome: a status with its reason. False only when cancelled.
bool compare_worker_side(CompareWorker *worker, const CompareSideRequest *request, int descriptor,
                         CompareSideAnswer *ret_answer, GError **err);
bool compare_worker_pair(CompareWorker *worker, const CompareRequest *request,
                         CompareAnswer *ret_answer, GError **err);

// Which frames are hashed to lay the videos along each other.
extern const FrameChoice compare_video_choice;

// Aligns the videos by their frames, compares frames along the pieces and fills the comparison.
bool compare_videos(CompareWorker *worker, const VideoFrames *a, const VideoFrames *b,
                    Comparison *comparison, GError **err);

// Notes that a pair of frames could not be compared.
void comparison_fail_pair(Comparison *comparison, Status status, const char *reason);

// One shows seconds that the other does not.
bool compare_video_has_gaps(const Comparison *comparison);
