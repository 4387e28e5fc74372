// SPDX-License-Identifier: Apache-2.0
//
// CaseFile: a case of a unit, as its rows say.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    CASE_OPEN,
    CASE_CLOSED,   // read only
    CASE_EXPUNGED, // a tombstone
    CASE_STATE_COUNT,
} CaseState;

const char *case_state_name(CaseState state);
bool case_state_from_name(const char *name, CaseState *ret_state);

typedef struct {
    uint64_t id;
    uint64_t seq; // changes with every change of the case itself
    char *number;
    uint64_t unit_id;
    char *title;
    CaseState state;
    char *scheme;
    unsigned voters, voter_units; // so many distinct voters from so many units decide
    bool restricted;              // other units are told "no" when they ask
    char *reference;              // what other units are given to name it by; NULL: the number
    int64_t opened_us, closed_us; // closed_us 0: open
    uint64_t decided_set_id;      // 0: none yet
    char *outcome;                // what came of it; NULL: not said
} CaseFile;

void case_file_free(CaseFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaseFile, case_file_free)
