// SPDX-License-Identifier: Apache-2.0
//
// Alignment: the working state of timeline_align. The two sides with their runs, which frames of
// ours lie in a piece already, and how much the sampling allows for. align.c guesses
// lines, follow.c follows them, pieces.c says what they are worth.
#pragma once

#include "timeline/line_guess.h"
#include "timeline/timeline.h"

// One video: its frames of sufficient quality, in order of time.
typedef struct {
    FrameHash *frames;
    size_t count;
    double interval_ms; // between frames, the median
    GArray *runs;       // of TimelineRun
    uint32_t *run_of;   // number of the run, by frame
} AlignmentSide;

typedef struct {
    AlignmentSide ours, theirs;
    unsigned distance;
    double step_ms;   // the longer one of the intervals
    double window_ms; // theirs: how far from a line that is not exact yet a frame may lie opposite
    double narrow_ms; // the same for an exact line
    double gap_ms;    // ours: frames that do not match for so long end a piece
    bool *used;       // by frame of ours
} Alignment;

// What lies opposite a frame.
typedef struct {
    bool is_judged;    // there are frames of theirs
    unsigned distance; // of the nearest in bits
    size_t frame;      // that one
    size_t closest;    // the one closest in time
    double time_ms;    // of the nearest in bits; the mean of equal ones
    unsigned contrast; // by so many bits more others differ: how well the time is told
} Opposite;

// Whether theirs was sampled so sparsely that frames of ours lie between two of theirs.
bool alignment_is_sparse(const Alignment *alignment, double speed);

Opposite alignment_opposite(const Alignment *alignment, size_t frame, TimeLine line,
                            double window_ms);

// What a guess leads to: its line, fitted, and the frames of ours from end to end.
typedef struct {
    TimeLine line;
    size_t first, last;
} LineReach;

// False: nothing free matches there.
bool line_follow(const Alignment *alignment, const LineGuess *guess, LineReach *ret_reach);

// The piece that frames [first, last] of ours make along the line. False: too little to speak of a
// piece. `ret_runs` is how many runs match on the side that has fewer.
bool piece_measure(const Alignment *alignment, size_t first, size_t last, TimeLine line,
                   MatchPiece *ret_piece, unsigned *ret_runs);

// Whether a static piece says something: most of either video is that one picture.
bool piece_is_most(const Alignment *alignment, const MatchPiece *piece);

// For videos of one picture, on which no line can be found: appends a static piece for every
// stretch of ours whose runs resemble runs of theirs. `their_runs` names one by run of ours;
// UINT32_MAX: none.
void pieces_add_static(const Alignment *alignment, const uint32_t *their_runs, GArray *pieces);
