// SPDX-License-Identifier: Apache-2.0
#include "probe/video_probe.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "hash/pdq.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdqHasher, pdq_hasher_free)

// A dark scene shows less of the picture than there is, so the border of a frame is what it has in
// common with the frames before it.
#define BORDERS_KEPT 8u

typedef struct {
    PdqRect inside[BORDERS_KEPT];
    unsigned count, next;
    uint32_t width, height; // of the pictures they belong to
} Borders;

typedef struct {
    const MediaRequest *request;
    const VideoProbeSink *sink;
    Borders borders;
    PdqRect last_inside;                  // all zero: no border
    uint32_t inside_width, inside_height; // of the picture that it lies in
    uint64_t hashed, hash_bytes;
} Probe;

// ---- Border -----------------------------------------------------------------------------------

static PdqRect unite(PdqRect a, PdqRect b)
{
    uint32_t left = MIN(a.x, b.x), top = MIN(a.y, b.y);
    uint32_t right = MAX(a.x + a.width, b.x + b.width);
    uint32_t bottom = MAX(a.y + a.height, b.y + b.height);
    return (PdqRect){left, top, right - left, bottom - top};
}

static PdqRect remember_border(Borders *borders, const VideoPicture *picture, PdqRect inside)
{
    if (borders->width != picture->width || borders->height != picture->height)
        *borders = (Borders){.width = picture->width, .height = picture->height};
    borders->inside[borders->next] = inside;
    borders->next = (borders->next + 1) % BORDERS_KEPT;
    borders->count = MIN(borders->count + 1, BORDERS_KEPT);
    for (unsigned i = 0; i < borders->count; i++)
        inside = unite(inside, borders->inside[i]);
    return inside;
}

// ---- Hashing ----------------------------------------------------------------------------------

static PdqHasher *hash_picture(const VideoPicture *picture, const PdqRect *crop, bool find_border)
{
    const PdqOptions options = {
        .pixels = picture->is_grey ? PDQ_PIXELS_GREY : PDQ_PIXELS_RGBX,
        .pipelines = PDQ_FULL,
        .crop = crop != NULL ? *crop : (PdqRect){0},
        .find_border = find_border,
    };
    g_autoptr(PdqHasher) hasher = pdq_hasher_new(picture->width, picture->height, &options);
    if (hasher == NULL)
        return NULL;
    pdq_hasher_push(hasher, picture->pixels, picture->stride, picture->height);
    return pdq_hasher_finish(hasher) ? g_steal_pointer(&hasher) : NULL;
}

static bool keep_hash(const PdqHasher *hasher, PdqFacts *facts)
{
    PdqResult result;
    if (hasher == NULL || !pdq_hasher_result(hasher, PDQ_FULL, &result))
        return false;
    facts->present = true;
    facts->quality = (uint8_t)result.quality;
    memcpy(facts->hash, result.dihedral, sizeof facts->hash);
    return true;
}

static void hash_inside(Probe *probe, const VideoPicture *picture, PdqRect inside,
                        PdqFacts *ret_facts)
{
    inside = remember_border(&probe->borders, picture, inside);
    if (inside.width == picture->width && inside.height == picture->height)
        return;
    g_autoptr(PdqHasher) hasher = hash_picture(picture, &inside, false);
    if (!keep_hash(hasher, ret_facts))
        return;
    probe->last_inside = inside;
    probe->inside_width = picture->width;
    probe->inside_height = picture->height;
}

static bool hash_frame(Probe *probe, const VideoPicture *picture, MediaFrame *ret_frame,
                       GError **err)
{
    bool variants = probe->request->variants;
    *ret_frame = (MediaFrame){.number = picture->number, .milliseconds = picture->milliseconds};
    g_autoptr(PdqHasher) hasher = hash_picture(picture, NULL, variants);
    if (!keep_hash(hasher, &ret_frame->whole)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "there is not enough memory to hash %u x %u pixels", picture->width,
                    picture->height);
        return false;
    }
    PdqRect inside;
    if (variants && pdq_hasher_border(hasher, &inside))
        hash_inside(probe, picture, inside, &ret_frame->trimmed);
    return true;
}

// ---- The frames of a video --------------------------------------------------------------------

static bool count_hashes(Probe *probe, const MediaFrame *frame, GError **err)
{
    unsigned variants = probe->request->variants ? ORIENTATION_COUNT : 1u;
    probe->hash_bytes += sizeof(FrameHash) * variants * (frame->trimmed.present ? 2u : 1u);
    probe->hashed++;
    if (probe->hash_bytes <= LIMIT_VIDEO_HASH_BYTES)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                "more than %" G_GUINT64_FORMAT " frames would be hashed; fewer a second would do",
                probe->hashed - 1);
    return false;
}

