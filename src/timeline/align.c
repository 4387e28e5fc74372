// SPDX-License-Identifier: Apache-2.0
//
// Runs of both sides give points, points give guesses of lines (line_guess.h), guesses are followed
// (follow.c), and what they reach is measured (pieces.c). Speed 1 goes first with what is certain;
// then all speeds with what is left.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "timeline/alignment.h"
#include "timeline/frame_index.h"

#define RUNS_MAX 65536u  // of one side that give points; of more, every n-th
#define RUN_HITS 16u     // runs of theirs that one of ours gives points for
#define FRAME_HITS 64u   // … among so many frames of theirs
#define FRAME_STEP 2u    // bits: frames of a run of theirs that are closer are asked as one
#define RUN_FRAMES 64u   // frames of a run that are looked at for a point
#define WEIGHT_MARGIN 2u // bits: what is further away does not take weight
#define POINTS_OTHER_SPEEDS 65536u
#define GUESSES_SPEED_ONE 256u // followed at most
#define GUESSES_ALL_SPEEDS 4096u

#define INTERVAL_MS_MIN 10.0
#define INTERVAL_MS_DEFAULT 1000.0 // of a single frame
#define SLACK_MS 100.0             // of a line, beside the sampling
#define BIN_SLACK_MS 50.0
#define GAP_INTERVALS 4.0 // a gap is at least so long

#define SURE_SPEED 0.02 // of the first pass: so close to 1 …
#define SURE_RUNS 15u   // … and so many runs

// ---- Sides ------------------------------------------------------------------------------------

