// SPDX-License-Identifier: Apache-2.0
//
// The number of a frame before it is decoded: its rank among the presentation times of all packets.
//
// Packets come in the order in which they are decoded; their frames are shown in the order of their
// presentation times (pts). No frame is shown before it is decoded, so once a packet with a
// decoding time (dts) of t has come, none that follows has a pts below t: the rank of every pts up
// to t is settled. Packets with a pts that is missing or comes twice, or that break this rule, make
// the ranking untrustworthy, for good.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define FRAME_RANK_WINDOW 128u // more than any codec reorders

typedef struct {
    int64_t recent[FRAME_RANK_WINDOW]; // ascending
    unsigned recent_count;
    uint32_t retired; // pts below recent[0] that came before
    int64_t retired_pts;
    int64_t settled_pts;
    bool is_settling;
    bool is_broken;
} FrameRank;

// A packet that will make one frame. `pts` and `dts` of INT64_MIN are missing; a missing dts is
// forgiven.
void frame_rank_add(FrameRank *rank, int64_t pts, int64_t dts);

// No more packets: all ranks are settled.
void frame_rank_end(FrameRank *rank);

// True with the number when it is settled. `pts` was added before, not longer than
// FRAME_RANK_WINDOW packets ago.
bool frame_rank_of(const FrameRank *rank, int64_t pts, uint32_t *ret_number);