// The frame goes out. False with err set, or, when nobody wants more, CLEW_ERROR_CANCELLED.
static bool take_picture(Probe *probe, const VideoPicture *picture, GError **err)
{
    MediaFrame frame;
    if (!hash_frame(probe, picture, &frame, err) || !count_hashes(probe, &frame, err))
        return false;
    if (probe->sink->frame(probe->sink->user_data, &frame))
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CANCELLED, "nobody waits for it any more");
    return false;
}

static bool take_pictures(Probe *probe, Video *video, GError **err)
{
    VideoPicture picture;
    VideoOutcome outcome;
    while ((outcome = video_next(video, &picture, err)) == VIDEO_PICTURE)
        if (!take_picture(probe, &picture, err))
            return false;
    return outcome == VIDEO_END;
}

// ---- What is said of it -----------------------------------------------------------------------

static void reply_error(MediaReply *reply, const GError *error)
{
    reply->status = status_of_error(error);
    reply->reason = g_strdup(error->message);
}

static void reply_nothing(MediaReply *reply)
{
    reply->status = STATUS_CORRUPT;
    reply->reason = g_strdup("no frame of it could be decoded");
}

// The border of a reduced picture, in pixels of the video.
static void set_trim(const Probe *probe, VideoFacts *facts)
{
    const PdqRect *inside = &probe->last_inside;
    if (inside->width == 0)
        return;
    double across = (double)facts->width / probe->inside_width;
    double down = (double)facts->height / probe->inside_height;
    facts->trim_left = (uint32_t)(inside->x * across);
    facts->trim_top = (uint32_t)(inside->y * down);
    facts->trim_right = facts->width - (uint32_t)((inside->x + inside->width) * across);
    facts->trim_bottom = facts->height - (uint32_t)((inside->y + inside->height) * down);
}

static void note_losses(const VideoFacts *facts, GPtrArray *findings)
{
    if (facts->is_truncated)
        findings_add(findings, FINDING_TRUNCATED, 0,
                     "the video ends early; the frames that were there are hashed");
    if (facts->damaged > 0) {
        g_autofree char *detail =
            g_strdup_printf("%" G_GUINT64_FORMAT " pieces of the video are damaged; the frames "
                            "that could be decoded are hashed",
                            facts->damaged);
        findings_add(findings, FINDING_DAMAGED, 0, detail);
    }
}

// A second picture may be what a file hides.
static void note_other_streams(const VideoFacts *facts, GPtrArray *findings)
{
    if (facts->other_streams == 0)
        return;
    g_autofree char *detail = g_strdup_printf(
        "%u further streams of video in the file were not looked at", facts->other_streams);
    findings_add(findings, FINDING_NOT_EXAMINED, 0, detail);
}

static void describe(const Probe *probe, const Video *video, MediaReply *reply)
{
    VideoFacts *facts = video_facts(video);
    facts->choice = probe->request->choice;
    facts->frames_hashed = probe->hashed;
    set_trim(probe, facts);
    note_losses(facts, reply->findings);
    note_other_streams(facts, reply->findings);
    reply->video = facts;
}

Video *video_probe_open(const VideoSource *source, const char *media_type, FrameChoice choice,
                        MediaReply *reply)
{
    g_autoptr(GError) error = NULL;
    Video *video = video_open(source, media_type, choice, &error);
    if (video == NULL && g_error_matches(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND))
        findings_add(reply->findings, FINDING_NO_VIDEO, 0, error->message);
    else if (video == NULL)
        reply_error(reply, error);
    return video;
}

void video_probe_run(const VideoSource *source, const MediaRequest *request,
                     const VideoProbeSink *sink, MediaReply *ret_reply)
{
    MediaReply reply = {.status = STATUS_OK, .findings = findings_new()};
    Probe probe = {.request = request, .sink = sink};
    g_autoptr(Video) video = video_probe_open(source, request->media_type, request->choice, &reply);
    if (video != NULL) {
        g_autoptr(GError) error = NULL;
        bool ok = take_pictures(&probe, video, &error);
        describe(&probe, video, &reply);
        if (!ok)
            reply_error(&reply, error);
        else if (probe.hashed == 0)
            reply_nothing(&reply);
    }
    *ret_reply = reply;
}
