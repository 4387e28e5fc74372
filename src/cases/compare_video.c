// SPDX-License-Identifier: Apache-2.0
//
// Frames to compare are spread evenly over the pieces that both videos show. Where a region begins
// or ends between two of them, the moment is looked for in between. Everything is bounded by
// PAIRS_MAX.
#include "cases/compare_video.h"

#include <math.h>

#include "base/error.h"
#include "base/limits.h"
#include "timeline/timeline.h"

#define PAIRS_MAX 240u   // of frames that are compared, all in all
#define PAIRS_SPREAD 48u // of them, spread over the pieces
#define PAIRS_OF_PIECE_MIN 3u
#define OFFSET_REACH 0.5     // seconds: hashed frames are that far apart
#define OFFSET_STEPS_MAX 30u // frames tried on either side
#define FRAME_SECONDS (1.0 / 25)
#define MOMENT_STEPS 5u   // halvings on the way to the moment at which a region begins
#define LIKENESS 0.3      // of two boxes, common area of whole area, that are one region
#define LIKE_DISTANCE 31u // bits
#define GAP_SECONDS 1.5   // less than that at an end is the grid of hashed frames

const FrameChoice compare_video_choice = {
    .pipeline = FRAMES_VPDQ, .sampling = SAMPLING_PER_SECOND, .per_second = 2};

// ---- The worker ---------------------------------------------------------------------------------

bool compare_worker_start(CompareWorker *worker, GError **err)
{
    worker->worker = worker_spawn(worker->zygote, (WorkerOptions){0}, err);
    return worker->worker != NULL;
}

// Sends and waits; *ret_status says how it went.
static bool ask(CompareWorker *worker, const GByteArray *request, int descriptor, GByteArray *reply,
                Status *ret_status, char **ret_reason, GError **err)
{
    if (worker->is_cancelled != NULL && worker->is_cancelled()) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CANCELLED, "interrupted");
        return false;
    }
    if (!worker_is_alive(worker->worker)) {
        *ret_status = STATUS_CRASHED;
        *ret_reason = g_strdup("the decoder fell before");
        return true;
    }
    worker_send(worker->worker, request->data, request->len, descriptor, NULL);
    WorkerOutcome outcome = worker_receive(worker->worker, LIMIT_MEDIA_ITEM_MS, reply, ret_reason);
    *ret_status = outcome == WORKER_ANSWERED    ? STATUS_OK
                  : outcome == WORKER_TIMED_OUT ? STATUS_TIMEOUT
                                                : STATUS_CRASHED;
    return true;
}

bool compare_worker_side(CompareWorker *worker, const CompareSideRequest *request, int descriptor,
                         CompareSideAnswer *ret_answer, GError **err)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    g_autoptr(GByteArray) reply = g_byte_array_new();
    CompareSideAnswer answer = {0};
    compare_side_request_encode(request, message);
    if (!ask(worker, message, descriptor, reply, &answer.status, &answer.reason, err))
        return false;
    if (answer.status == STATUS_OK && !compare_side_answer_decode(reply->data, reply->len, &answer))
        answer =
            (CompareSideAnswer){.status = STATUS_CRASHED, .reason = worker_reject(worker->worker)};
    *ret_answer = answer;
    return true;
}

bool compare_worker_pair(CompareWorker *worker, const uint32_t milliseconds[2],
                         CompareAnswer *ret_answer, GError **err)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    g_autoptr(GByteArray) reply = g_byte_array_new();
    CompareAnswer answer = {0};
    const CompareRequest request = {.milliseconds = {milliseconds[0], milliseconds[1]}};
    compare_request_encode(&request, message);
    if (!ask(worker, message, -1, reply, &answer.status, &answer.reason, err))
        return false;
    if (answer.status == STATUS_OK && !compare_answer_decode(reply->data, reply->len, &answer))
        answer = (CompareAnswer){.status = STATUS_CRASHED, .reason = worker_reject(worker->worker)};
    *ret_answer = answer;
    return true;
}

