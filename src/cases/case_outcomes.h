// SPDX-License-Identifier: Apache-2.0
//
// CaseOutcomes: what came of the cases that somebody worked on, for that person alone. Who works
// with such material bears it better when they learn how it ended.
//
// These are the cases in which the actor is a member, voted or was shown a picture; they stay
// theirs when they leave the case. Victims are counted of cases alone that the actor may still see.
#pragma once

#include <glib.h>
#include <stdint.h>

#include "cases/casework.h"
#include "model/case_file.h"
#include "store/victim_rows.h"

typedef struct {
    CaseFile *file;
    uint64_t decided; // media
    uint64_t victims[VICTIM_STATE_COUNT];
} CaseOutcome;

void case_outcome_free(CaseOutcome *outcome);

// Of CaseOutcome *, the newest case first, those opened before `before_id` (0: all).
GPtrArray *case_outcomes_list(Casework *work, const Actor *actor, uint64_t before_id,
                              unsigned limit, GError **err);
