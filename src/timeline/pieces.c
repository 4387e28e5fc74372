// SPDX-License-Identifier: Apache-2.0
#include "timeline/alignment.h"

#include <math.h>

#define MILLISECONDS 1000.0
#define UNLIKE UINT16_MAX        // no distance
#define STATIC_DISTANCE 16u      // of the picture in the middle, twice that of a run
#define STATIC_SHARE_PERCENT 95u // of the frames have to be so near
#define OPPOSITE_INTERVALS 0.75  // of theirs: closer than that a frame lies opposite
#define MANY_PERCENT 33u         // of the frames of a piece have to match …
#define FEW_PERCENT 66u // … and so many when there are few, which templates may have in common

// What is counted along a line.
typedef struct {
    GArray *distances;    // uint16_t, of kindred units
    GArray *ours;         // uint32_t, of matched units their frames of ours …
    GArray *theirs;       // … and of theirs
    uint32_t first, last; // frames of ours of the first and last kindred unit
    unsigned units;
} Tally;

static Tally tally_new(void)
{
    return (Tally){.distances = g_array_new(FALSE, FALSE, sizeof(uint16_t)),
                   .ours = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                   .theirs = g_array_new(FALSE, FALSE, sizeof(uint32_t))};
}

static void tally_clear(Tally *tally)
{
    g_array_unref(tally->distances);
    g_array_unref(tally->ours);
    g_array_unref(tally->theirs);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tally, tally_clear)

static double seconds_of(const FrameHash *frame)
{
    return frame->milliseconds / MILLISECONDS;
}

// Frames of ours between two of theirs have nothing opposite; where theirs is sparser, those around
// one of theirs count once, by the best of them.
typedef struct {
    bool is_open;
    size_t closest;
    uint32_t ours, theirs;
    unsigned distance;
} Unit;

static void unit_close(const Alignment *alignment, Unit *unit, Tally *tally)
{
    if (!unit->is_open)
        return;
    unit->is_open = false;
    tally->units++;
    if (unit->distance > MAX(alignment->distance, TIMELINE_KIN_DISTANCE))
        return;
    uint16_t distance = (uint16_t)unit->distance;
    if (tally->distances->len == 0)
        tally->first = unit->ours;
    tally->last = unit->ours;
    g_array_append_val(tally->distances, distance);
    if (unit->distance > alignment->distance)
        return;
    g_array_append_val(tally->ours, unit->ours);
    g_array_append_val(tally->theirs, unit->theirs);
}

// Beside the ends of theirs, and where frames of theirs were left out, nothing lies opposite.
static bool lies_opposite(const Alignment *alignment, size_t frame, TimeLine line,
                          const Opposite *opposite)
{
    if (!opposite->is_judged)
        return false;
    double expected = line.speed * alignment->ours.frames[frame].milliseconds + line.offset_ms;
    double time = alignment->theirs.frames[opposite->closest].milliseconds;
    return fabs(time - expected) <= OPPOSITE_INTERVALS * alignment->theirs.interval_ms;
}

static void tally_fill(const Alignment *alignment, size_t first, size_t last, TimeLine line,
                       Tally *tally)
{
    bool is_sparse = alignment_is_sparse(alignment, line.speed);
    Unit unit = {0};
    for (size_t i = first; i <= last; i++) {
        Opposite opposite = alignment_opposite(alignment, i, line, alignment->narrow_ms);
        if (!lies_opposite(alignment, i, line, &opposite))
            continue;
        if (!unit.is_open || !is_sparse || unit.closest != opposite.closest) {
            unit_close(alignment, &unit, tally);
            unit = (Unit){.is_open = true, .closest = opposite.closest, .distance = UNLIKE};
        }
        if (opposite.distance < unit.distance) {
            unit.distance = opposite.distance;
            unit.ours = (uint32_t)i;
            unit.theirs = (uint32_t)opposite.frame;
        }
    }
    unit_close(alignment, &unit, tally);
}

static unsigned count_runs(const GArray *frames, const uint32_t *run_of)
{
    unsigned runs = 0;
    uint32_t before = UINT32_MAX;
    for (unsigned i = 0; i < frames->len; i++) {
        uint32_t run = run_of[g_array_index(frames, uint32_t, i)];
        runs += run != before;
        before = run;
    }
    return runs;
}

