// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "probe/video_probe.h"
#include "probe/video_scenes.h"

// False when nobody wants more.
static bool give_picture(const MediaRequest *request, const VideoProbeSink *sink,
                         const VideoPicture *picture, unsigned *ret_left_out)
{
    g_autoptr(GBytes) jpeg = video_picture_jpeg(picture, request->side, LIMIT_VIDEO_STILL_BYTES);
    if (jpeg == NULL) {
        (*ret_left_out)++;
        return true;
    }
    MediaPicture given = {.number = picture->number, .milliseconds = picture->milliseconds};
    given.jpeg = g_bytes_get_data(jpeg, &given.jpeg_bytes);
    return sink->picture(sink->user_data, &given);
}

static unsigned give_pictures(Video *video, const MediaRequest *request, const uint32_t *times,
                              unsigned count, const VideoProbeSink *sink)
{
    unsigned left_out = 0;
    for (unsigned i = 0; i < count; i++) {
        VideoPicture picture;
        if (video_picture_at(video, times[i], &picture, NULL) != VIDEO_PICTURE)
            left_out++;
        else if (!give_picture(request, sink, &picture, &left_out))
            break;
    }
    return left_out;
}

void video_probe_pictures(const VideoSource *source, const MediaRequest *request,
                          const VideoProbeSink *sink, MediaReply *ret_reply)
{
    MediaReply reply = {.status = STATUS_OK, .findings = findings_new()};
    VideoScenes scenes;
    const uint32_t *times = request->milliseconds;
    unsigned count = request->time_count;
    const FrameChoice choice = {.sampling = SAMPLING_EVERY_FRAME};
    g_autoptr(Video) video = video_probe_open(source, request->media_type, choice, &reply);
    if (video != NULL) {
        if (count == 0) {
            video_scenes_find(source, request->media_type, request->picture_count, &scenes);
            count = scenes.count;
            times = scenes.milliseconds;
        }
        unsigned left_out = give_pictures(video, request, times, count, sink);
        if (left_out > 0) {
            g_autofree char *detail =
                g_strdup_printf("%u of %u frames could not be shown", left_out, count);
            findings_add(reply.findings, FINDING_NOT_EXAMINED, 0, detail);
        }
        reply.video = video_facts(video);
    }
    *ret_reply = reply;
}
