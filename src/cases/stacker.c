// SPDX-License-Identifier: Apache-2.0
//
// Two growing indexes: one of the leaders' pictures, one of the leaders' frames. A hit in the
// second only nominates a video; whether two show the same is timeline_align's to say.
#include "cases/stacker.h"

#include <string.h>

#include "base/error.h"
#include "cases/matcher.h"
#include "index/growing_index.h"
#include "store/media_hashes.h"
#include "store/media_rows.h"
#include "timeline/timeline.h"

#define LEADERS_AT_ONCE 10000u

// Of a video: frames asked with, frames of a leader that can be hit, leaders compared with.
#define ASKED_FRAMES 16u
#define LEADER_FRAMES 256u
#define VIDEO_NOMINEES 4u

// The hashes a picture is known by: both see every pixel.
static const Pipeline pipelines[] = {PIPELINE_FULL, PIPELINE_FULL_TRIMMED};

struct Stacker {
    Casework *work;
    uint64_t case_id;
    GrowingIndex *pictures, *frames; // owners: places in `leaders`
    GArray *leaders;                 // of Leader, by case_media_id
    // What was committed; rolling back cuts to it.
    size_t leader_mark, picture_mark, frame_mark;
    bool is_current; // nobody else can have added a leader since this transaction began
};

typedef struct {
    uint64_t case_media_id, media_id;
} Leader;

void stacker_free(Stacker *stacker)
{
    if (stacker == NULL)
        return;
    growing_index_free(stacker->pictures);
    growing_index_free(stacker->frames);
    g_array_free(stacker->leaders, TRUE);
    g_free(stacker);
}

// ---- Leaders ----------------------------------------------------------------------------------

static bool is_good(const PdqFacts *pdq)
{
    return pdq->present && pdq->quality >= MATCHER_MIN_QUALITY;
}

static void add_picture(Stacker *stacker, const PdqFacts pdq[PIPELINE_COUNT])
{
    for (unsigned i = 0; i < G_N_ELEMENTS(pipelines); i++)
        if (is_good(&pdq[pipelines[i]]))
            growing_index_add(stacker->pictures, pdq[pipelines[i]].hash[0], stacker->leaders->len);
}

// Places of at most `limit` of the distinct pictures of a video, spread evenly.
static GArray *telling_frames(const GArray *frames, unsigned limit)
{
    GArray *telling = g_array_new(FALSE, FALSE, sizeof(size_t));
    const Timeline timeline = {(const FrameHash *)frames->data, frames->len};
    g_autoptr(GArray) runs = timeline_runs(timeline, FRAME_QUALITY_MIN);
    unsigned count = runs->len < limit ? runs->len : limit;
    for (unsigned i = 0; i < count; i++) {
        unsigned place = (unsigned)((uint64_t)i * runs->len / count);
        g_array_append_val(telling, g_array_index(runs, TimelineRun, place).representative);
    }
    return telling;
}

static void add_frames(Stacker *stacker, const GArray *frames)
{
    g_autoptr(GArray) telling = telling_frames(frames, LEADER_FRAMES);
    for (unsigned i = 0; i < telling->len; i++) {
        const FrameHash *frame =
            &g_array_index(frames, FrameHash, g_array_index(telling, size_t, i));
        growing_index_add(stacker->frames, frame->hash, stacker->leaders->len);
    }
}

static bool follow_leader(void *user_data, uint64_t case_media_id, uint64_t media_id,
                          const uint8_t *hashes, size_t hashes_bytes, bool is_video, GError **err)
{
    Stacker *stacker = user_data;
    PdqFacts pdq[PIPELINE_COUNT], thumbnail[PIPELINE_COUNT];
    if (!media_hashes_unpack(hashes, hashes_bytes, pdq, thumbnail)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "the database is damaged: media %" G_GUINT64_FORMAT " has no possible hashes",
                    media_id);
        return false;
    }
    const Leader leader = {.case_media_id = case_media_id, .media_id = media_id};
    if (is_video) {
        g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(FrameHash));
        if (!media_rows_frames(casework_database(stacker->work), media_id, frames, err))
            return false;
        add_frames(stacker, frames);
    } else {
        add_picture(stacker, pdq);
    }
    g_array_append_val(stacker->leaders, leader);
    return true;
}

static uint64_t last_leader(const Stacker *stacker)
{
    return stacker->leaders->len == 0
               ? 0
               : g_array_index(stacker->leaders, Leader, stacker->leaders->len - 1).case_media_id;
}

// What others have added since. Ids grow, also across processes, because writers are serial.
static bool follow(Stacker *stacker, GError **err)
{
    unsigned before;
    do {
        before = stacker->leaders->len;
        if (!stack_rows_leaders(casework_database(stacker->work), stacker->case_id,
                                last_leader(stacker), LEADERS_AT_ONCE, follow_leader, stacker, err))
            return false;
    } while (stacker->leaders->len - before == LEADERS_AT_ONCE);
    return true;
}