static int compare_distances(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

// Of two in the middle the lower one.
static unsigned median_of(GArray *distances)
{
    g_array_sort(distances, compare_distances);
    return g_array_index(distances, uint16_t, (distances->len - 1) / 2);
}

static bool show_one_picture(const AlignmentSide *side, const GArray *frames)
{
    const FrameHash *middle = &side->frames[g_array_index(frames, uint32_t, frames->len / 2)];
    size_t near = 0;
    for (unsigned i = 0; i < frames->len; i++) {
        const FrameHash *frame = &side->frames[g_array_index(frames, uint32_t, i)];
        near += pdq_distance(frame->hash, middle->hash) <= STATIC_DISTANCE;
    }
    return near * 100 >= (size_t)frames->len * STATIC_SHARE_PERCENT;
}

static double length_ms(const AlignmentSide *side)
{
    return side->frames[side->count - 1].milliseconds - (double)side->frames[0].milliseconds +
           side->interval_ms;
}

// A piece is so long, or half of a video that is short itself, and has so many matching frames, or
// as many as there are. Many kindred frames make up for one that is missing.
static bool is_enough(const Alignment *alignment, const MatchPiece *piece, unsigned kin)
{
    const AlignmentSide *ours = &alignment->ours, *theirs = &alignment->theirs;
    double shorter_ms = MIN(length_ms(ours), length_ms(theirs));
    double needed_ms = MIN(TIMELINE_PIECE_MS, shorter_ms / 2);
    size_t needed = MIN(TIMELINE_PIECE_FRAMES, MIN(ours->count, theirs->count));
    unsigned share = kin < TIMELINE_FEW_FRAMES ? FEW_PERCENT : MANY_PERCENT;
    if (kin >= TIMELINE_FEW_FRAMES)
        needed = MIN(needed, TIMELINE_PIECE_FRAMES - 1);
    double length = (piece->to - piece->from) * MILLISECONDS + alignment->step_ms;
    return piece->matched >= needed && length >= needed_ms && kin * 100 >= piece->frames * share;
}

static double their_time(const AlignmentSide *theirs, TimeLine line, const FrameHash *frame)
{
    double time = line.speed * frame->milliseconds + line.offset_ms;
    time = MIN(time, (double)theirs->frames[theirs->count - 1].milliseconds);
    return MAX(time, (double)theirs->frames[0].milliseconds) / MILLISECONDS;
}

bool piece_measure(const Alignment *alignment, size_t first, size_t last, TimeLine line,
                   MatchPiece *ret_piece, unsigned *ret_runs)
{
    const AlignmentSide *ours = &alignment->ours, *theirs = &alignment->theirs;
    g_auto(Tally) tally = tally_new();
    tally_fill(alignment, first, last, line, &tally);
    unsigned matched = tally.ours->len;
    if (matched == 0)
        return false;
    const FrameHash *from = &ours->frames[tally.first], *to = &ours->frames[tally.last];
    unsigned our_runs = count_runs(tally.ours, ours->run_of);
    unsigned their_runs = count_runs(tally.theirs, theirs->run_of);
    *ret_runs = MIN(our_runs, their_runs);
    *ret_piece = (MatchPiece){.from = seconds_of(from),
                              .to = seconds_of(to),
                              .their_from = their_time(theirs, line, from),
                              .their_to = their_time(theirs, line, to),
                              .speed = line.speed,
                              .frames = tally.units,
                              .matched = matched,
                              .distance = median_of(tally.distances),
                              .is_static = show_one_picture(ours, tally.ours) &&
                                           show_one_picture(theirs, tally.theirs)};
    return *ret_runs >= 2 && is_enough(alignment, ret_piece, tally.distances->len);
}

static size_t frames_between(const AlignmentSide *side, double from, double to)
{
    size_t count = 0;
    for (size_t i = 0; i < side->count; i++) {
        double time = seconds_of(&side->frames[i]);
        count += time >= from && time <= to;
    }
    return count;
}

bool piece_is_most(const Alignment *alignment, const MatchPiece *piece)
{
    const AlignmentSide *ours = &alignment->ours, *theirs = &alignment->theirs;
    return 2 * frames_between(ours, piece->from, piece->to) >= ours->count ||
           2 * frames_between(theirs, piece->their_from, piece->their_to) >= theirs->count;
}

// ---- Static -----------------------------------------------------------------------------------

// A stretch of ours whose runs all resemble something of theirs.
typedef struct {
    size_t first, last;               // frames of ours
    uint32_t their_first, their_last; // runs
} Stretch;

static bool stretch_measure(const Alignment *alignment, const Stretch *stretch,
                            const uint32_t *their_runs, MatchPiece *ret_piece)
{
    const AlignmentSide *ours = &alignment->ours, *theirs = &alignment->theirs;
    g_autoptr(GArray) distances = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    for (size_t i = stretch->first; i <= stretch->last; i++) {
        const TimelineRun *run =
            &g_array_index(theirs->runs, TimelineRun, their_runs[ours->run_of[i]]);
        uint16_t distance =
            (uint16_t)pdq_distance(ours->frames[i].hash, theirs->frames[run->representative].hash);
        if (distance <= alignment->distance)
            g_array_append_val(distances, distance);
    }
    if (distances->len == 0)
        return false;
    const TimelineRun *from = &g_array_index(theirs->runs, TimelineRun, stretch->their_first);
    const TimelineRun *to = &g_array_index(theirs->runs, TimelineRun, stretch->their_last);
    *ret_piece = (MatchPiece){.from = seconds_of(&ours->frames[stretch->first]),
                              .to = seconds_of(&ours->frames[stretch->last]),
                              .their_from = seconds_of(&theirs->frames[from->first]),
                              .their_to = seconds_of(&theirs->frames[to->last]),
                              .speed = 1,
                              .frames = (unsigned)(stretch->last - stretch->first + 1),
                              .matched = distances->len,
                              .distance = median_of(distances),
                              .is_static = true};
    return is_enough(alignment, ret_piece, distances->len) && piece_is_most(alignment, ret_piece);
}

void pieces_add_static(const Alignment *alignment, const uint32_t *their_runs, GArray *pieces)
{
    const GArray *runs = alignment->ours.runs;
    for (unsigned i = 0; i < runs->len; i++) {
        if (their_runs[i] == UINT32_MAX)
            continue;
        Stretch stretch = {.first = g_array_index(runs, TimelineRun, i).first,
                           .their_first = their_runs[i],
                           .their_last = their_runs[i]};
        for (; i < runs->len && their_runs[i] != UINT32_MAX; i++) {
            stretch.last = g_array_index(runs, TimelineRun, i).last;
            stretch.their_first = MIN(stretch.their_first, their_runs[i]);
            stretch.their_last = MAX(stretch.their_last, their_runs[i]);
        }
        MatchPiece piece;
        if (stretch_measure(alignment, &stretch, their_runs, &piece))
            g_array_append_val(pieces, piece);
    }
}