static int compare_gaps(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

static double median_interval(const FrameHash *frames, size_t count)
{
    if (count < 2)
        return INTERVAL_MS_DEFAULT;
    g_autofree uint32_t *gaps = g_new(uint32_t, count - 1);
    for (size_t i = 0; i + 1 < count; i++)
        gaps[i] = frames[i + 1].milliseconds - frames[i].milliseconds;
    qsort(gaps, count - 1, sizeof *gaps, compare_gaps);
    return MAX(INTERVAL_MS_MIN, (double)gaps[(count - 1) / 2]);
}

static void number_runs(AlignmentSide *side)
{
    side->run_of = g_new0(uint32_t, side->count);
    for (unsigned i = 0; i < side->runs->len; i++) {
        const TimelineRun *run = &g_array_index(side->runs, TimelineRun, i);
        for (size_t frame = run->first; frame <= run->last; frame++)
            side->run_of[frame] = i;
    }
}

// Frames whose time goes backwards are left out: a list may say anything. The interval is that of
// the sampling, so it counts frames of low quality too.
static void side_init(AlignmentSide *side, Timeline frames, unsigned min_quality)
{
    side->frames = g_new(FrameHash, frames.count);
    for (size_t i = 0; i < frames.count; i++)
        if (side->count == 0 ||
            frames.frames[i].milliseconds >= side->frames[side->count - 1].milliseconds)
            side->frames[side->count++] = frames.frames[i];
    side->interval_ms = median_interval(side->frames, side->count);
    size_t kept = 0;
    for (size_t i = 0; i < side->count; i++)
        if (side->frames[i].quality >= min_quality &&
            side->frames[i].milliseconds <= (uint32_t)INT32_MAX)
            side->frames[kept++] = side->frames[i];
    side->count = kept;
    side->runs = timeline_runs((Timeline){side->frames, side->count}, 0);
    number_runs(side);
}

static void side_clear(AlignmentSide *side)
{
    g_free(side->frames);
    g_array_unref(side->runs);
    g_free(side->run_of);
}

static void alignment_init(Alignment *alignment, Timeline ours, Timeline theirs,
                           TimelineOptions options)
{
    *alignment = (Alignment){.distance = options.distance};
    side_init(&alignment->ours, ours, options.min_quality);
    side_init(&alignment->theirs, theirs, options.min_quality);
    double our_ms = alignment->ours.interval_ms, their_ms = alignment->theirs.interval_ms;
    alignment->step_ms = MAX(our_ms, their_ms);
    alignment->window_ms = (our_ms + their_ms) / 2 + SLACK_MS;
    alignment->narrow_ms = their_ms / 2 + SLACK_MS;
    alignment->gap_ms = MAX((double)TIMELINE_GAP_MS, GAP_INTERVALS * alignment->step_ms);
    alignment->used = g_new0(bool, alignment->ours.count);
}

static void alignment_clear(Alignment *alignment)
{
    side_clear(&alignment->ours);
    side_clear(&alignment->theirs);
    g_free(alignment->used);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Alignment, alignment_clear)

// ---- Points -----------------------------------------------------------------------------------

// Numbers of the representatives of our runs, of at most RUNS_MAX of them; `runs` gets the numbers
// of those runs.
static size_t list_runs(const AlignmentSide *side, uint32_t *representatives, uint32_t *runs)
{
    size_t stride = side->runs->len / (RUNS_MAX + 1) + 1, count = 0;
    for (size_t i = 0; i < side->runs->len; i += stride) {
        const TimelineRun *run = &g_array_index(side->runs, TimelineRun, i);
        representatives[count] = (uint32_t)run->representative;
        runs[count++] = (uint32_t)i;
    }
    return count;
}

// The same of theirs, but of each run all frames that differ, because the representative may be
// further from ours than another one.
static size_t list_frames(const AlignmentSide *side, uint32_t *numbers, uint32_t *runs)
{
    size_t stride = side->count / (RUNS_MAX + 1) + 1, count = 0;
    const FrameHash *listed = NULL;
    for (size_t i = 0; i < side->count; i += stride) {
        const FrameHash *frame = &side->frames[i];
        bool is_new = count == 0 || runs[count - 1] != side->run_of[i] ||
                      pdq_distance(listed->hash, frame->hash) >= FRAME_STEP;
        if (!is_new)
            continue;
        listed = frame;
        numbers[count] = (uint32_t)i;
        runs[count++] = side->run_of[i];
    }
    return count;
}

// Keeps the nearest hit of each run, of at most RUN_HITS of them, and makes its place that run.
static size_t keep_runs(FrameHit *hits, size_t count, const uint32_t *runs)
{
    size_t kept = 0;
    for (size_t i = 0; i < count && kept < RUN_HITS; i++) {
        uint32_t run = runs[hits[i].place];
        bool is_known = false;
        for (size_t j = 0; j < kept; j++)
            is_known = is_known || hits[j].place == run;
        if (!is_known)
            hits[kept++] = (FrameHit){.place = run, .distance = hits[i].distance};
    }
    return kept;
}

// The frame of the run that is nearest to ours.
static size_t nearest_in_run(const AlignmentSide *theirs, const TimelineRun *run,
                             const FrameHash *ours)
{
    size_t stride = (run->last - run->first) / RUN_FRAMES + 1, best = run->representative;
    unsigned best_distance = UINT_MAX;
    for (size_t i = run->first; i <= run->last; i += stride) {
        unsigned distance = pdq_distance(ours->hash, theirs->frames[i].hash);
        if (distance < best_distance) {
            best_distance = distance;
            best = i;
        }
    }
    return best;
}

static void add_point(const Alignment *alignment, uint32_t run, uint32_t weight, size_t our_frame,
                      size_t their_frame, GArray *points)
{
    LinePoint point = {(int32_t)alignment->ours.frames[our_frame].milliseconds,
                       (int32_t)alignment->theirs.frames[their_frame].milliseconds, run, weight};
    g_array_append_val(points, point);
}

static bool is_long(const AlignmentSide *side, const TimelineRun *run, double step_ms)
{
    return side->frames[run->last].milliseconds - (double)side->frames[run->first].milliseconds >
           2 * step_ms;
}

// What lasts says nothing of time but when it begins and ends.
static void add_points(const Alignment *alignment, uint32_t our_number, uint32_t their_number,
                       uint32_t weight, GArray *points)
{
    const AlignmentSide *ours = &alignment->ours, *theirs = &alignment->theirs;
    const TimelineRun *our_run = &g_array_index(ours->runs, TimelineRun, our_number);
    const TimelineRun *their_run = &g_array_index(theirs->runs, TimelineRun, their_number);
    const FrameHash *frame = &ours->frames[our_run->representative];
    add_point(alignment, our_number, weight, our_run->representative,
              nearest_in_run(theirs, their_run, frame), points);
    if (!is_long(ours, our_run, alignment->step_ms) &&
        !is_long(theirs, their_run, alignment->step_ms))
        return;
    add_point(alignment, our_number, weight, our_run->first, their_run->first, points);
    add_point(alignment, our_number, weight, our_run->last, their_run->last, points);
}

// A hit weighs the less the more runs are about as near.
static uint32_t weight_of(const FrameHit *hits, size_t count, size_t number)
{
    size_t equals = number;
    while (equals < count && hits[equals].distance <= hits[number].distance + WEIGHT_MARGIN)
        equals++;
    return (uint32_t)(POINT_WEIGHT_ONE / equals);
}

// Points of all runs in order of ours. nearest_runs names the run of theirs that is nearest to each
// of ours; UINT32_MAX: none.
static GArray *make_points(const Alignment *alignment, uint32_t *nearest_runs)
{
    const AlignmentSide *ours = &alignment->ours, *theirs = &alignment->theirs;
    GArray *points = g_array_new(FALSE, FALSE, sizeof(LinePoint));
    g_autofree uint32_t *our_frames = g_new(uint32_t, ours->runs->len);
    g_autofree uint32_t *our_runs = g_new(uint32_t, ours->runs->len);
    g_autofree uint32_t *their_frames = g_new(uint32_t, theirs->count);
    g_autofree uint32_t *their_runs = g_new(uint32_t, theirs->count);
    size_t our_count = list_runs(ours, our_frames, our_runs);
    size_t their_count = list_frames(theirs, their_frames, their_runs);
    g_autoptr(FrameIndex) index = frame_index_new(theirs->frames, their_frames, their_count);
    for (unsigned i = 0; i < ours->runs->len; i++)
        nearest_runs[i] = UINT32_MAX;
    for (size_t i = 0; i < our_count; i++) {
        FrameHit hits[FRAME_HITS];
        size_t count = frame_index_nearest(index, ours->frames[our_frames[i]].hash,
                                           alignment->distance, hits, FRAME_HITS);
        count = keep_runs(hits, count, their_runs);
        if (count > 0)
            nearest_runs[our_runs[i]] = hits[0].place;
        for (size_t hit = 0; hit < count; hit++)
            add_points(alignment, our_runs[i], hits[hit].place, weight_of(hits, count, hit),
                       points);
    }
    return points;
}

// Removes the points of runs that lie in pieces, and of what is left beyond the limit those of
// every run but the n-th.
static void keep_free_points(const Alignment *alignment, GArray *points)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < points->len; i++) {
        LinePoint point = g_array_index(points, LinePoint, i);
        const TimelineRun *run = &g_array_index(alignment->ours.runs, TimelineRun, point.run);
        if (!alignment->used[run->representative])
            g_array_index(points, LinePoint, kept++) = point;
    }
    g_array_set_size(points, kept);
    unsigned stride = kept / POINTS_OTHER_SPEEDS + 1;
    if (stride == 1)
        return;
    kept = 0;
    for (unsigned i = 0; i < points->len; i++)
        if (g_array_index(points, LinePoint, i).run % stride == 0)
            g_array_index(points, LinePoint, kept++) = g_array_index(points, LinePoint, i);
    g_array_set_size(points, kept);
}