static void mark(Stacker *stacker)
{
    stacker->leader_mark = stacker->leaders->len;
    stacker->picture_mark = growing_index_count(stacker->pictures);
    stacker->frame_mark = growing_index_count(stacker->frames);
    stacker->is_current = false;
}

Stacker *stacker_open(Casework *work, uint64_t case_id, GError **err)
{
    g_autoptr(Stacker) stacker = g_new0(Stacker, 1);
    stacker->work = work;
    stacker->case_id = case_id;
    stacker->pictures = growing_index_new();
    stacker->frames = growing_index_new();
    stacker->leaders = g_array_new(FALSE, FALSE, sizeof(Leader));
    if (!follow(stacker, err))
        return NULL;
    mark(stacker);
    return g_steal_pointer(&stacker);
}

void stacker_commit(Stacker *stacker)
{
    mark(stacker);
}

void stacker_rollback(Stacker *stacker)
{
    g_array_set_size(stacker->leaders, (unsigned)stacker->leader_mark);
    growing_index_cut(stacker->pictures, stacker->picture_mark);
    growing_index_cut(stacker->frames, stacker->frame_mark);
    stacker->is_current = false;
}

// ---- Pictures ---------------------------------------------------------------------------------

typedef struct {
    unsigned orientation;
    Pipeline pipeline;
} AskedValue;

// The hits of one value asked for lie in order of distance, then of age.
static int compare_hits(const void *a, const void *b)
{
    const GrowingHit *left = a, *right = b;
    if (left->distance != right->distance)
        return left->distance < right->distance ? -1 : 1;
    if (left->owner != right->owner)
        return left->owner < right->owner ? -1 : 1;
    return left->query < right->query ? -1 : left->query > right->query;
}

static void lead(Stacker *stacker, const StackAsk *ask, StackPlace *ret_place)
{
    const Leader leader = {.case_media_id = ask->case_media_id, .media_id = ask->media_id};
    g_array_append_val(stacker->leaders, leader);
    *ret_place = (StackPlace){.stack_id = ask->case_media_id, .is_leader = true};
}

static bool place_picture(Stacker *stacker, const StackAsk *ask, StackPlace *ret_place,
                          GError **err)
{
    uint8_t values[G_N_ELEMENTS(pipelines) * ORIENTATION_COUNT][PDQ_BYTES];
    AskedValue asked[G_N_ELEMENTS(values)];
    size_t count = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(pipelines); i++) {
        const PdqFacts *pdq = &ask->still->pdq[pipelines[i]];
        for (unsigned turn = 0; is_good(pdq) && turn < ORIENTATION_COUNT; turn++) {
            memcpy(values[count], pdq->hash[turn], PDQ_BYTES);
            asked[count++] = (AskedValue){turn, pipelines[i]};
        }
    }
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(GrowingHit));
    if (!growing_index_find(stacker->pictures, (const uint8_t(*)[HAMMING_BYTES])values, count,
                            STACK_DISTANCE, hits, err))
        return false;
    if (hits->len == 0) {
        add_picture(stacker, ask->still->pdq);
        lead(stacker, ask, ret_place);
        return true;
    }
    g_array_sort(hits, compare_hits);
    const GrowingHit *best = &g_array_index(hits, GrowingHit, 0);
    *ret_place = (StackPlace){
        .stack_id = g_array_index(stacker->leaders, Leader, best->owner).case_media_id,
        .distance = best->distance,
        .orientation = asked[best->query].orientation,
        .pipeline = asked[best->query].pipeline,
    };
    return true;
}

// ---- Videos -----------------------------------------------------------------------------------

// Leaders with the most frames in common (of uint64_t), best first.
static bool nominate(Stacker *stacker, const GArray *frames, GArray *nominees, GError **err)
{
    g_autoptr(GArray) telling = telling_frames(frames, ASKED_FRAMES);
    g_autofree uint8_t(*values)[PDQ_BYTES] = g_malloc((telling->len + 1) * sizeof *values);
    for (unsigned i = 0; i < telling->len; i++)
        memcpy(values[i], g_array_index(frames, FrameHash, g_array_index(telling, size_t, i)).hash,
               PDQ_BYTES);
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(GrowingHit));
    if (!growing_index_find(stacker->frames, (const uint8_t(*)[HAMMING_BYTES])values, telling->len,
                            MATCHER_DISTANCE, hits, err))
        return false;
    g_autoptr(GHashTable) counts = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (unsigned i = 0; i < hits->len; i++) {
        void *owner = GSIZE_TO_POINTER(g_array_index(hits, GrowingHit, i).owner);
        size_t hit_count = GPOINTER_TO_SIZE(g_hash_table_lookup(counts, owner)) + 1;
        g_hash_table_insert(counts, owner, GSIZE_TO_POINTER(hit_count));
    }
    while (nominees->len < VIDEO_NOMINEES && g_hash_table_size(counts) > 0) {
        GHashTableIter iter;
        void *key, *value;
        size_t best = 0, best_count = 0;
        g_hash_table_iter_init(&iter, counts);
        while (g_hash_table_iter_next(&iter, &key, &value)) {
            size_t owner = GPOINTER_TO_SIZE(key), hit_count = GPOINTER_TO_SIZE(value);
            if (hit_count < best_count || (hit_count == best_count && owner > best))
                continue;
            best = owner;
            best_count = hit_count;
        }
        g_array_append_val(nominees, best);
        g_hash_table_remove(counts, GSIZE_TO_POINTER(best));
    }
    return true;
}

