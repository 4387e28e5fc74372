// SPDX-License-Identifier: Apache-2.0
#include "timeline/timeline.h"

#include <string.h>

#include "timeline/frame_index.h"

// ---- Runs -------------------------------------------------------------------------------------

static bool is_near(const FrameHash *a, const FrameHash *b)
{
    return pdq_distance(a->hash, b->hash) <= TIMELINE_RUN_DISTANCE;
}

// Whether the frame at `next` can stand for the run as well as for itself. Qualities are few, so a
// run changes its representative a hundred times at most.
static bool may_represent(Timeline frames, const TimelineRun *run, size_t next,
                          unsigned min_quality)
{
    for (size_t i = run->first; i <= run->last; i++)
        if (frames.frames[i].quality >= min_quality &&
            !is_near(&frames.frames[i], &frames.frames[next]))
            return false;
    return true;
}

static bool run_take(Timeline frames, TimelineRun *run, size_t next, unsigned min_quality)
{
    const FrameHash *representative = &frames.frames[run->representative];
    if (frames.frames[next].quality > representative->quality) {
        if (!may_represent(frames, run, next, min_quality))
            return false;
        run->representative = next;
    } else if (!is_near(&frames.frames[next], representative)) {
        return false;
    }
    run->last = next;
    return true;
}

GArray *timeline_runs(Timeline frames, unsigned min_quality)
{
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(TimelineRun));
    for (size_t i = 0; i < frames.count; i++) {
        if (frames.frames[i].quality < min_quality)
            continue;
        TimelineRun *last = runs->len > 0 ? &g_array_index(runs, TimelineRun, runs->len - 1) : NULL;
        if (last != NULL && run_take(frames, last, i, min_quality))
            continue;
        TimelineRun run = {i, i, i};
        g_array_append_val(runs, run);
    }
    return runs;
}

// ---- Bags -------------------------------------------------------------------------------------

// Neighbours that are equal are one frame of the index.
static FrameIndex *index_bag(Timeline frames, unsigned min_quality)
{
    g_autofree uint32_t *numbers = g_new(uint32_t, frames.count);
    size_t count = 0;
    for (size_t i = 0; i < frames.count; i++) {
        const FrameHash *frame = &frames.frames[i];
        if (frame->quality < min_quality ||
            (count > 0 &&
             memcmp(frames.frames[numbers[count - 1]].hash, frame->hash, PDQ_BYTES) == 0))
            continue;
        numbers[count++] = (uint32_t)i;
    }
    return frame_index_new(frames.frames, numbers, count);
}

static double percent_found(Timeline frames, const FrameIndex *index, TimelineOptions options)
{
    size_t asked = 0, found = 0, hint = 0;
    const FrameHash *before = NULL;
    bool found_before = false;
    for (size_t i = 0; i < frames.count; i++) {
        const FrameHash *frame = &frames.frames[i];
        if (frame->quality < options.min_quality)
            continue;
        bool same = before != NULL && memcmp(before->hash, frame->hash, PDQ_BYTES) == 0;
        if (!same)
            found_before = frame_index_has(index, frame->hash, options.distance - 1, &hint);
        before = frame;
        asked++;
        found += found_before;
    }
    return asked == 0 ? 0 : 100.0 * (double)found / (double)asked;
}

void timeline_bag(Timeline ours, Timeline theirs, TimelineOptions options, double *ret_ours_percent,
                  double *ret_theirs_percent)
{
    *ret_ours_percent = *ret_theirs_percent = 0;
    if (options.distance == 0)
        return;
    g_autoptr(FrameIndex) our_index = index_bag(ours, options.min_quality);
    g_autoptr(FrameIndex) their_index = index_bag(theirs, options.min_quality);
    *ret_ours_percent = percent_found(ours, their_index, options);
    *ret_theirs_percent = percent_found(theirs, our_index, options);
}
