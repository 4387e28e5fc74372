// SPDX-License-Identifier: Apache-2.0
//
// Along each piece that both videos show: first which frame really lies opposite which, because
// not every frame was hashed; then pairs spread evenly, in order of time, so that the
// decoder goes forward; then pairs in between where a region begins or ends (compare_track.h). How
// the pictures lie on each other is searched for once and handed on from pair to pair. Everything
// is bounded by PAIRS_MAX.
#include "cases/compare_video.h"

#include <math.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/compare_track.h"
#include "timeline/timeline.h"

#define PAIRS_MAX 600u     // of frames that are compared, all in all
#define PAIRS_SPREAD 120u  // of them, spread over the pieces
#define PAIRS_A_SECOND 3.0 // of them, at most
#define PAIRS_OF_PIECE_MIN 3u
#define SEARCHES_MAX 12u                // pairs that are laid over each other without a hint
#define HASHED_PER_SECOND 5             // frames, to lay the videos along each other ...
#define REACH (1.0 / HASHED_PER_SECOND) // ... so that what lies opposite is that far off, at most
#define SHIFT_FRAMES 15 // of B, tried on either side of the one that the piece names
#define SHIFT_STEP 3
#define GROW_SECONDS REACH // steps in which the ends of a piece are looked for ...
#define GROW_STEPS_MAX 20u // ... so often
#define FIT_CONTRAST 3.0   // of badness, by which the best frame must stand out from the worst
#define SPEED_SECONDS 3.0  // between two places, from which they say something of the speed
#define MOMENT_ROUNDS 16u  // halvings on the way to the moment at which a region begins
#define FRAME_RATE_UNKNOWN 25.0
#define LIKE_DISTANCE 31u // bits
#define GAP_SECONDS 1.5   // less than that at an end is the grid of hashed frames

const FrameChoice compare_video_choice = {
    .pipeline = FRAMES_VPDQ, .sampling = SAMPLING_PER_SECOND, .per_second = HASHED_PER_SECOND};

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

bool compare_worker_pair(CompareWorker *worker, const CompareRequest *request,
                         CompareAnswer *ret_answer, GError **err)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    g_autoptr(GByteArray) reply = g_byte_array_new();
    CompareAnswer answer = {0};
    compare_request_encode(request, message);
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

// ---- Pairs of frames ----------------------------------------------------------------------------

typedef struct {
    CompareWorker *worker;
    Comparison *comparison;
    double rate[2], end[2]; // frames a second of each side; seconds of its last frame
    MatchPiece *piece;
    unsigned asked, searched; // pairs so far; of them, those of `ask_best` without a hint
    bool has_hint;            // the worker knows how they lie on each other
    double best;              // badness of comparison->whole
} Walk;

// A pair of frames, by the seconds at which they begin.
typedef struct {
    double time[2];
} Moment;

static double on_grid(const Walk *walk, unsigned side, double seconds)
{
    double time = floor(seconds * walk->rate[side] + 0.5) / walk->rate[side];
    return fmax(0, fmin(time, walk->end[side]));
}

// The frame of A at this time and the one of B that lies opposite, `later` seconds later.
static Moment moment_at(const Walk *walk, double time, double later)
{
    const MatchPiece *piece = walk->piece;
    Moment moment = {{on_grid(walk, 0, time)}};
    double opposite = piece->their_from + (moment.time[0] - piece->from) * piece->speed + later;
    moment.time[1] = on_grid(walk, 1, opposite);
    return moment;
}

// The middle of a frame's time, so that no rounding leads to another one.
static uint32_t milliseconds(const Walk *walk, unsigned side, double seconds)
{
    return (uint32_t)fmin((seconds + 0.5 / walk->rate[side]) * 1000 + 0.5, UINT32_MAX);
}

static bool ask_pair(Walk *walk, const Moment *moment, bool is_as_before, CompareAnswer *ret_answer,
                     GError **err)
{
    const CompareRequest request = {.milliseconds = {milliseconds(walk, 0, moment->time[0]),
                                                     milliseconds(walk, 1, moment->time[1])},
                                    .is_as_before = is_as_before && walk->has_hint};
    if (!compare_worker_pair(walk->worker, &request, ret_answer, err))
        return false;
    walk->asked++;
    walk->has_hint = walk->has_hint || ret_answer->is_same;
    return true;
}