static double span_seconds(const GArray *frames)
{
    if (frames->len < 2)
        return 0;
    return (g_array_index(frames, FrameHash, frames->len - 1).milliseconds -
            g_array_index(frames, FrameHash, 0).milliseconds) /
           1000.0;
}

// The share of the shorter video that pieces cover, and the median of the longest piece.
static double shared(const GArray *ours, const GArray *theirs, unsigned *ret_distance)
{
    const Timeline left = {(const FrameHash *)ours->data, ours->len};
    const Timeline right = {(const FrameHash *)theirs->data, theirs->len};
    g_autoptr(GArray) pieces = timeline_align(
        left, right,
        (TimelineOptions){.distance = MATCHER_DISTANCE, .min_quality = FRAME_QUALITY_MIN});
    double mine = 0, covered = 0, longest = -1;
    for (unsigned i = 0; i < pieces->len; i++) {
        const MatchPiece *piece = &g_array_index(pieces, MatchPiece, i);
        mine += piece->to - piece->from;
        covered += piece->their_to - piece->their_from;
        if (piece->to - piece->from > longest) {
            longest = piece->to - piece->from;
            *ret_distance = piece->distance;
        }
    }
    if (pieces->len == 0)
        return 0;
    double our_span = span_seconds(ours), their_span = span_seconds(theirs);
    bool ours_is_shorter = our_span <= their_span;
    double span = ours_is_shorter ? our_span : their_span;
    return span > 0 ? (ours_is_shorter ? mine : covered) / span : 1;
}

static GArray *frames_of_leader(Stacker *stacker, const Leader *leader, GError **err)
{
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(FrameHash));
    if (!media_rows_frames(casework_database(stacker->work), leader->media_id, frames, err))
        return NULL;
    return g_steal_pointer(&frames);
}

static bool try_orientation(Stacker *stacker, const VideoFrames *frames, unsigned orientation,
                            double *best, StackPlace *ret_place, GError **err)
{
    const GArray *ours = frames->variants[frame_variant(orientation, false)];
    if (ours == NULL)
        return true;
    g_autoptr(GArray) nominees = g_array_new(FALSE, FALSE, sizeof(size_t));
    if (!nominate(stacker, ours, nominees, err))
        return false;
    for (unsigned i = 0; i < nominees->len; i++) {
        const Leader *leader =
            &g_array_index(stacker->leaders, Leader, g_array_index(nominees, size_t, i));
        g_autoptr(GArray) theirs = frames_of_leader(stacker, leader, err);
        if (theirs == NULL)
            return false;
        unsigned distance = 0;
        double share = shared(ours, theirs, &distance);
        if (share < STACK_VIDEO_SHARE || share <= *best)
            continue;
        *best = share;
        *ret_place = (StackPlace){.stack_id = leader->case_media_id,
                                  .distance = distance,
                                  .orientation = orientation,
                                  .pipeline = PIPELINE_FULL};
    }
    return true;
}

static bool place_video(Stacker *stacker, const StackAsk *ask, StackPlace *ret_place, GError **err)
{
    double best = 0;
    for (unsigned turn = 0; turn < ORIENTATION_COUNT; turn++)
        if (!try_orientation(stacker, ask->frames, turn, &best, ret_place, err))
            return false;
    if (best > 0)
        return true;
    if (ask->frames->variants[0] != NULL)
        add_frames(stacker, ask->frames->variants[0]);
    lead(stacker, ask, ret_place);
    return true;
}

bool stacker_place(Stacker *stacker, const StackAsk *asks, size_t count, StackPlace *ret_places,
                   GError **err)
{
    if (!stacker->is_current && !follow(stacker, err))
        return false;
    stacker->is_current = true;
    for (size_t i = 0; i < count; i++) {
        bool ok = true;
        if (asks[i].frames != NULL)
            ok = place_video(stacker, &asks[i], &ret_places[i], err);
        else if (asks[i].still != NULL)
            ok = place_picture(stacker, &asks[i], &ret_places[i], err);
        else
            lead(stacker, &asks[i], &ret_places[i]);
        if (!ok)
            return false;
    }
    return true;
}