// ---- Along each other ---------------------------------------------------------------------------

static unsigned matched_of(const GArray *pieces)
{
    unsigned matched = 0;
    for (unsigned i = 0; i < pieces->len; i++)
        matched += g_array_index(pieces, MatchPiece, i).matched;
    return matched;
}

static Timeline timeline_of(const GArray *frames)
{
    return (Timeline){(const FrameHash *)(const void *)frames->data, frames->len};
}

// The pieces of the variant of A that fits B best, with B as it stands or trimmed.
static GArray *align(const VideoFrames *a, const VideoFrames *b)
{
    const TimelineOptions options = {.distance = LIKE_DISTANCE, .min_quality = FRAME_QUALITY_MIN};
    const unsigned of_b[] = {frame_variant(0, false), frame_variant(0, true)};
    GArray *best = g_array_new(FALSE, FALSE, sizeof(MatchPiece));
    for (unsigned i = 0; i < FRAME_VARIANT_COUNT; i++) {
        for (unsigned j = 0; j < G_N_ELEMENTS(of_b); j++) {
            const GArray *ours = a->variants[i], *theirs = b->variants[of_b[j]];
            if (ours == NULL || theirs == NULL)
                continue;
            GArray *pieces = timeline_align(timeline_of(ours), timeline_of(theirs), options);
            bool is_better = matched_of(pieces) > matched_of(best);
            g_array_unref(is_better ? best : pieces);
            best = is_better ? pieces : best;
        }
    }
    return best;
}

// ---- Frames along a piece -----------------------------------------------------------------------

typedef struct {
    CompareWorker *worker;
    Comparison *comparison;
    const MatchPiece *piece;
    double shift;   // seconds by which B's frame is really later than the piece says
    unsigned asked; // pairs so far
    bool has_whole;
} Walk;

static uint32_t milliseconds(double seconds)
{
    return seconds <= 0 ? 0 : (uint32_t)fmin(seconds * 1000 + 0.5, UINT32_MAX);
}

static double their_time(const Walk *walk, double time)
{
    const MatchPiece *piece = walk->piece;
    return piece->their_from + (time - piece->from) * piece->speed + walk->shift;
}

static bool ask_at(Walk *walk, double time, CompareAnswer *ret_answer, GError **err)
{
    const uint32_t at[2] = {milliseconds(time), milliseconds(their_time(walk, time))};
    walk->asked++;
    return compare_worker_pair(walk->worker, at, ret_answer, err);
}

// The less the better: what differs, then how much noise there is.
static double badness(const CompareAnswer *answer)
{
    double share = 0;
    for (unsigned i = 0; i < answer->region_count; i++)
        share += answer->regions[i].share[0];
    return answer->is_same ? 100 * share + answer->noise + 10 * (1 - answer->correlation)
                           : HUGE_VAL;
}

// Hashed frames lie half a second apart; the frame that really lies opposite is looked for around
// the one that the piece names.
static bool find_shift(Walk *walk, double time, GError **err)
{
    double best = HUGE_VAL, best_shift = 0;
    int steps = (int)MIN(OFFSET_REACH / FRAME_SECONDS, OFFSET_STEPS_MAX);
    for (int i = -steps; i <= steps && walk->asked < PAIRS_MAX; i++) {
        CompareAnswer answer;
        walk->shift = i * FRAME_SECONDS;
        if (their_time(walk, time) < 0)
            continue;
        if (!ask_at(walk, time, &answer, err))
            return false;
        // Of equals the nearest to what the piece says.
        double bad = badness(&answer) + 0.001 * abs(i);
        if (bad < best) {
            best = bad;
            best_shift = walk->shift;
        }
        compare_answer_clear(&answer);
    }
    walk->shift = best_shift;
    return true;
}

// ---- Regions over time --------------------------------------------------------------------------

