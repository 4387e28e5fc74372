// SPDX-License-Identifier: Apache-2.0
#include "probe/preview_probe.h"

#include "base/error.h"
#include "base/limits.h"
#include "media/preview.h"
#include "media/still.h"
#include "probe/video_probe.h"
#include "probe/video_scenes.h"

// One request under work.
typedef struct {
    const MediaRequest *request;
    const PreviewSink *sink;
    bool is_unwanted; // nobody wants more
} PreviewWork;

// False when it cannot be made small enough.
static bool give(PreviewWork *work, PreviewOf of, const Preview *preview, uint32_t side,
                 uint32_t milliseconds)
{
    g_autoptr(GBytes) jpeg = preview_jpeg(preview, media_preview_limit(side));
    if (jpeg == NULL)
        return false;
    gsize size_bytes;
    MediaPreviewPiece whole = {.of = of,
                               .side = side,
                               .milliseconds = milliseconds,
                               .width = preview->width,
                               .height = preview->height};
    whole.bytes = g_bytes_get_data(jpeg, &size_bytes);
    whole.size_bytes = whole.whole_bytes = (uint32_t)size_bytes;
    work->is_unwanted = !work->sink->preview(work->sink->user_data, &whole);
    return true;
}

// All sizes that were asked for, each made from the one before. The largest comes in.
static bool give_sizes(PreviewWork *work, const Preview *largest, uint32_t milliseconds)
{
    const MediaRequest *request = work->request;
    if (!give(work, PREVIEW_OF_PICTURE, largest, request->sizes[0], milliseconds))
        return false;
    for (unsigned i = 1; i < request->size_count && !work->is_unwanted; i++) {
        g_autoptr(Preview) smaller = preview_reduced(largest, request->sizes[i]);
        if (smaller == NULL ||
            !give(work, PREVIEW_OF_PICTURE, smaller, request->sizes[i], milliseconds))
            return false;
    }
    return true;
}

static void set_too_large(GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "no preview of it is small enough");
}

// ---- Stills -----------------------------------------------------------------------------------

// A thumbnail that is damaged was said to be when the picture was hashed. It is turned as its
// picture is, because cameras write both alike.
static void give_thumbnail(PreviewWork *work, const Still *outer)
{
    const MediaRequest *request = work->request;
    size_t size_bytes;
    const uint8_t *bytes = still_thumbnail(outer, &size_bytes);
    if (bytes == NULL || size_bytes > LIMIT_THUMBNAIL_BYTES)
        return;
    g_autoptr(Still) still = still_open(bytes, size_bytes, "image/jpeg", NULL);
    g_autoptr(Preview) preview = still != NULL
                                     ? preview_of_still(still, preview_orientation(outer),
                                                        &request->view, request->side, NULL)
                                     : NULL;
    if (preview != NULL)
        give(work, PREVIEW_OF_THUMBNAIL, preview, request->side, 0);
}

static bool give_still(PreviewWork *work, const uint8_t *bytes, GError **err)
{
    const MediaRequest *request = work->request;
    g_autoptr(Still) still =
        still_open(bytes, (size_t)request->size_bytes, request->media_type, err);
    if (still == NULL)
        return false;
    if (request->with_thumbnail)
        give_thumbnail(work, still);
    if (request->size_count == 0 || work->is_unwanted)
        return true;
    g_autoptr(Preview) preview =
        preview_of_still(still, preview_orientation(still), &request->view, request->sizes[0], err);
    if (preview == NULL)
        return false;
    if (give_sizes(work, preview, 0))
        return true;
    set_too_large(err);
    return false;
}

void preview_probe_still(const uint8_t *bytes, const MediaRequest *request, const PreviewSink *sink,
                         MediaReply *ret_reply)
{
    PreviewWork work = {.request = request, .sink = sink};
    MediaReply reply = {.status = STATUS_OK, .findings = findings_new()};
    g_autoptr(GError) error = NULL;
    if (!give_still(&work, bytes, &error)) {
        reply.status = status_of_error(error);
        reply.reason = g_strdup(error->message);
    }
    *ret_reply = reply;
}

// ---- Videos -----------------------------------------------------------------------------------

// One frame: for the strip, in the sizes that were asked for, or both. How many it could not give.
static unsigned give_frame(PreviewWork *work, Video *video, uint32_t milliseconds, bool in_sizes)
{
    const MediaRequest *request = work->request;
    bool in_strip = request->picture_count > 0;
    VideoPicture picture;
    if (video_picture_at(video, milliseconds, &picture, NULL) != VIDEO_PICTURE)
        return 1;
    g_autoptr(VideoFacts) facts = video_facts(video);
    g_autoptr(Preview) preview = preview_of_frame(&picture, facts->rotation, &request->view,
                                                  in_sizes ? request->sizes[0] : request->side);
    g_autoptr(Preview) smaller =
        in_strip && preview != NULL ? preview_reduced(preview, request->side) : NULL;
    unsigned left_out = 0;
    if (in_sizes)
        left_out += preview == NULL || !give_sizes(work, preview, picture.milliseconds);
    if (in_strip && !work->is_unwanted)
        left_out += smaller == NULL ||
                    !give(work, PREVIEW_OF_STRIP, smaller, request->side, picture.milliseconds);
    return left_out;
}

// How many of them could not be given. In order of time, so that the decoder need not go back.
static unsigned give_frames(PreviewWork *work, Video *video, const VideoScenes *scenes)
{
    unsigned left_out = 0;
    for (unsigned i = 0; i < scenes->count && !work->is_unwanted; i++) {
        bool in_sizes = i == scenes->telling && work->request->size_count > 0;
        if (in_sizes || work->request->picture_count > 0)
            left_out += give_frame(work, video, scenes->milliseconds[i], in_sizes);
    }
    return left_out;
}

// The frame that was asked for, or the scenes, among which the most telling is looked for; the
// first frame when nothing was found.
static void choose_scenes(const VideoSource *source, const MediaRequest *request,
                          VideoScenes *ret_scenes)
{
    *ret_scenes = (VideoScenes){0};
    if (request->time_count > 0)
        *ret_scenes = (VideoScenes){.count = 1, .milliseconds = {request->milliseconds[0]}};
    else
        video_scenes_find(source, request->media_type,
                          request->picture_count > 0 ? request->picture_count : LIMIT_PREVIEW_STRIP,
                          ret_scenes);
    if (ret_scenes->count == 0)
        ret_scenes->count = 1;
}

void preview_probe_video(const VideoSource *source, const MediaRequest *request,
                         const PreviewSink *sink, MediaReply *ret_reply)
{
    PreviewWork work = {.request = request, .sink = sink};
    MediaReply reply = {.status = STATUS_OK, .findings = findings_new()};
    const FrameChoice choice = {.sampling = SAMPLING_EVERY_FRAME};
    g_autoptr(Video) video = video_probe_open(source, request->media_type, choice, &reply);
    if (video != NULL) {
        VideoScenes scenes;
        choose_scenes(source, request, &scenes);
        unsigned left_out = give_frames(&work, video, &scenes);
        if (left_out > 0) {
            g_autofree char *detail = g_strdup_printf("%u frames could not be shown", left_out);
            findings_add(reply.findings, FINDING_NOT_EXAMINED, 0, detail);
        }
        reply.video = video_facts(video);
    }
    *ret_reply = reply;
}
