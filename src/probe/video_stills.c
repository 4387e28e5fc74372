// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "hash/pdq.h"
#include "probe/video_probe.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdqHasher, pdq_hasher_free)

// Frames among which the scenes are chosen, at most: a frame a second of an hour.
#define CANDIDATES_MAX 3600u

typedef struct {
    uint32_t milliseconds;
    uint8_t hash[PDQ_BYTES];
    unsigned distance; // to the nearest frame that was chosen
    bool is_chosen;
} Candidate;

// ---- Scenes -----------------------------------------------------------------------------------

static void add_candidate(GArray *candidates, const VideoPicture *picture)
{
    const PdqOptions options = {.pixels = picture->is_grey ? PDQ_PIXELS_GREY : PDQ_PIXELS_RGBX,
                                .pipelines = PDQ_FULL};
    g_autoptr(PdqHasher) hasher = pdq_hasher_new(picture->width, picture->height, &options);
    PdqResult result;
    if (hasher == NULL)
        return;
    pdq_hasher_push(hasher, picture->pixels, picture->stride, picture->height);
    if (!pdq_hasher_finish(hasher) || !pdq_hasher_result(hasher, PDQ_FULL, &result))
        return;
    Candidate candidate = {.milliseconds = picture->milliseconds, .distance = UINT_MAX};
    memcpy(candidate.hash, result.hash.bytes, PDQ_BYTES);
    g_array_append_val(candidates, candidate);
}

// Damage behind the first frames does not keep them from being shown.
static GArray *collect(const VideoSource *source, const char *media_type, FrameChoice choice)
{
    GArray *candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    g_autoptr(Video) video = video_open(source, media_type, choice, NULL);
    VideoPicture picture;
    while (video != NULL && candidates->len < CANDIDATES_MAX &&
           video_next(video, &picture, NULL) == VIDEO_PICTURE)
        add_candidate(candidates, &picture);
    return candidates;
}

static void choose(GArray *candidates, unsigned chosen)
{
    Candidate *new_one = &g_array_index(candidates, Candidate, chosen);
    new_one->is_chosen = true;
    for (unsigned i = 0; i < candidates->len; i++) {
        Candidate *each = &g_array_index(candidates, Candidate, i);
        unsigned distance = pdq_distance(each->hash, new_one->hash);
        each->distance = MIN(each->distance, distance);
    }
}

// The frame that resembles the chosen ones least; of equals the earliest.
static unsigned find_farthest(const GArray *candidates)
{
    unsigned farthest = 0;
    for (unsigned i = 1; i < candidates->len; i++)
        if (g_array_index(candidates, Candidate, i).distance >
            g_array_index(candidates, Candidate, farthest).distance)
            farthest = i;
    return farthest;
}

static unsigned keep_chosen(const GArray *candidates, uint32_t *ret_milliseconds)
{
    unsigned count = 0;
    for (unsigned i = 0; i < candidates->len; i++)
        if (g_array_index(candidates, Candidate, i).is_chosen)
            ret_milliseconds[count++] = g_array_index(candidates, Candidate, i).milliseconds;
    return count;
}

// Times of up to `count` scenes, ascending. Key frames are asked first, because encoders set one
// where the scene changes; a short video has too few of them.
static unsigned find_scenes(const VideoSource *source, const char *media_type, unsigned count,
                            uint32_t *ret_milliseconds)
{
    FrameChoice choice = {.pipeline = FRAMES_SCALED, .sampling = SAMPLING_KEY_FRAMES};
    g_autoptr(GArray) candidates = collect(source, media_type, choice);
    if (candidates->len < count) {
        choice = (FrameChoice){
            .pipeline = FRAMES_SCALED, .sampling = SAMPLING_PER_SECOND, .per_second = 2};
        g_array_unref(candidates);
        candidates = collect(source, media_type, choice);
    }
    if (candidates->len == 0)
        return 0;
    choose(candidates, 0);
    for (unsigned i = 1; i < count; i++) {
        unsigned farthest = find_farthest(candidates);
        if (g_array_index(candidates, Candidate, farthest).distance == 0)
            break;
        choose(candidates, farthest);
    }
    return keep_chosen(candidates, ret_milliseconds);
}

// ---- Pictures ---------------------------------------------------------------------------------

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
    uint32_t scenes[LIMIT_VIDEO_STILLS];
    const uint32_t *times = request->milliseconds;
    unsigned count = request->time_count;
    const FrameChoice choice = {.sampling = SAMPLING_EVERY_FRAME};
    g_autoptr(Video) video = video_probe_open(source, request->media_type, choice, &reply);
    if (video != NULL) {
        if (count == 0) {
            count = find_scenes(source, request->media_type, request->picture_count, scenes);
            times = scenes;
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