// Replaces an answer that found nothing in common.
static bool ask_again(Walk *walk, const Moment *moment, bool is_as_before, CompareAnswer *answer,
                      GError **err)
{
    compare_answer_clear(answer);
    return ask_pair(walk, moment, is_as_before, answer, err);
}

// The pair, or where a cut lies between them one with the frame of B beside it, or another way for
// them to lie on each other.
static bool ask_best(Walk *walk, Moment *moment, CompareAnswer *ret_answer, GError **err)
{
    CompareAnswer answer;
    if (!ask_pair(walk, moment, true, &answer, err))
        return false;
    const double beside[] = {1, -1};
    for (unsigned i = 0; i < 2 && walk->has_hint && answer.status == STATUS_OK && !answer.is_same;
         i++) {
        Moment other = *moment;
        other.time[1] = on_grid(walk, 1, moment->time[1] + beside[i] / walk->rate[1]);
        if (!ask_again(walk, &other, true, &answer, err))
            return false;
        if (answer.is_same)
            *moment = other;
    }
    if (answer.status == STATUS_OK && !answer.is_same && walk->searched++ < SEARCHES_MAX &&
        !ask_again(walk, moment, false, &answer, err))
        return false;
    *ret_answer = answer;
    return true;
}

// ---- Which frame lies opposite ------------------------------------------------------------------

static double share_lost(const CompareBox *inside, const CompareBox *shared)
{
    double whole = (inside->right - inside->left) * (inside->bottom - inside->top);
    double common = (shared->right - shared->left) * (shared->bottom - shared->top);
    return whole > 0 ? 1 - common / whole : 0;
}

// The less the better: what differs, what one side alone shows, and then how much noise there is.
// When a camera moves, another frame differs by what it has left behind.
static double badness(const CompareAnswer *answer)
{
    if (!answer->is_same)
        return HUGE_VAL;
    double share = (share_lost(&answer->inside[0], &answer->shared[0]) +
                    share_lost(&answer->inside[1], &answer->shared[1]));
    for (unsigned i = 0; i < answer->region_count; i++)
        share += answer->regions[i].share[0];
    return 100 * share + answer->noise + 10 * (1 - answer->correlation);
}

// How the frames of B around one of A fit, and what is the best of them.
typedef struct {
    double best, worst; // badness
    int frames;         // of B, later than the piece says
} Fit;

static bool try_shift(Walk *walk, double time, int frames, Fit *fit, GError **err)
{
    const Moment moment = moment_at(walk, time, frames / walk->rate[1]);
    CompareAnswer answer;
    if (walk->asked >= PAIRS_MAX)
        return true;
    // Each laid over each other afresh: a map from frames that are not opposite hides that they are
    // not, when the camera moves.
    if (!ask_pair(walk, &moment, false, &answer, err))
        return false;
    // Of equals the nearest to what the piece says.
    double bad = badness(&answer) + 0.01 * abs(frames);
    compare_answer_clear(&answer);
    if (bad < fit->best) {
        fit->best = bad;
        fit->frames = frames;
    }
    if (bad < HUGE_VAL)
        fit->worst = fmax(fit->worst, bad);
    return true;
}

static bool fit_at(Walk *walk, double time, Fit *ret_fit, GError **err)
{
    Fit fit = {.best = HUGE_VAL};
    int most = (int)fmin(ceil(REACH * walk->rate[1]), SHIFT_FRAMES);
    for (int i = -most; i <= most; i += SHIFT_STEP)
        if (!try_shift(walk, time, i, &fit, err))
            return false;
    int middle = fit.frames;
    for (int i = middle - SHIFT_STEP + 1; i < middle + SHIFT_STEP; i++)
        if (i != middle && !try_shift(walk, time, i, &fit, err))
            return false;
    *ret_fit = fit;
    return true;
}

static double along(const MatchPiece *piece, double share)
{
    return piece->from + share * (piece->to - piece->from);
}

// Frames that really lie opposite each other say best how they do; those at the middle, and with a
// look at everything.
static bool renew_hint(Walk *walk, GError **err)
{
    const Moment moment = moment_at(walk, along(walk->piece, 0.5), 0);
    CompareAnswer answer;
    if (!ask_pair(walk, &moment, false, &answer, err))
        return false;
    compare_answer_clear(&answer);
    return true;
}

