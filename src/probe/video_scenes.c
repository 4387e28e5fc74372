// SPDX-License-Identifier: Apache-2.0
//
// Key frames are asked first, because encoders set one where the scene changes; a short video has
// too few of them.
#include "probe/video_scenes.h"

#include <string.h>

#include "hash/pdq.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdqHasher, pdq_hasher_free)

// Frames among which the scenes are chosen, at most: a frame a second of an hour.
#define CANDIDATES_MAX 3600u

typedef struct {
    uint32_t milliseconds;
    uint8_t hash[PDQ_BYTES];
    uint8_t quality;
    unsigned distance; // to the nearest frame that was chosen
    unsigned nearest;  // which one that is
    bool is_chosen;
} Candidate;

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
    Candidate candidate = {.milliseconds = picture->milliseconds,
                           .quality = (uint8_t)result.quality,
                           .distance = UINT_MAX};
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
        if (distance >= each->distance)
            continue;
        each->distance = distance;
        each->nearest = chosen;
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

// How many frames resemble this one more than any other that was chosen.
static unsigned count_alike(const GArray *candidates, unsigned chosen)
{
    unsigned count = 0;
    for (unsigned i = 0; i < candidates->len; i++)
        count += g_array_index(candidates, Candidate, i).nearest == chosen;
    return count;
}

// A frame with hardly anything in it (a title, a fade) tells only when no other does.
static unsigned weight_of(const GArray *candidates, unsigned chosen)
{
    const Candidate *candidate = &g_array_index(candidates, Candidate, chosen);
    bool shows_something = candidate->quality >= FRAME_QUALITY_MIN;
    return shows_something ? CANDIDATES_MAX + count_alike(candidates, chosen) : candidate->quality;
}

static void keep_chosen(const GArray *candidates, VideoScenes *ret_scenes)
{
    unsigned most = 0;
    for (unsigned i = 0; i < candidates->len; i++) {
        const Candidate *candidate = &g_array_index(candidates, Candidate, i);
        if (!candidate->is_chosen)
            continue;
        unsigned weight = weight_of(candidates, i);
        if (weight > most) {
            most = weight;
            ret_scenes->telling = ret_scenes->count;
        }
        ret_scenes->milliseconds[ret_scenes->count++] = candidate->milliseconds;
    }
}

void video_scenes_find(const VideoSource *source, const char *media_type, unsigned count,
                       VideoScenes *ret_scenes)
{
    FrameChoice choice = {.pipeline = FRAMES_SCALED, .sampling = SAMPLING_KEY_FRAMES};
    g_autoptr(GArray) candidates = collect(source, media_type, choice);
    *ret_scenes = (VideoScenes){0};
    if (candidates->len < count) {
        choice = (FrameChoice){
            .pipeline = FRAMES_SCALED, .sampling = SAMPLING_PER_SECOND, .per_second = 2};
        g_array_unref(candidates);
        candidates = collect(source, media_type, choice);
    }
    if (candidates->len == 0)
        return;
    choose(candidates, 0);
    for (unsigned i = 1; i < MIN(count, LIMIT_VIDEO_STILLS); i++) {
        unsigned farthest = find_farthest(candidates);
        if (g_array_index(candidates, Candidate, farthest).distance == 0)
            break;
        choose(candidates, farthest);
    }
    keep_chosen(candidates, ret_scenes);
}
