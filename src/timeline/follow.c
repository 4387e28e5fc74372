// SPDX-License-Identifier: Apache-2.0
//
// A guess is followed frame by frame to both sides for as long as frames match, while the line is
// fitted to what matches.
#include <math.h>

#include "timeline/alignment.h"

#define SPARSE_FACTOR 1.5
#define EMPTY_MS 60000.0   // without any frame that could match, a piece ends
#define WINDOW_FRAMES 256u // of theirs that lie opposite one of ours, at most
#define FIT_POINTS 6u      // from here the speed is fitted, not only the offset
#define FIT_TOLERANCE 1.07 // factor: how far a fit may leave the guess; neighbours overlap
#define FOLLOW_ROUNDS 3u   // of walking
#define SETTLE_ROUNDS 8u   // of fitting to the same frames
#define SETTLED_MS 1.0     // a fit that moves by less
#define SIGNIFICANT 3.0    // standard errors

// The first frame at this time or later.
static size_t lower_bound(const AlignmentSide *side, double time_ms)
{
    size_t low = 0, high = side->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (side->frames[middle].milliseconds < time_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool alignment_is_sparse(const Alignment *alignment, double speed)
{
    return alignment->theirs.interval_ms > SPARSE_FACTOR * speed * alignment->ours.interval_ms;
}

// ---- Opposite ---------------------------------------------------------------------------------

Opposite alignment_opposite(const Alignment *alignment, size_t frame, TimeLine line,
                            double window_ms)
{
    const AlignmentSide *theirs = &alignment->theirs;
    const FrameHash *ours = &alignment->ours.frames[frame];
    double expected = line.speed * ours->milliseconds + line.offset_ms;
    size_t first = lower_bound(theirs, expected - window_ms);
    size_t end = lower_bound(theirs, expected + window_ms);
    if (end - first > WINDOW_FRAMES) {
        size_t middle = lower_bound(theirs, expected);
        first = MAX(first, middle - MIN(middle, WINDOW_FRAMES / 2));
        end = MIN(end, first + WINDOW_FRAMES);
    }
    Opposite opposite = {.is_judged = first < end, .distance = UINT_MAX};
    double closest = INFINITY, sum = 0;
    unsigned equals = 0, worst = 0;
    for (size_t i = first; i < end; i++) {
        double time = theirs->frames[i].milliseconds;
        unsigned distance = pdq_distance(ours->hash, theirs->frames[i].hash);
        if (fabs(time - expected) < closest) {
            closest = fabs(time - expected);
            opposite.closest = i;
        }
        if (distance < opposite.distance) {
            opposite.distance = distance;
            opposite.frame = i;
            sum = equals = 0;
        }
        if (distance == opposite.distance) {
            sum += time;
            equals++;
        }
        worst = MAX(worst, distance);
    }
    opposite.time_ms = sum / MAX(equals, 1u);
    opposite.contrast = worst - MIN(worst, opposite.distance);
    return opposite;
}

// ---- Fitting a line ---------------------------------------------------------------------------

// Least squares, weighted by how much the moment differs from those around it: what does not change
// tells no time. Around a point of its own so that sums stay exact.
typedef struct {
    double x0, y0;
    double x, y, xx, xy, yy; // sums
    double from, to;         // of x
    double weight;
    unsigned count;
} Fit;

static void fit_add(Fit *fit, double x, double y, double weight)
{
    if (fit->count == 0)
        *fit = (Fit){.x0 = x, .y0 = y, .from = x, .to = x};
    fit->from = MIN(fit->from, x);
    fit->to = MAX(fit->to, x);
    x -= fit->x0;
    y -= fit->y0;
    fit->x += weight * x;
    fit->y += weight * y;
    fit->xx += weight * x * x;
    fit->xy += weight * x * y;
    fit->yy += weight * y * y;
    fit->weight += weight;
    fit->count++;
}

static TimeLine fit_through_middle(const Fit *fit, double speed)
{
    double x = fit->x0 + fit->x / fit->weight, y = fit->y0 + fit->y / fit->weight;
    return (TimeLine){speed, y - speed * x};
}

static TimeLine fit_line(const Fit *fit, TimeLine guess, double step_ms)
{
    if (fit->count == 0)
        return guess;
    double spread = fit->xx - fit->x * fit->x / fit->weight;
    if (fit->count < FIT_POINTS || fit->to - fit->from < FIT_POINTS * step_ms || spread <= 0)
        return fit_through_middle(fit, guess.speed);
    double speed = (fit->xy - fit->x * fit->y / fit->weight) / spread;
    speed = CLAMP(speed, guess.speed / FIT_TOLERANCE, guess.speed * FIT_TOLERANCE);
    return fit_through_middle(fit, speed);
}

// The standard error of the fitted speed, squared.
static double fit_error(const Fit *fit)
{
    double xx = fit->xx - fit->x * fit->x / fit->weight;
    double xy = fit->xy - fit->x * fit->y / fit->weight;
    double yy = fit->yy - fit->y * fit->y / fit->weight;
    return xx > 0 ? MAX(0, yy - xy * xy / xx) / (xx * fit->count) : 0;
}

// A speed that cannot be told from 1, by its length, the sampling or the scatter, is 1.
static TimeLine fit_final(const Fit *fit, TimeLine line, double step_ms)
{
    if (fit->count == 0)
        return line;
    double off = fabs(line.speed - 1);
    bool is_short = fit->to - fit->from < TIMELINE_SPEED_MS && off <= FIT_TOLERANCE - 1;
    bool is_one = is_short || off * (fit->to - fit->from) < step_ms / 2 ||
                  off * off < SIGNIFICANT * SIGNIFICANT * fit_error(fit);
    return is_one ? fit_through_middle(fit, 1) : line;
}

// ---- Following a line -------------------------------------------------------------------------

// Where theirs is sparser, several frames of ours have the same one opposite; which of them tells
// the time is the one nearest in bits, else they would confirm whatever line they are taken along.
typedef struct {
    size_t frame; // of theirs
    unsigned best, worst;
    double sum_ms; // of the times of ours that are as near as the best
    unsigned count;
    double time_ms;
} Group;

typedef struct {
    TimeLine guess, line;
    Fit fit;
    Group group;   // count 0: none
    size_t anchor; // a frame that matches
} Follower;

static bool is_match(const Alignment *alignment, const Opposite *opposite)
{
    return opposite->is_judged && opposite->distance <= alignment->distance;
}

static void close_group(Follower *follower)
{
    Group *group = &follower->group;
    if (group->count > 0)
        fit_add(&follower->fit, group->sum_ms / group->count, group->time_ms,
                group->worst - group->best + 1);
    *group = (Group){0};
}

static void group_take(Follower *follower, double our_ms, const Opposite *opposite)
{
    Group *group = &follower->group;
    if (group->count > 0 && group->frame != opposite->frame)
        close_group(follower);
    if (group->count == 0)
        *group = (Group){.frame = opposite->frame,
                         .best = UINT_MAX,
                         .worst = opposite->distance,
                         .time_ms = opposite->time_ms};
    group->worst = MAX(group->worst, opposite->distance);
    if (opposite->distance < group->best) {
        group->best = opposite->distance;
        group->sum_ms = group->count = 0;
    }
    if (opposite->distance == group->best) {
        group->sum_ms += our_ms;
        group->count++;
    }
}

static void follower_take(const Alignment *alignment, Follower *follower, size_t frame,
                          const Opposite *opposite)
{
    double our_ms = alignment->ours.frames[frame].milliseconds;
    if (alignment_is_sparse(alignment, follower->guess.speed))
        group_take(follower, our_ms, opposite);
    else
        fit_add(&follower->fit, our_ms, opposite->time_ms, opposite->contrast + 1);
}

static void follower_fit(const Alignment *alignment, Follower *follower)
{
    follower->line = fit_line(&follower->fit, follower->guess, alignment->step_ms);
}

static double line_distance(TimeLine a, TimeLine b, double our_ms)
{
    return fabs((a.speed - b.speed) * our_ms + a.offset_ms - b.offset_ms);
}

// Fits the line to the frames [first, last] that are free and match. The anchor becomes the one
// closest to the middle; false: there is none.
static bool follower_fit_frames(const Alignment *alignment, Follower *follower, size_t first,
                                size_t last)
{
    size_t middle = first + (last - first) / 2, nearest = SIZE_MAX;
    follower->fit = (Fit){0};
    for (size_t i = first; i <= last; i++) {
        if (alignment->used[i])
            continue;
        Opposite opposite = alignment_opposite(alignment, i, follower->line, alignment->window_ms);
        if (!is_match(alignment, &opposite))
            continue;
        follower_take(alignment, follower, i, &opposite);
        size_t apart = i > middle ? i - middle : middle - i;
        if (apart < nearest) {
            nearest = apart;
            follower->anchor = i;
        }
    }
    close_group(follower);
    follower_fit(alignment, follower);
    return nearest != SIZE_MAX;
}

// A fit moves the line, and the line decides what is fitted.
static bool follower_settle(const Alignment *alignment, Follower *follower, size_t first,
                            size_t last)
{
    const FrameHash *frames = alignment->ours.frames;
    for (unsigned round = 0; round < SETTLE_ROUNDS; round++) {
        TimeLine before = follower->line;
        if (!follower_fit_frames(alignment, follower, first, last))
            return false;
        double at_first = line_distance(before, follower->line, frames[first].milliseconds);
        double at_last = line_distance(before, follower->line, frames[last].milliseconds);
        if (MAX(at_first, at_last) < SETTLED_MS)
            break;
    }
    return true;
}

// How long frame `i` stands for, on the way from `before`.
static double duration_of(const Alignment *alignment, size_t i, size_t before)
{
    double apart = fabs((double)alignment->ours.frames[i].milliseconds -
                        (double)alignment->ours.frames[before].milliseconds);
    return MIN(apart, 2 * alignment->ours.interval_ms);
}

// What a walk has won. Where theirs is sparser, the frames around one of theirs are judged by the
// best of them.
typedef struct {
    double won, best_won;
    size_t closest; // of theirs, that the unit in hand lies opposite
    double unit_ms;
    bool unit_matches;
} Gain;

static void gain_add(Gain *gain, const Opposite *opposite, bool matches, double ms, bool is_sparse)
{
    if (!is_sparse || gain->closest != opposite->closest) {
        gain->closest = opposite->closest;
        gain->unit_ms = 0;
        gain->unit_matches = false;
    }
    if (matches && !gain->unit_matches)
        gain->won += 3 * gain->unit_ms; // they were counted as lost
    gain->unit_matches = gain->unit_matches || matches;
    gain->unit_ms += ms;
    gain->won += gain->unit_matches ? 2 * ms : -ms;
}

// Goes from the anchor in one direction (+1, -1) and returns the frame where most has been won. A
// matching second wins two, another one loses one, and a loss of gap_ms ends it: so a caption of
// some seconds is passed and chance does not lengthen a piece. Frames outside [from, to] are new to
// the fit.
static size_t follower_walk(const Alignment *alignment, Follower *follower, int direction,
                            size_t from, size_t to)
{
    size_t best = follower->anchor, before = follower->anchor, i = follower->anchor;
    Gain gain = {.closest = SIZE_MAX};
    bool is_sparse = alignment_is_sparse(alignment, follower->guess.speed);
    const FrameHash *frames = alignment->ours.frames;
    while (direction > 0 ? i + 1 < alignment->ours.count : i > 0) {
        i += (size_t)direction;
        double since_best =
            fabs((double)frames[i].milliseconds - (double)frames[best].milliseconds);
        if (alignment->used[i] || since_best > EMPTY_MS + alignment->gap_ms)
            break;
        Opposite opposite = alignment_opposite(alignment, i, follower->line, alignment->window_ms);
        double duration = duration_of(alignment, i, before);
        before = i;
        if (!opposite.is_judged)
            continue;
        bool matches = is_match(alignment, &opposite);
        gain_add(&gain, &opposite, matches, duration, is_sparse);
        if (gain.won < gain.best_won - alignment->gap_ms)
            break;
        if (matches && (i < from || i > to)) {
            follower_take(alignment, follower, i, &opposite);
            follower_fit(alignment, follower);
        }
        if (matches && gain.won >= gain.best_won) {
            gain.best_won = gain.won;
            best = i;
        }
    }
    close_group(follower);
    return best;
}

// Along a line that is known by what matches, less likeness says something too. Goes on from `end`
// in one direction and returns the last frame up to which most are kindred.
static size_t extend(const Alignment *alignment, TimeLine line, int direction, size_t end)
{
    const FrameHash *frames = alignment->ours.frames;
    bool is_sparse = alignment_is_sparse(alignment, line.speed);
    Gain gain = {.closest = SIZE_MAX};
    size_t best = end, before = end;
    for (size_t i = end; direction > 0 ? i + 1 < alignment->ours.count : i > 0;) {
        i += (size_t)direction;
        double since_best =
            fabs((double)frames[i].milliseconds - (double)frames[best].milliseconds);
        if (alignment->used[i] || since_best > EMPTY_MS + alignment->gap_ms)
            break;
        Opposite opposite = alignment_opposite(alignment, i, line, alignment->narrow_ms);
        double duration = duration_of(alignment, i, before);
        before = i;
        if (!opposite.is_judged)
            continue;
        bool is_kin = opposite.distance <= TIMELINE_KIN_DISTANCE;
        gain_add(&gain, &opposite, is_kin, duration, is_sparse);
        if (gain.won < gain.best_won - alignment->gap_ms)
            break;
        if (is_kin && gain.won >= gain.best_won) {
            gain.best_won = gain.won;
            best = i;
        }
    }
    return best;
}

bool line_follow(const Alignment *alignment, const LineGuess *guess, LineReach *ret_reach)
{
    Follower start = {.guess = guess->line, .line = guess->line}, *follower = &start;
    size_t first = lower_bound(&alignment->ours, guess->from_ms);
    size_t last = lower_bound(&alignment->ours, (double)guess->to_ms + 1) - 1;
    for (unsigned round = 0; round < FOLLOW_ROUNDS; round++) {
        if (!follower_settle(alignment, follower, first, last))
            return false;
        size_t right = follower_walk(alignment, follower, 1, first, last);
        size_t left = follower_walk(alignment, follower, -1, first, last);
        first = left;
        last = right;
    }
    if (!follower_settle(alignment, follower, first, last))
        return false;
    TimeLine line = fit_final(&follower->fit, follower->line, alignment->step_ms);
    *ret_reach = (LineReach){.line = line,
                             .first = extend(alignment, line, -1, first),
                             .last = extend(alignment, line, 1, last)};
    return true;
}
