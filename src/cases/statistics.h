// SPDX-License-Identifier: Apache-2.0
//
// Statistics: numbers of the cases that the asker may see, and of nothing else. Of units and cases,
// never of persons.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"

typedef struct {
    uint64_t case_id;       // 0: all cases
    uint64_t unit_id;       // 0: all units
    int64_t from_us, to_us; // media that came in from … and before …; to_us 0: no end
} StatisticsFilter;

// Media that have all of this in common.
typedef struct {
    uint64_t unit_id;
    int year;             // UTC, when they came in
    int month;            // 1 to 12
    const char *kind;     // "new", "notable", "ignorable"
    const char *state;    // "open", "disputed", "decided"
    const char *scheme;   // of the category
    const char *category; // NULL: none
    uint64_t media;
} StatisticsCell;

typedef struct {
    uint64_t case_id, unit_id;
    uint64_t media;                  // within the filter's time
    uint64_t items, items_examined;  // of all time, as what follows
    uint64_t decided;                // decisions that stand
    int64_t median_us, ninetieth_us; // from coming in to the decision, of these; 0: none
} StatisticsCase;

typedef struct {
    const char *status; // of a record; "ok": examined
    uint64_t items;
} StatisticsStatus;

// Texts are the object's.
typedef struct {
    GArray *cells;    // of StatisticsCell, by unit, year, month, kind, state, scheme, category
    GArray *cases;    // of StatisticsCase, by id
    GArray *statuses; // of StatisticsStatus, by name
    GStringChunk *texts;
} Statistics;

void statistics_free(Statistics *statistics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Statistics, statistics_free)

// One snapshot. CLEW_ERROR_NOT_FOUND for a case that the actor may not see.
Statistics *statistics_of(Casework *work, const Actor *actor, const StatisticsFilter *filter,
                          GError **err);