// ---- Pieces -----------------------------------------------------------------------------------

static bool is_sure(const MatchPiece *piece, unsigned runs)
{
    return fabs(piece->speed - 1) <= SURE_SPEED && runs >= SURE_RUNS;
}

// Slow pictures fit many speeds for a while.
static bool is_believed(const MatchPiece *piece, unsigned runs)
{
    return fabs(piece->speed - 1) <= SURE_SPEED ||
           (runs >= TIMELINE_SPEED_RUNS && (piece->to - piece->from) * 1000 >= TIMELINE_SPEED_MS);
}

static void mark_used(Alignment *alignment, const MatchPiece *piece, const LineReach *reach)
{
    for (size_t i = reach->first; i <= reach->last; i++) {
        double time = alignment->ours.frames[i].milliseconds / 1000.0;
        alignment->used[i] |= time >= piece->from && time <= piece->to;
    }
}

static void take_guesses(Alignment *alignment, GArray *guesses, unsigned max, bool only_sure,
                         GArray *pieces)
{
    line_guesses_sort(guesses);
    for (unsigned i = 0; i < guesses->len && i < max; i++) {
        LineReach reach;
        MatchPiece piece;
        unsigned runs;
        if (!line_follow(alignment, &g_array_index(guesses, LineGuess, i), &reach) ||
            !piece_measure(alignment, reach.first, reach.last, reach.line, &piece, &runs) ||
            !is_believed(&piece, runs) || (only_sure && !is_sure(&piece, runs)))
            continue;
        mark_used(alignment, &piece, &reach);
        g_array_append_val(pieces, piece);
    }
}

