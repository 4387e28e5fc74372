// SPDX-License-Identifier: Apache-2.0
//
// Progress: how a case goes on by day, and when it may be done. Of the case and of all who work on
// it together, never of a person.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"

#define PROGRESS_DAYS 60u          // at most, of those that have anything
#define PROGRESS_PACE_DAYS 14      // of which the pace is taken
#define PROGRESS_PACE_DECISIONS 20 // fewer say nothing

typedef struct {
    int64_t day;               // since 1970, UTC
    uint64_t came_in, decided; // media; media whose decision stands
} ProgressDay;

typedef struct {
    GArray *days; // of ProgressDay, oldest first
    double
        decided_per_hour; // over hours (by the clock) in which anything was decided; 0: not known
    int64_t seconds_left; // of such hours, until no media is open; -1: not known
} Progress;

void progress_clear(Progress *progress);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Progress, progress_clear)

// One snapshot. CLEW_ERROR_NOT_FOUND: no such case for this actor.
bool progress_of(Casework *work, const Actor *actor, uint64_t case_id, Progress *ret_progress,
                 GError **err);
