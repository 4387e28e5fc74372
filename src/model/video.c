// SPDX-License-Identifier: Apache-2.0
#include "model/video.h"

const char *frame_pipeline_name(FramePipeline pipeline)
{
    static const char *const names[FRAMES_PIPELINE_COUNT] = {
        [FRAMES_VPDQ] = "vpdq", [FRAMES_SCALED] = "pdq_scaled"};
    g_assert((unsigned)pipeline < FRAMES_PIPELINE_COUNT);
    return names[pipeline];
}

const char *frame_sampling_name(FrameSampling sampling)
{
    static const char *const names[SAMPLING_COUNT] = {[SAMPLING_PER_SECOND] = "per_second",
                                                      [SAMPLING_EVERY_FRAME] = "every_frame",
                                                      [SAMPLING_KEY_FRAMES] = "key_frames"};
    g_assert((unsigned)sampling < SAMPLING_COUNT);
    return names[sampling];
}

VideoFrames *video_frames_new(FramePipeline pipeline)
{
    VideoFrames *frames = g_new0(VideoFrames, 1);
    frames->pipeline = pipeline;
    return frames;
}

void video_frames_free(VideoFrames *frames)
{
    if (frames == NULL)
        return;
    for (unsigned i = 0; i < FRAME_VARIANT_COUNT; i++)
        if (frames->variants[i] != NULL)
            g_array_unref(frames->variants[i]);
    g_free(frames);
}

VideoFacts *video_facts_new(void)
{
    return g_new0(VideoFacts, 1);
}

VideoFacts *video_facts_copy(const VideoFacts *facts)
{
    if (facts == NULL)
        return NULL;
    VideoFacts *copy = g_memdup2(facts, sizeof *facts);
    copy->container = g_strdup(facts->container);
    copy->codec = g_strdup(facts->codec);
    copy->created = g_strdup(facts->created);
    copy->make = g_strdup(facts->make);
    copy->model = g_strdup(facts->model);
    copy->software = g_strdup(facts->software);
    return copy;
}

void video_facts_free(VideoFacts *facts)
{
    if (facts == NULL)
        return;
    g_free(facts->container);
    g_free(facts->codec);
    g_free(facts->created);
    g_free(facts->make);
    g_free(facts->model);
    g_free(facts->software);
    g_free(facts);
}