static void find_pieces(Alignment *alignment, GArray *points, GArray *pieces)
{
    LineGuessOptions options = {.bin_ms = alignment->ours.interval_ms +
                                          alignment->theirs.interval_ms + 2 * BIN_SLACK_MS,
                                .gap_ms = alignment->gap_ms};
    g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(LineGuess));
    line_guess((const LinePoint *)points->data, points->len, 0, options, guesses);
    take_guesses(alignment, guesses, GUESSES_SPEED_ONE, true, pieces);
    keep_free_points(alignment, points);
    g_array_set_size(guesses, 0);
    for (unsigned speed = 0; speed < LINE_SPEEDS; speed++)
        line_guess((const LinePoint *)points->data, points->len, speed, options, guesses);
    take_guesses(alignment, guesses, GUESSES_ALL_SPEEDS, false, pieces);
}

// Static pieces count only where there is nothing else, and only when they are most of a video.
static void choose_pieces(const Alignment *alignment, GArray *pieces)
{
    bool moves = false;
    for (unsigned i = 0; i < pieces->len; i++)
        moves = moves || !g_array_index(pieces, MatchPiece, i).is_static;
    unsigned kept = 0;
    for (unsigned i = 0; i < pieces->len; i++) {
        MatchPiece piece = g_array_index(pieces, MatchPiece, i);
        if (moves ? !piece.is_static : piece_is_most(alignment, &piece))
            g_array_index(pieces, MatchPiece, kept++) = piece;
    }
    g_array_set_size(pieces, kept);
}

static int compare_pieces(const void *a, const void *b)
{
    const MatchPiece *left = a, *right = b;
    return left->from < right->from ? -1 : left->from > right->from;
}

GArray *timeline_align(Timeline ours, Timeline theirs, TimelineOptions options)
{
    GArray *pieces = g_array_new(FALSE, FALSE, sizeof(MatchPiece));
    g_auto(Alignment) alignment;
    alignment_init(&alignment, ours, theirs, options);
    if (alignment.ours.count == 0 || alignment.theirs.count == 0)
        return pieces;
    g_autofree uint32_t *nearest_runs = g_new(uint32_t, alignment.ours.runs->len);
    g_autoptr(GArray) points = make_points(&alignment, nearest_runs);
    find_pieces(&alignment, points, pieces);
    choose_pieces(&alignment, pieces);
    if (pieces->len == 0)
        pieces_add_static(&alignment, nearest_runs, pieces);
    g_array_sort(pieces, compare_pieces);
    return pieces;
}