// Turns the piece so that B is `later[0]` seconds later at time[0] and `later[1]` at time[1].
static void turn(MatchPiece *piece, const double time[2], const double later[2])
{
    double faster = (later[1] - later[0]) / (time[1] - time[0]);
    piece->their_from += later[0] + (piece->from - time[0]) * faster;
    piece->their_to += later[0] + (piece->to - time[0]) * faster;
    piece->speed += faster;
}

// Moves B's seconds of the piece to where its frames really lie. Asked at two places; one at which
// nothing moves says nothing.
static bool find_shift(Walk *walk, GError **err)
{
    MatchPiece *piece = walk->piece;
    const double time[2] = {along(piece, 0.3), along(piece, 0.75)};
    Fit fits[2];
    double later[2];
    bool says[2];
    for (unsigned i = 0; i < 2; i++) {
        if (!fit_at(walk, time[i], &fits[i], err))
            return false;
        later[i] = fits[i].frames / walk->rate[1];
        says[i] = fits[i].best < HUGE_VAL && fits[i].worst - fits[i].best >= FIT_CONTRAST;
    }
    bool is_long = time[1] - time[0] >= SPEED_SECONDS;
    if (says[0] && says[1] && piece->speed != 1 && is_long) {
        turn(piece, time, later);
    } else if (says[0] || says[1]) {
        bool first =
            says[0] && (!says[1] || fits[0].worst - fits[0].best >= fits[1].worst - fits[1].best);
        piece->their_from += later[first ? 0 : 1];
        piece->their_to += later[first ? 0 : 1];
    }
    return renew_hint(walk, err);
}

// How far the piece may grow before its beginning or behind its end, in seconds of A.
static double room_at(const Walk *walk, bool at_end)
{
    const MatchPiece *piece = walk->piece,
                     *first = &g_array_index(walk->comparison->pieces, MatchPiece, 0);
    unsigned index = (unsigned)(piece - first);
    bool is_last = index + 1 == walk->comparison->pieces->len;
    if (at_end) {
        double end = is_last ? walk->end[0] : piece[1].from;
        return fmin(end - piece->to, (walk->end[1] - piece->their_to) / piece->speed);
    }
    double begin = index == 0 ? 0 : piece[-1].to;
    return fmin(piece->from - begin, piece->their_from / piece->speed);
}

static void grow(MatchPiece *piece, bool at_end, double seconds)
{
    if (at_end) {
        piece->to += seconds;
        piece->their_to += seconds * piece->speed;
    } else {
        piece->from -= seconds;
        piece->their_from -= seconds * piece->speed;
    }
}

// Frames that were not hashed, or whose hashes are further apart because something covers them, may
// still lie opposite each other.
static bool reach_end(Walk *walk, bool at_end, GError **err)
{
    for (unsigned i = 0; i < GROW_STEPS_MAX && walk->asked < PAIRS_MAX; i++) {
        double step = fmin(room_at(walk, at_end), GROW_SECONDS);
        if (step < 0.5 / walk->rate[0])
            break;
        const MatchPiece before = *walk->piece;
        grow(walk->piece, at_end, step);
        const Moment moment = moment_at(walk, at_end ? walk->piece->to : walk->piece->from, 0);
        CompareAnswer answer;
        if (!ask_pair(walk, &moment, true, &answer, err))
            return false;
        bool is_same = answer.is_same;
        compare_answer_clear(&answer);
        if (is_same)
            continue;
        *walk->piece = before;
        break;
    }
    return true;
}

// ---- Along a piece ------------------------------------------------------------------------------

// The pair whose frames agree best stands for what differs all over.
static void keep_whole(Walk *walk, const CompareAnswer *answer)
{
    double bad = badness(answer);
    if (bad >= walk->best)
        return;
    compare_answer_clear(&walk->comparison->whole);
    walk->comparison->whole = *answer;
    walk->comparison->whole.reason = NULL;
    walk->best = bad;
}

void comparison_fail_pair(Comparison *comparison, Status status, const char *reason)
{
    if (comparison->failed_pairs++ > 0)
        return;
    comparison->failed_status = status;
    comparison->failed_reason = g_strdup(reason);
}

