// SPDX-License-Identifier: Apache-2.0
//
// VideoMatch: what makes a match when frames are on either side. Functions over what was asked and
// what the list says; the matcher asks the index and the store in between.
//
// A video asks in two rounds. The index is asked for the representative of each run of
// near-identical frames: as they stand and mirrored, untrimmed and trimmed, all of them; turned,
// for a sample, and for the rest only when the sample has hits. Entries are nominated by the runs
// that hit them; a value with more than VIDEO_HITS_MAX hits is a title or a test card and nominates
// nobody. The VIDEO_NOMINEES_MAX entries that most runs hit are compared frame by frame.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/match_rules.h"
#include "index/index_hits.h"
#include "model/match.h"
#include "model/video.h"

#define VIDEO_HITS_MAX 512u          // entries that one value may nominate
#define VIDEO_VARIANTS_MAX 2u        // variants compared with one entry: those with most runs
#define VIDEO_NOMINEES_MAX 200u      // entries compared with one video
#define VIDEO_SAMPLE_RUNS 32u        // runs asked of a turned variant at first
#define VIDEO_VARIANT_RUNS_MAX 4096u // runs asked of a variant but the first; spread evenly
#define VIDEO_PIECES_MAX 256u        // pieces of one match; those with most frames

typedef struct VideoQuestion VideoQuestion;

// `frames` is borrowed and must outlive the question. Frames below min_quality are left out.
VideoQuestion *video_question_new(const VideoFrames *frames, unsigned distance,
                                  unsigned min_quality);
void video_question_free(VideoQuestion *question);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VideoQuestion, video_question_free)

// The next values to ask the index for, borrowed until the next call; none when the asking is over.
// video_question_take then gets the hits, numbered as the values are.
size_t video_question_next(VideoQuestion *question, const uint8_t (**ret_values)[PDQ_BYTES]);
void video_question_take(VideoQuestion *question, const IndexHits *hits);

// How many runs of each variant hit an entry.
typedef struct {
    uint64_t entry;
    uint32_t runs[FRAME_VARIANT_COUNT];
} VideoNominee;

// Those that most runs hit, of VideoNominee by value; newly allocated.
GArray *video_question_nominees(const VideoQuestion *question);

// What an entry has to be compared with; borrowed.
typedef struct {
    const FrameHash *frames; // NULL: none
    size_t frame_count;
    const uint8_t (*values)[PDQ_BYTES]; // of stills
    size_t value_count;
} VideoKnown;

// What the match says more. `video.pieces` is borrowed from `pieces`.
typedef struct {
    MatchVideo video;
    GArray *pieces; // of MatchPiece
} VideoFinding;

void video_finding_clear(VideoFinding *finding);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VideoFinding, video_finding_clear)

// Complete match and finding (zeroed by the caller). False: they do not match.
//
// A video: by the variant that explains the most frames; of equals the untrimmed, unturned one.
bool video_match_video(const VideoQuestion *question, const VideoNominee *nominee,
                       const VideoKnown *known, Match *match, VideoFinding *finding);
// A still, or a bare value: by the nearest frame of a known video; the pieces are where it shows.
bool video_match_still(const AskedValues *asked, const VideoKnown *known, Match *match,
                       VideoFinding *finding);