static double likeness(const CompareBox *a, const CompareBox *b)
{
    double width = fmin(a->right, b->right) - fmax(a->left, b->left);
    double height = fmin(a->bottom, b->bottom) - fmax(a->top, b->top);
    if (width <= 0 || height <= 0)
        return 0;
    double common = width * height;
    double size_a = (a->right - a->left) * (a->bottom - a->top);
    double size_b = (b->right - b->left) * (b->bottom - b->top);
    return common / fmax(size_a + size_b - common, 1);
}

static const CompareRegion *find_region(const CompareAnswer *answer, const CompareBox *box)
{
    for (unsigned i = 0; i < answer->region_count; i++)
        if (likeness(&answer->regions[i].box[0], box) >= LIKENESS)
            return &answer->regions[i];
    return NULL;
}

// The moment between `with` and `without` up to which the region is there, by halving.
static bool find_moment(Walk *walk, const CompareBox *box, double with, double without,
                        double *ret_moment, GError **err)
{
    for (unsigned i = 0; i < MOMENT_STEPS && walk->asked < PAIRS_MAX; i++) {
        double half = (with + without) / 2;
        CompareAnswer answer;
        if (!ask_at(walk, half, &answer, err))
            return false;
        if (find_region(&answer, box) != NULL)
            with = half;
        else
            without = half;
        compare_answer_clear(&answer);
    }
    *ret_moment = with;
    return true;
}

// The region that was there up to the time before, and this region goes on with; or NULL.
static TimedRegion *find_track(GArray *regions, const CompareRegion *region, double before)
{
    for (unsigned i = 0; i < regions->len; i++) {
        TimedRegion *track = &g_array_index(regions, TimedRegion, i);
        if (track->to[0] >= before - 0.001 &&
            likeness(&track->region.box[0], &region->box[0]) >= LIKENESS)
            return track;
    }
    return NULL;
}

// One pair of frames into the regions; `before` is the time of the one before in this piece, below
// 0 for the first.
static bool add_regions(Walk *walk, const CompareAnswer *answer, double time, double before,
                        GError **err)
{
    GArray *regions = walk->comparison->regions;
    for (unsigned i = 0; i < answer->region_count; i++) {
        const CompareRegion *region = &answer->regions[i];
        TimedRegion *track = before >= 0 ? find_track(regions, region, before) : NULL;
        if (track == NULL) {
            double from = time;
            if (before >= 0 && !find_moment(walk, &region->box[0], time, before, &from, err))
                return false;
            const TimedRegion begun = {.from = {from, their_time(walk, from)}, .region = *region};
            g_array_append_val(regions, begun);
            track = &g_array_index(regions, TimedRegion, regions->len - 1);
        }
        track->to[0] = time;
        track->to[1] = their_time(walk, time);
        track->pairs++;
        if (region->share[0] > track->region.share[0])
            track->region = *region;
    }
    return true;
}

// Regions that were there before and are not any more: until when they were.
static bool end_regions(Walk *walk, unsigned first, double time, double before, GError **err)
{
    GArray *regions = walk->comparison->regions;
    for (unsigned i = first; i < regions->len; i++) {
        TimedRegion *track = &g_array_index(regions, TimedRegion, i);
        if (track->to[0] < before - 0.001 || track->to[0] >= time)
            continue;
        double moment;
        if (!find_moment(walk, &track->region.box[0], track->to[0], time, &moment, err))
            return false;
        track->to[0] = moment;
        track->to[1] = their_time(walk, moment);
    }
    return true;
}

// What was seen once among many frames is movement that was caught between two of them.
static void drop_flashes(GArray *regions, unsigned first, unsigned pairs)
{
    for (unsigned i = regions->len; i-- > first;)
        if (pairs > PAIRS_OF_PIECE_MIN && g_array_index(regions, TimedRegion, i).pairs < 2)
            g_array_remove_index(regions, i);
}

