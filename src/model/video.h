// SPDX-License-Identifier: Apache-2.0
//
// The words of video: hashed frames, which frames were hashed and how, and what decoding showed.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/digest_set.h"

// How a frame became a hash. Hashes of different pipelines are near, not equal.
typedef enum {
    FRAMES_VPDQ,   // every pixel of the frame at its own size: what vPDQ of the field is
    FRAMES_SCALED, // from a reduced picture of its luma: faster, Clew's own, never called vPDQ
    FRAMES_PIPELINE_COUNT,
} FramePipeline;

// "vpdq", "pdq_scaled".
const char *frame_pipeline_name(FramePipeline pipeline);

// Which frames are hashed.
typedef enum {
    SAMPLING_PER_SECOND, // FrameChoice.per_second of them, by vPDQ's rule: every n-th frame,
                         // n = int(frame rate / per_second), at least 1
    SAMPLING_EVERY_FRAME,
    SAMPLING_KEY_FRAMES, // those that decode without any other
    SAMPLING_COUNT,
} FrameSampling;

// "per_second", "every_frame", "key_frames".
const char *frame_sampling_name(FrameSampling sampling);

typedef struct {
    FramePipeline pipeline;
    FrameSampling sampling;
    double per_second; // SAMPLING_PER_SECOND: above 0
} FrameChoice;

#define FRAMES_PER_SECOND_DEFAULT 1.0

// Frames below this quality (0-100) say too little to be matched: vPDQ's rule.
#define FRAME_QUALITY_MIN 50

// One hashed frame.
typedef struct {
    uint32_t number;       // in the order in which frames are shown, from 0
    uint32_t milliseconds; // vPDQ's time: number / average frame rate
    uint8_t quality;       // 0-100
    uint8_t hash[PDQ_BYTES];
} FrameHash;

// The frames of one video as they may match: as they stand, turned and mirrored seven ways (the
// order of orientation_name), and all of that again with the border cut off. Each is an array of
// FrameHash in order of time, owned, of the same frames; NULL where it was not asked for or there
// is no border.
#define FRAME_VARIANT_COUNT 16u
typedef struct {
    FramePipeline pipeline;
    GArray *variants[FRAME_VARIANT_COUNT]; // by frame_variant(); [0] as they stand
} VideoFrames;

static inline unsigned frame_variant(unsigned orientation, bool trimmed)
{
    return orientation + (trimmed ? 8u : 0u);
}

VideoFrames *video_frames_new(FramePipeline pipeline);
void video_frames_free(VideoFrames *frames);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VideoFrames, video_frames_free)

// What decoding a video, or an animated picture, showed. Texts are plain UTF-8, NULL when absent.
typedef struct {
    uint32_t width, height;  // as coded, before any turning by `rotation`
    char *container;         // "mp4", "matroska" …: the demuxer's name
    char *codec;             // "h264", "vp9" …
    double frame_rate;       // average, frames a second; 0 when the file does not say
    double duration_seconds; // as the file says; 0 when it does not
    unsigned rotation;       // degrees clockwise that players turn it: 0, 90, 180, 270
    FrameChoice choice;      // which frames were hashed, and how
    uint64_t frames_seen;    // frames that came out of the decoder, or were counted and passed over
    uint64_t frames_hashed;
    double seconds_seen;    // time of the last of them
    uint64_t damaged;       // pieces of the stream that the decoder refused or mended
    unsigned other_streams; // further streams of video, which were not looked at
    bool is_truncated;      // the file ends before its stream does
    uint32_t trim_left, trim_top, trim_right, trim_bottom; // border cut off for the trimmed hashes
    // What the file says of its making.
    char *created; // UTC, RFC 3339
    char *make, *model, *software;
    bool has_location;
    double latitude, longitude; // degrees, north and east positive
} VideoFacts;

VideoFacts *video_facts_new(void);
VideoFacts *video_facts_copy(const VideoFacts *facts);
void video_facts_free(VideoFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VideoFacts, video_facts_free)
