// SPDX-License-Identifier: Apache-2.0
#include "media/video_rank.h"

#include <string.h>

static void retire_oldest(FrameRank *rank)
{
    rank->retired_pts = rank->recent[0];
    rank->retired++;
    rank->recent_count--;
    memmove(rank->recent, rank->recent + 1, rank->recent_count * sizeof rank->recent[0]);
}

// Where `pts` is or belongs among the recent ones.
static unsigned find_place(const FrameRank *rank, int64_t pts)
{
    unsigned place = rank->recent_count;
    while (place > 0 && rank->recent[place - 1] >= pts)
        place--;
    return place;
}

void frame_rank_add(FrameRank *rank, int64_t pts, int64_t dts)
{
    if (rank->recent_count == FRAME_RANK_WINDOW)
        retire_oldest(rank);
    unsigned place = find_place(rank, pts);
    bool is_known = place < rank->recent_count && rank->recent[place] == pts;
    bool is_late = (rank->retired > 0 && pts <= rank->retired_pts) ||
                   (rank->is_settling && pts <= rank->settled_pts);
    bool is_early = dts != INT64_MIN && dts > pts;
    if (rank->is_broken || pts == INT64_MIN || is_known || is_late || is_early) {
        rank->is_broken = true;
        return;
    }
    memmove(rank->recent + place + 1, rank->recent + place,
            (rank->recent_count - place) * sizeof rank->recent[0]);
    rank->recent[place] = pts;
    rank->recent_count++;
    if (dts != INT64_MIN && (!rank->is_settling || dts > rank->settled_pts)) {
        rank->is_settling = true;
        rank->settled_pts = dts;
    }
}

void frame_rank_end(FrameRank *rank)
{
    rank->is_settling = true;
    rank->settled_pts = INT64_MAX;
}

bool frame_rank_of(const FrameRank *rank, int64_t pts, uint32_t *ret_number)
{
    if (rank->is_broken || !rank->is_settling || pts > rank->settled_pts)
        return false;
    unsigned place = find_place(rank, pts);
    if (place == rank->recent_count || rank->recent[place] != pts)
        return false;
    *ret_number = rank->retired + place;
    return true;
}
