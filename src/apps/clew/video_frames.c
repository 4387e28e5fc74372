// SPDX-License-Identifier: Apache-2.0
#include "apps/clew/video_frames.h"

#include <math.h>
#include <string.h>

#include "base/encoding.h"
#include "base/error.h"

// More is every frame of any film.
#define PER_SECOND_MAX 1000.0

// A decimal number of frames; 0 for all of them.
static bool parse_rate(const char *text, double *ret_rate, GError **err)
{
    char *end;
    *ret_rate = g_ascii_strtod(text, &end);
    if (end != text && *end == '\0' && isfinite(*ret_rate) && *ret_rate >= 0 &&
        *ret_rate <= PER_SECOND_MAX && strspn(text, "0123456789.") == strlen(text))
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                "--fps must be a number of frames a second up to %g, or 0 for every frame, not "
                "\"%s\"",
                PER_SECOND_MAX, text);
    return false;
}

bool frame_choice_of_options(const WalkOptions *options, FrameSampling sampling,
                             FrameChoice *ret_choice, GError **err)
{
    FrameChoice choice = {.pipeline = options->scaled ? FRAMES_SCALED : FRAMES_VPDQ,
                          .sampling = sampling};
    if (options->fps != NULL && options->keyframes) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "give either --fps or --keyframes: key frames come when the encoder set them");
        return false;
    }
    if (sampling == SAMPLING_PER_SECOND)
        choice.per_second = FRAMES_PER_SECOND_DEFAULT;
    if (options->keyframes)
        choice = (FrameChoice){.pipeline = choice.pipeline, .sampling = SAMPLING_KEY_FRAMES};
    if (options->fps != NULL) {
        if (!parse_rate(options->fps, &choice.per_second, err))
            return false;
        choice.sampling = choice.per_second > 0 ? SAMPLING_PER_SECOND : SAMPLING_EVERY_FRAME;
    }
    *ret_choice = choice;
    return true;
}

char *frame_choice_text(const FrameChoice *choice)
{
    const char *pipeline = frame_pipeline_name(choice->pipeline);
    switch (choice->sampling) {
    case SAMPLING_EVERY_FRAME:
        return g_strdup_printf("%s, every frame", pipeline);
    case SAMPLING_KEY_FRAMES:
        return g_strdup_printf("%s, key frames", pipeline);
    default:
        return g_strdup_printf("%s, %g frame%s a second", pipeline, choice->per_second,
                               choice->per_second == 1 ? "" : "s");
    }
}

char *video_time_text(double seconds)
{
    uint64_t tenths = (uint64_t)llround(MAX(seconds, 0) * 10);
    uint64_t whole = tenths / 10;
    unsigned minute = (unsigned)(whole / 60 % 60), second = (unsigned)(whole % 60);
    GString *text = g_string_new(NULL);
    if (whole >= 3600)
        g_string_append_printf(text, "%" G_GUINT64_FORMAT ":", whole / 3600);
    g_string_append_printf(text, "%02u:%02u", minute, second);
    if (tenths % 10 != 0)
        g_string_append_printf(text, ".%u", (unsigned)(tenths % 10));
    return g_string_free(text, FALSE);
}

void frame_lines_append_pipeline(GString *text, FramePipeline pipeline)
{
    if (pipeline != FRAMES_VPDQ)
        g_string_append_printf(text, "# pipeline %s\n", frame_pipeline_name(pipeline));
}

void frame_lines_append(GString *text, const VideoFrames *frames, const char *name)
{
    const GArray *array = frames->variants[0];
    if (name != NULL)
        g_string_append_printf(text, "# video %s\n", name);
    for (unsigned i = 0; array != NULL && i < array->len; i++) {
        const FrameHash *frame = &g_array_index(array, FrameHash, i);
        char hex[2 * PDQ_BYTES + 1];
        encoding_to_hex(frame->hash, PDQ_BYTES, hex);
        g_string_append_printf(text, "%u,%u,%s,%u.%03u\n", frame->number, frame->quality, hex,
                               frame->milliseconds / 1000, frame->milliseconds % 1000);
    }
}