static bool see(Walk *walk, double time, Sightings *sightings, GError **err)
{
    Comparison *comparison = walk->comparison;
    Moment moment = moment_at(walk, time, 0);
    CompareAnswer answer;
    if (!ask_best(walk, &moment, &answer, err))
        return false;
    comparison->frame_pairs++;
    if (answer.status != STATUS_OK)
        comparison_fail_pair(comparison, answer.status, answer.reason);
    else if (!answer.is_same)
        comparison->unlike_pairs++;
    if (answer.is_same) {
        keep_whole(walk, &answer);
        sightings_add(sightings, moment.time, &answer);
    }
    compare_answer_clear(&answer);
    return true;
}

static bool see_moments(Walk *walk, Sightings *sightings, GError **err)
{
    for (unsigned i = 0; i < MOMENT_ROUNDS; i++) {
        unsigned before = sightings_count(sightings);
        g_autoptr(GArray) moments = sightings_moments(sightings, 1 / walk->rate[0]);
        for (unsigned j = 0; j < moments->len && walk->asked < PAIRS_MAX; j++)
            if (!see(walk, g_array_index(moments, double, j), sightings, err))
                return false;
        if (sightings_count(sightings) == before)
            break;
    }
    return true;
}

static bool walk_piece(Walk *walk, unsigned pairs, GError **err)
{
    Comparison *comparison = walk->comparison;
    g_autoptr(Sightings) sightings = sightings_new();
    if (!walk->piece->is_static && !find_shift(walk, err))
        return false;
    if (walk->has_hint && !(reach_end(walk, false, err) && reach_end(walk, true, err)))
        return false;
    for (unsigned i = 0; i < pairs && walk->asked < PAIRS_MAX; i++)
        if (!see(walk, along(walk->piece, pairs > 1 ? (double)i / (pairs - 1) : 0.5), sightings,
                 err))
            return false;
    if (!see_moments(walk, sightings, err))
        return false;
    unsigned unsteady;
    g_autoptr(GArray) regions = sightings_regions(sightings, &unsteady);
    comparison->unsteady_regions += unsteady;
    g_array_append_vals(comparison->regions, regions->data, regions->len);
    if (sightings_count(sightings) > 0)
        comparison->whole.tones = sightings_tones(sightings);
    return true;
}

// -------------------------------------------------------------------------------------------------

static Walk walk_of(CompareWorker *worker, Comparison *comparison)
{
    Walk walk = {.worker = worker, .comparison = comparison, .best = HUGE_VAL};
    for (unsigned i = 0; i < 2; i++) {
        const VideoFacts *facts = comparison->sides[i].facts.video;
        bool is_known = facts != NULL && facts->frame_rate > 0;
        walk.rate[i] = is_known ? facts->frame_rate : FRAME_RATE_UNKNOWN;
        walk.end[i] = facts != NULL ? facts->seconds_seen : 0;
    }
    return walk;
}

static unsigned pairs_of(const MatchPiece *piece, double seconds)
{
    double length = piece->to - piece->from;
    double pairs = fmin(PAIRS_A_SECOND * length, PAIRS_SPREAD * (length / fmax(seconds, length)));
    return MAX(PAIRS_OF_PIECE_MIN, (unsigned)pairs);
}

static void conclude(Comparison *comparison, const Walk *walk)
{
    comparison->is_same = walk->best < HUGE_VAL;
    if (comparison->is_same)
        return;
    comparison->status = comparison->failed_status;
    if (comparison->failed_pairs > 0)
        comparison->reason = g_strdup(comparison->failed_reason);
    else
        comparison->reason = g_strdup(comparison->pieces->len == 0
                                          ? "the videos do not show the same at any time"
                                          : "no frames of them could be laid over each other");
}

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
    Walk walk = walk_of(worker, comparison);
    for (unsigned i = 0; i < comparison->pieces->len; i++) {
        walk.piece = &g_array_index(comparison->pieces, MatchPiece, i);
        if (walk.asked >= PAIRS_MAX)
            comparison_fail_pair(comparison, STATUS_LIMIT,
                                 "they have more pieces in common than are compared");
        else if (!walk_piece(&walk, pairs_of(walk.piece, seconds), err))
            return false;
    }
    conclude(comparison, &walk);
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