// The pair whose frames agree best stands for what differs all over.
static void keep_whole(Walk *walk, const CompareAnswer *answer)
{
    Comparison *comparison = walk->comparison;
    if (walk->has_whole && badness(answer) >= badness(&comparison->whole))
        return;
    compare_answer_clear(&comparison->whole);
    comparison->whole = *answer;
    comparison->whole.reason = NULL;
    walk->has_whole = true;
}

static bool walk_piece(Walk *walk, unsigned pairs, GError **err)
{
    const MatchPiece *piece = walk->piece;
    GArray *regions = walk->comparison->regions;
    unsigned first = regions->len, seen = 0;
    double before = -1;
    walk->shift = 0;
    if (!piece->is_static && !find_shift(walk, (piece->from + piece->to) / 2, err))
        return false;
    for (unsigned i = 0; i < pairs && walk->asked < PAIRS_MAX; i++) {
        double along = pairs > 1 ? (double)i / (pairs - 1) : 0.5;
        double time = piece->from + along * (piece->to - piece->from);
        CompareAnswer answer;
        if (!ask_at(walk, time, &answer, err))
            return false;
        walk->comparison->frame_pairs += answer.status == STATUS_OK;
        bool ok = true;
        if (answer.is_same) {
            keep_whole(walk, &answer);
            ok = add_regions(walk, &answer, time, before, err) &&
                 (before < 0 || end_regions(walk, first, time, before, err));
            before = time;
            seen++;
        } else if (answer.status == STATUS_OK) {
            walk->comparison->unlike_pairs++;
        }
        compare_answer_clear(&answer);
        if (!ok)
            return false;
    }
    drop_flashes(regions, first, seen);
    return true;
}

// -------------------------------------------------------------------------------------------------

bool compare_videos(CompareWorker *worker, const VideoFrames *a, const VideoFrames *b,
                    Comparison *comparison, GError **err)
{
    comparison->pieces = align(a, b);
    comparison->regions = g_array_new(FALSE, FALSE, sizeof(TimedRegion));
    double seconds = 0;
    for (unsigned i = 0; i < comparison->pieces->len; i++) {
        const MatchPiece *piece = &g_array_index(comparison->pieces, MatchPiece, i);
        seconds += piece->to - piece->from;
    }
    Walk walk = {.worker = worker, .comparison = comparison};
    for (unsigned i = 0; i < comparison->pieces->len; i++) {
        walk.piece = &g_array_index(comparison->pieces, MatchPiece, i);
        double share = seconds > 0 ? (walk.piece->to - walk.piece->from) / seconds : 1;
        unsigned pairs = MAX(PAIRS_OF_PIECE_MIN, (unsigned)(PAIRS_SPREAD * share));
        if (!walk_piece(&walk, pairs, err))
            return false;
    }
    comparison->is_same = walk.has_whole;
    if (!comparison->is_same)
        comparison->reason = g_strdup(comparison->pieces->len == 0
                                          ? "the videos do not show the same at any time"
                                          : "no frames of them could be laid over each other");
    return true;
}

static bool has_gap(const GArray *pieces, double end, bool is_b)
{
    double from = HUGE_VAL, to = 0, covered = 0;
    for (unsigned i = 0; i < pieces->len; i++) {
        const MatchPiece *piece = &g_array_index(pieces, MatchPiece, i);
        double begin = is_b ? piece->their_from : piece->from;
        double stop = is_b ? piece->their_to : piece->to;
        from = fmin(from, begin);
        to = fmax(to, stop);
        covered += stop - begin;
    }
    return from > GAP_SECONDS || end - to > GAP_SECONDS ||
           to - from - covered > GAP_SECONDS * pieces->len;
}

bool compare_video_has_gaps(const Comparison *comparison)
{
    for (unsigned i = 0; i < 2; i++) {
        const VideoFacts *facts = comparison->sides[i].facts.video;
        if (facts != NULL && has_gap(comparison->pieces, facts->seconds_seen, i == 1))
            return true;
    }
    return false;
}
